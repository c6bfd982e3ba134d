import { inspect } from '../inspect/inspect.ts'
import { printable } from '../lint/report/printable.ts'
import { type Arguments, CliError, type Command, type Outcome, type Surroundings } from './command.ts'
import { readInputs } from './input.ts'

async function run({ operands }: Arguments, { paint }: Surroundings): Promise<Outcome> {
  const inputs = await readInputs(operands)
  const inspections = inputs.map(({ name, bytes }) => ({ name, ...inspect(bytes) }))
  const nothing = inspections.flatMap(({ name, certificates, revocationLists, faults }) => {
    const isOther = faults.some(({ code }) => code === 'pem_missing' || code === 'empty_input')
    return isOther && certificates.length + revocationLists.length === 0 ? [`${name}: ${faults[0]?.message}`] : []
  })
  if (nothing.length > 0) throw new CliError(nothing, 'Give a certificate or revocation list, PEM or DER.')
  const texts = inspections.map(({ name, text }) => {
    const heading = inputs.length === 1 ? '' : `${paint('bold', printable(name))}\n`
    return `${heading}${text.trimEnd()}\n`
  })
  return { exitCode: inspections.some(({ faults }) => faults.length > 0) ? 1 : 0, output: texts.join('\n'), format: 'text' }
}

export const inspectCommand: Command = {
  operands: '<file… | ->',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {},
  notes: ['Exit code 1: something in the file is malformed. The rest is shown.'],
  examples: [
    { does: 'show a certificate', line: 'portcullis inspect client.pem' },
    { does: "show a server's certificate", line: 'openssl s_client -connect example.com:443 </dev/null | portcullis inspect -' },
  ],
  run,
}

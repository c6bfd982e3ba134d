import { type Inspection, inspect } from '../inspect/inspect.ts'
import { printable, printableJson } from '../lint/report/printable.ts'
import { type Arguments, CliError, type Command, choiceOf, formatOption, type Outcome, type Surroundings } from './command.ts'
import { readInputs } from './input.ts'

const formats = ['text', 'json'] as const

async function run(given: Arguments, { paint }: Surroundings): Promise<Outcome> {
  const { operands } = given
  const format = choiceOf(given, 'format', formats, 'text')
  const inputs = await readInputs(operands)
  const inspections = inputs.map(({ name, bytes }) => ({ name, ...inspect(bytes) }))
  const nothing = inspections.flatMap(({ name, certificates, revocationLists, faults }) => {
    const isOther = faults.some(({ code }) => code === 'pem_missing' || code === 'empty_input')
    return isOther && certificates.length + revocationLists.length === 0 ? [`${name}: ${faults[0]?.message}`] : []
  })
  if (nothing.length > 0) throw new CliError(nothing, 'Give a certificate or revocation list, PEM or DER.')
  const exitCode = inspections.some(({ faults }) => faults.length > 0) ? 1 : 0
  if (format === 'json') return { exitCode, output: `${printableJson({ files: inspections.map(plain) })}\n`, format }
  const texts = inspections.map(({ name, text }) => {
    const heading = inputs.length === 1 ? '' : `${paint('bold', printable(name))}\n`
    return `${heading}${text.trimEnd()}\n`
  })
  return { exitCode, output: texts.join('\n'), format }
}

/** The fields in the form of docs/guides/json.md. The text is for people. */
function plain({ name, certificates, revocationLists, faults }: Inspection & { readonly name: string }): object {
  return { file: name, certificates, revocationLists, faults }
}

export const inspectCommand: Command = {
  operands: '<file… | ->',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: { format: formatOption(...formats) },
  notes: ['Exit code 1: something in the file is malformed. The rest is shown.'],
  examples: [
    { does: 'show a certificate', line: 'portcullis inspect client.pem' },
    { does: 'its fields for a script', line: 'portcullis inspect --format json client.pem' },
    { does: "show a server's certificate", line: 'openssl s_client -connect example.com:443 </dev/null | portcullis inspect -' },
  ],
  run,
}

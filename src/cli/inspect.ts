import { looksLikeDer } from '../bytes/input.ts'
import { decodePem } from '../bytes/pem.ts'
import { printable } from '../lint/report/printable.ts'
import type { Arguments, Command, Outcome, Surroundings } from './command.ts'
import { CliError } from './errors.ts'
import { readInputs } from './input.ts'
import { renderText } from './inspect-text.ts'

async function run({ operands }: Arguments, { paint }: Surroundings): Promise<Outcome> {
  const inputs = await readInputs(operands)
  const texts = inputs.map(({ name, bytes }) => {
    const heading = inputs.length === 1 ? '' : `${paint('bold', printable(name))}\n`
    requireCertificate(bytes, name)
    return `${heading}${renderText(bytes).trimEnd()}\n`
  })
  return { exitCode: 0, output: texts.join('\n') }
}

/** Text without a PEM block is a mistake of the caller's; DER is shown as far as it can be read. */
function requireCertificate(bytes: Uint8Array, name: string): void {
  if (looksLikeDer(bytes)) return
  const decoded = decodePem(bytes)
  if (!decoded.ok) throw new CliError(`${name} has no certificates: ${decoded.message}`)
}

export const inspectCommand: Command = {
  operands: '<file… | ->',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {},
  notes: [],
  examples: [
    { does: 'what is in a certificate', line: 'portcullis inspect client.pem' },
    { does: "a server's, from a pipe", line: 'openssl s_client -connect example.com:443 </dev/null | portcullis inspect -' },
  ],
  run,
}

import { encodePem, scanPem } from '../bytes/pem.ts'
import { isBytes } from '../bytes/span.ts'
import { checkHeader, type HeaderResult, headerFault, headerValue } from './result.ts'

/**
 * PEM on one header line, percent-encoded. Platforms differ in which characters they encode: AWS leaves `+`, `=` and `/` as
 * they are, nginx and Envoy encode them. A plus sign is always a plus sign; decoders for HTML forms would turn it into a
 * space.
 */

/** Characters that at least one platform leaves unencoded. */
const plain = /[A-Za-z0-9._~+=/-]/

/** Reads percent-encoded PEM that contains only certificates, leaf first, as DER. */
export function readUrlPem(name: string, value: string): HeaderResult<readonly Uint8Array[]> {
  const fault = checkHeader(name, value)
  if (fault !== undefined) return fault
  const text = new Uint8Array(value.length)
  let length = 0
  for (let i = 0; i < value.length; i++) {
    const character = value[i]!
    if (character !== '%') {
      if (!plain.test(character)) return headerFault('malformed_header', `${name} is not percent-encoded PEM`, i)
      text[length++] = character.charCodeAt(0)
      continue
    }
    const pair = value.slice(i + 1, i + 3)
    if (!/^[0-9A-Fa-f]{2}$/.test(pair))
      return headerFault('malformed_header', `${name} has a % without two hexadecimal digits`, i)
    text[length++] = Number.parseInt(pair, 16)
    i += 2
  }
  return readPem(name, text.subarray(0, length))
}

/** Reads PEM that contains only certificates and white space. */
export function readPem(name: string, text: Uint8Array): HeaderResult<readonly Uint8Array[]> {
  const chain: Uint8Array[] = []
  let expected = 0
  for (const { label, content } of scanPem(text)) {
    if (label !== 'CERTIFICATE') return headerFault('malformed_header', `${name} has a PEM block that is not CERTIFICATE`)
    if (!(content instanceof Uint8Array)) return headerFault('malformed_header', `${name}: ${content.detail}`)
    chain.push(content)
    expected += boundaries + Math.ceil(content.length / 3) * 4
  }
  if (chain.length === 0) return headerFault('malformed_header', `${name} has no PEM block CERTIFICATE`)
  // The blocks account for exactly this many visible characters. Any more are text between the blocks.
  if (visibleCharacters(text) !== expected) return headerFault('malformed_header', `${name} has text besides its certificates`)
  return headerValue(chain)
}

/** Characters of the BEGIN and the END line without the blanks in them. */
const boundaries = '-----BEGINCERTIFICATE----------ENDCERTIFICATE-----'.length

function visibleCharacters(text: Uint8Array): number {
  let count = 0
  for (const byte of text) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) count++
  return count
}

/** Writes certificates as percent-encoded PEM. `safe`: characters besides letters and digits that stay unencoded. */
export function writeUrlPem(name: string, chain: readonly Uint8Array[], safe: string): HeaderResult<string> {
  if (chain.length === 0) return headerFault('no_certificate', `${name} needs at least one certificate`)
  const pem = chain.map((der) => encodePem('CERTIFICATE', requireDer(der))).join('')
  const value = pem.replace(/[^A-Za-z0-9]/g, (character) =>
    safe.includes(character) ? character : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return checkHeader(name, value) ?? headerValue(value)
}

/** @throws TypeError if it is not a Uint8Array */
export function requireDer(der: unknown): Uint8Array {
  if (isBytes(der)) return der
  throw new TypeError('a certificate must be DER in a Uint8Array')
}

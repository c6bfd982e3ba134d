import { Span } from '../bytes/span.ts'
import { readInteger } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { TextOutput } from './output.ts'
import { curveTitles } from './titles.ts'

/** Writes the subject's public key: algorithm, size and bytes. Lint checks whether it is usable. */
export function writePublicKey(output: TextOutput, { publicKey, subjectPublicKeyInfo: spki }: Certificate): void {
  const key = keyBytes(spki)
  switch (publicKey.algorithm) {
    case 'RSA':
    case 'RSA-PSS': {
      output.line(`Public Key Algorithm: ${publicKey.algorithm === 'RSA' ? 'rsaEncryption' : 'rsassaPss'}`)
      return output.indented(4, () => {
        output.line(`Public-Key: (${publicKey.bits} bit)`)
        writeModulus(output, key)
        output.line(`Exponent: ${publicKey.exponent} (0x${publicKey.exponent.toString(16)})`)
      })
    }
    case 'EC': {
      const curve = curveTitles[publicKey.curve]
      output.line('Public Key Algorithm: id-ecPublicKey')
      return output.indented(4, () => {
        output.line(curve === undefined ? 'Public-Key:' : `Public-Key: (${curve.bits} bit)`)
        writeBlock(output, 'pub:', key)
        output.line(`ASN1 OID: ${curve?.openssl ?? publicKey.curve}`)
        if (publicKey.curve.startsWith('P-')) output.line(`NIST CURVE: ${publicKey.curve}`)
      })
    }
    case 'unknown':
      output.line(`Public Key Algorithm: ${publicKey.oid}`)
      return output.indented(4, () => writeBlock(output, 'pub:', key))
  }
}

/** The content of the BIT STRING in a SubjectPublicKeyInfo. The parser has checked it. */
function keyBytes(spki: Uint8Array): Span {
  const reader = new Reader(spki)
  reader.enter(Tag.sequence, 'SubjectPublicKeyInfo')
  reader.next('algorithm')
  reader.next('subjectPublicKey')
  return new Span(spki, reader.start + 1, reader.end)
}

function writeModulus(output: TextOutput, key: Span): void {
  const reader = new Reader(key)
  reader.enter(Tag.sequence, 'RSAPublicKey')
  readInteger(reader, 'modulus')
  if (reader.fault === undefined) writeBlock(output, 'Modulus:', reader.content())
  else writeBlock(output, 'pub:', key)
}

function writeBlock(output: TextOutput, title: string, bytes: Span): void {
  output.line(title)
  output.indented(4, () => output.hexBlock(bytes))
}

import { opensslTime } from '../bytes/openssl-time.ts'
import { oidText, readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { algorithmsDiffer } from '../policy/strength.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { SignedView } from '../x509/signed.ts'
import { integerText } from './asn1.ts'
import { writeExtensions } from './extension.ts'
import { colonHex, type TextOutput } from './output.ts'
import { writePublicKey } from './public-key.ts'

/** Writes a certificate in the layout of `openssl x509 -text`, with names in DER order. */
export function writeCertificate(output: TextOutput, certificate: CertificateView): void {
  const { bytes, version } = certificate
  output.line('Certificate:')
  output.indented(4, () => {
    output.line('Data:')
    output.indented(4, () => {
      output.line(`Version: ${version} (0x${version - 1})`)
      writeSerial(output, bytes, certificate.serialStart, certificate.serialEnd)
      output.line(`Signature Algorithm: ${algorithmText(certificate, 'tbs')}`)
      output.line(`Issuer: ${certificate.formatIssuer('der')}`)
      output.line('Validity')
      output.line(`    Not Before: ${opensslTime(certificate.notBeforeTime)}`)
      output.line(`    Not After : ${opensslTime(certificate.notAfterTime)}`)
      output.line(`Subject: ${certificate.formatSubject('der')}`)
      output.line('Subject Public Key Info:')
      output.indented(4, () => writePublicKey(output, certificate))
      writeExtensions(output, 'X509v3 extensions:', bytes, certificate.extensions)
    })
    writeSignature(output, certificate)
    output.line(`SHA-256 Fingerprint: ${certificate.fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:')}`)
  })
}

/** Short serial numbers in decimal and hexadecimal on the same line, longer ones as bytes on the next, like OpenSSL. */
function writeSerial(output: TextOutput, bytes: Uint8Array, start: number, end: number): void {
  const text = end - start <= 8 ? integerText(bytes, start, end) : undefined
  if (text !== undefined) {
    const value = BigInt(text)
    return output.line(`Serial Number: ${text} (${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)})`)
  }
  output.line('Serial Number:')
  const from = bytes[start] === 0 && end - start > 1 ? start + 1 : start
  output.indented(4, () => output.line(colonHex(bytes, from, end)))
}

/** The name of the algorithm from its RFC, with the parameters of PSS, or the OID if it is unknown. */
export function algorithmText(signed: SignedView, place: 'tbs' | 'outer'): string {
  const { bytes, parsedAlgorithm } = signed
  const isOuter = place === 'outer' || !algorithmsDiffer(signed)
  if (isOuter && typeof parsedAlgorithm !== 'string') {
    const { name, scheme, hash, mgfHash, saltLength } = parsedAlgorithm
    return scheme === 'rsa-pss' ? `${name} (${hash}, MGF1 with ${mgfHash}, salt of ${saltLength} bytes)` : name
  }
  const reader = isOuter
    ? new Reader(bytes, signed.algorithmStart, signed.algorithmEnd)
    : new Reader(bytes, signed.tbsAlgorithmStart, signed.tbsAlgorithmEnd)
  reader.enter(Tag.sequence, 'AlgorithmIdentifier')
  readOid(reader, 'AlgorithmIdentifier')
  return oidText(bytes, reader.start, reader.end)
}

/** Writes the signature of a certificate or revocation list. */
export function writeSignature(output: TextOutput, signed: SignedView): void {
  output.line(`Signature Algorithm: ${algorithmText(signed, 'outer')}`)
  output.line('Signature Value:')
  output.indented(4, () => output.hexBlock(signed.bytes, signed.signatureStart, signed.signatureEnd))
}

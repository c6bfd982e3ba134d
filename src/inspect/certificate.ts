import { opensslTime } from '../bytes/openssl-time.ts'
import type { Span } from '../bytes/span.ts'
import { oidText, readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { SignedView } from '../x509/signed.ts'
import { integerText } from './asn1.ts'
import { writeExtensions } from './extension.ts'
import { colonHex, type TextOutput } from './output.ts'
import { writePublicKey } from './public-key.ts'

/** Writes a certificate in the layout of `openssl x509 -text`, with names in DER order. */
export function writeCertificate(output: TextOutput, certificate: CertificateView): void {
  const { version } = certificate
  output.line('Certificate:')
  output.indented(4, () => {
    output.line('Data:')
    output.indented(4, () => {
      output.line(`Version: ${version} (0x${version - 1})`)
      writeSerial(output, certificate.serial)
      output.line(`Signature Algorithm: ${algorithmText(certificate, 'tbs')}`)
      output.line(`Issuer: ${certificate.formatIssuer('der')}`)
      output.line('Validity')
      output.line(`    Not Before: ${opensslTime(certificate.notBeforeTime)}`)
      output.line(`    Not After : ${opensslTime(certificate.notAfterTime)}`)
      output.line(`Subject: ${certificate.formatSubject('der')}`)
      output.line('Subject Public Key Info:')
      output.indented(4, () => writePublicKey(output, certificate))
      writeExtensions(output, 'X509v3 extensions:', certificate.extensions)
    })
    writeSignature(output, certificate)
    output.line(`SHA-256 Fingerprint: ${certificate.fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:')}`)
  })
}

/** Short serial numbers in decimal and hexadecimal on the same line, longer ones as bytes on the next, like OpenSSL. */
function writeSerial(output: TextOutput, serial: Span): void {
  const text = serial.length <= 8 ? integerText(serial) : undefined
  if (text !== undefined) {
    const value = BigInt(text)
    return output.line(`Serial Number: ${text} (${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)})`)
  }
  output.line('Serial Number:')
  output.indented(4, () => output.line(colonHex(serial.unpadded())))
}

/** The name of the algorithm from its RFC, with the parameters of PSS, or the OID if it is unknown. */
export function algorithmText(signed: SignedView, place: 'tbs' | 'outer'): string {
  const { parsedAlgorithm } = signed
  const isOuter = place === 'outer' || !signed.algorithmsDiffer
  if (isOuter && typeof parsedAlgorithm !== 'string') {
    const { name, scheme, hash, mgfHash, saltLength } = parsedAlgorithm
    return scheme === 'rsa-pss' ? `${name} (${hash}, MGF1 with ${mgfHash}, salt of ${saltLength} bytes)` : name
  }
  const reader = new Reader(isOuter ? signed.algorithm : signed.tbsAlgorithm)
  reader.enter(Tag.sequence, 'AlgorithmIdentifier')
  readOid(reader, 'AlgorithmIdentifier')
  return oidText(reader.content())
}

/** Writes the signature of a certificate or revocation list. */
export function writeSignature(output: TextOutput, signed: SignedView): void {
  output.line(`Signature Algorithm: ${algorithmText(signed, 'outer')}`)
  output.line('Signature Value:')
  output.indented(4, () => output.hexBlock(signed.signatureValue))
}

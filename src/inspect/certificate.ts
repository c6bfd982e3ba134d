import { hexOf, opensslTime } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { oidText, readOid } from '../der/oid.ts'
import { readInteger, readTime } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { Certificate, CertificateView } from '../x509/certificate.ts'
import { ExtensionList, readExtensions } from '../x509/extension-list.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'
import type { SignedView } from '../x509/signed.ts'
import { integerText } from './asn1.ts'
import { writeExtensions } from './extension-values.ts'
import { colonHex, type TextOutput } from './output.ts'
import { curveTitles } from './titles.ts'

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
    writeDeviations(output, certificate)
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

/** Lists what is not correct DER. OpenSSL has nothing like it. */
function writeDeviations(output: TextOutput, { deviations }: SignedView): void {
  if (deviations.length === 0) return
  output.line('Deviations from DER:')
  output.indented(4, () => {
    for (const { code, offset } of deviations) output.line(`${code} (byte ${offset})`)
  })
}

/** Writes the signature of a certificate or revocation list. */
export function writeSignature(output: TextOutput, signed: SignedView): void {
  output.line(`Signature Algorithm: ${algorithmText(signed, 'outer')}`)
  output.line('Signature Value:')
  output.indented(4, () => output.hexBlock(signed.signatureValue))
}

/** Writes a list in the layout of `openssl crl -text`, with at most `maxEntries` entries. */
export function writeRevocationList(output: TextOutput, list: RevocationListView, maxEntries: number): void {
  const { version, nextUpdateTime, entries } = list
  output.line('Certificate Revocation List (CRL):')
  output.indented(8, () => {
    output.line(`Version ${version} (0x${version - 1})`)
    output.line(`Signature Algorithm: ${algorithmText(list, 'tbs')}`)
    output.line(`Issuer: ${list.formatIssuer('der')}`)
    output.line(`Last Update: ${opensslTime(list.thisUpdateTime)}`)
    output.line(`Next Update: ${nextUpdateTime === undefined ? 'NONE' : opensslTime(nextUpdateTime)}`)
    writeExtensions(output, 'CRL extensions:', list.extensions)
  })
  output.line(list.entryCount === 0 ? 'No Revoked Certificates.' : 'Revoked Certificates:')
  output.indented(4, () => {
    if (entries !== undefined) writeEntries(output, new Reader(entries), maxEntries)
    const left = list.entryCount - maxEntries
    if (left > 0) output.line(`(${left} more of ${list.entryCount} entries)`)
    writeSignature(output, list)
    writeDeviations(output, list)
  })
}

function writeEntries(output: TextOutput, reader: Reader, maxEntries: number): void {
  for (let i = 0; i < maxEntries && !reader.atEnd() && !output.isFull; i++) writeEntry(output, reader)
}

/** One entry of a list that was checked when it was parsed. */
function writeEntry(output: TextOutput, reader: Reader): void {
  const element = 'revokedCertificates'
  const outer = reader.enter(Tag.sequence, element)
  readInteger(reader, element)
  output.line(`Serial Number: ${hexOf(reader.content().unpadded()).toUpperCase()}`)
  output.line(`    Revocation Date: ${opensslTime(readTime(reader, element))}`)
  const extensions = new ExtensionList(reader.bytes)
  // A real CA writes an empty sequence here, which the parser accepts.
  if (reader.limit - reader.position > 2) {
    readExtensions(reader, element, extensions, (_, value) => {
      value.position = value.limit
    })
  } else reader.position = reader.limit
  output.indented(4, () => writeExtensions(output, 'CRL entry extensions:', extensions))
  reader.leave(outer, element)
}

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

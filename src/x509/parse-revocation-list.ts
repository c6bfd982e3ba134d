import { type ParseResult, parseFault } from '../codes/parse.ts'
import { readInteger, readSmallInteger, readTime } from '../der/primitives.ts'
import { contextConstructed, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readDistributionPoints, readIssuingDistributionPoint } from './distribution-point.ts'
import { readExtensions } from './extension-list.ts'
import { readAltNames } from './general-name.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as Part from './ids/part.ts'
import { readAuthorityKeyIdentifier } from './key-usage.ts'
import { readEntry } from './revocation-entries.ts'
import { RevocationListView } from './revocation-list.ts'
import { readAlgorithmAndIssuer, readSigned } from './signed.ts'

/** The largest platform limit is 50 MB. */
const maxListBytes = 64 * 1024 * 1024

/** Parses one DER CRL without copying it; the bytes must not change afterwards. */
export function parseRevocationListDer(bytes: Uint8Array): ParseResult<RevocationListView> {
  return readRevocationList(new RevocationListView(bytes))
}

/** Parses the bytes of an empty view and fills it in. */
export function readRevocationList<View extends RevocationListView>(view: View): ParseResult<View> {
  const refusal = refuseListSize(view.bytes.length)
  if (refusal !== undefined) return refusal
  const reader = new Reader(view.bytes)
  readSigned(reader, view, 'CertificateList', 'tbsCertList', readTbs)
  return reader.fault === undefined ? { ok: true, value: view } : reader.failure()
}

/** The fault of a CRL that is too large. Check this before copying the bytes. */
export function refuseListSize(length: number): ParseResult<never> | undefined {
  if (length <= maxListBytes) return undefined
  return parseFault('too_large', 0, 'CertificateList', `${length} bytes; the limit is ${maxListBytes}`)
}

function readTbs(reader: Reader, view: RevocationListView): void {
  if (reader.peek(Tag.integer)) {
    if (readSmallInteger(reader, 0x7fffffff, 'version') !== 1) reader.fail('bad_version', reader.start, 'version')
    view.version = 2
  }
  readAlgorithmAndIssuer(reader, view)
  view.thisUpdateTime = readTime(reader, 'thisUpdate')
  if (reader.peek(Tag.utcTime) || reader.peek(Tag.generalizedTime)) view.nextUpdateTime = readTime(reader, 'nextUpdate')
  if (reader.peek(Tag.sequence)) readEntries(reader, view)
  if (reader.peek(contextConstructed(0))) {
    if (view.version !== 2) reader.fail('fields_need_version', reader.position, 'crlExtensions', 'extensions need version 2')
    const extensions = reader.enter(contextConstructed(0), 'crlExtensions')
    readExtensions(reader, 'crlExtensions', view.extensions, (id, value) => readExtensionValue(id, value, view))
    if (view.isIndirect) view.hasStrayIssuer = false
    reader.leave(extensions, 'crlExtensions')
  }
}

/** RFC 5280 5.1.2.6: revokedCertificates must be absent if there are no entries. If it is empty, that is a deviation. */
function readEntries(reader: Reader, view: RevocationListView): void {
  const outer = reader.enter(Tag.sequence, 'revokedCertificates')
  if (reader.atEnd()) reader.deviate('empty_revoked_certificates', reader.header)
  else view.locate(Part.entries, reader.content())
  while (!reader.atEnd()) {
    const at = reader.position
    const entry = readEntry(reader)
    if (entry.hasExtensions && view.version === 1)
      reader.fail('fields_need_version', at, 'crlEntryExtensions', 'extensions need version 2')
    view.hasUnknownCriticalEntry ||= entry.hasUnknownCritical
    view.hasStrayIssuer ||= entry.issuer !== undefined
    view.entryCount++
  }
  reader.leave(outer, 'revokedCertificates')
}

function readExtensionValue(id: number, reader: Reader, view: RevocationListView): void {
  switch (id) {
    case ExtensionId.authorityKeyIdentifier: {
      const { keyIdentifier } = readAuthorityKeyIdentifier(reader)
      if (keyIdentifier !== undefined) view.locate(Part.authorityKeyIdentifier, keyIdentifier)
      return
    }
    case ExtensionId.crlNumber:
      readCrlNumber(reader, 'cRLNumber', true)
      view.locate(Part.listNumber, reader.content())
      return
    case ExtensionId.deltaCrlIndicator:
      readCrlNumber(reader, 'deltaCRLIndicator')
      view.locate(Part.baseListNumber, reader.content())
      return
    case ExtensionId.issuingDistributionPoint:
      view.scope = readIssuingDistributionPoint(reader)
      return
    case ExtensionId.issuerAltName:
      readAltNames(reader, view.extensions, 'issuerAltName')
      return
    case ExtensionId.freshestCrl:
      return readDistributionPoints(reader, 'freshestCRL')
    default:
      reader.position = reader.limit
  }
}

/**
 * Reads a CRL number. RFC 5280 5.2.3: not negative, at most 20 octets.
 *
 * @param allowsSign whether 20 octets after a sign octet of 00 are a deviation
 */
function readCrlNumber(reader: Reader, element: string, allowsSign = false): void {
  readInteger(reader, element)
  if (reader.fault !== undefined) return
  const { bytes, start, end } = reader
  const isLong = end - start === 21 && bytes[start] === 0
  if (isLong && allowsSign) reader.deviate('long_crl_number', start)
  else if (bytes[start]! >= 0x80 || end - start > 20) reader.fail('bad_integer', start, element)
}

import { isCertificateLabel, singleDer } from '../bytes/pem.ts'
import { type ParseResult, parseFault } from '../codes/parse.ts'
import { checkBitString, readBitStringBytes, readInteger, readSmallInteger, readTime } from '../der/primitives.ts'
import { contextConstructed, contextPrimitive, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { type Certificate, CertificateView } from './certificate.ts'
import { readBasicConstraints, readInhibitAnyPolicy, readNameConstraints, readPolicyConstraints } from './constraints.ts'
import { readDistributionPoints } from './distribution-point.ts'
import { readExtensions } from './extension-list.ts'
import { readAccessDescriptions, readAltNames } from './general-name.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as Part from './ids/part.ts'
import { readAuthorityKeyIdentifier, readExtendedKeyUsage, readKeyUsage, readSubjectKeyIdentifier } from './key-usage.ts'
import { readName } from './name.ts'
import { readCertificatePolicies, readPolicyMappings } from './policies.ts'
import { readAlgorithmAndIssuer, readAlgorithmIdentifier, readSigned } from './signed.ts'

/** Larger certificates are not parsed. The largest platform limit is 16 KB, and real certificates have up to 10 KB. */
export const maxCertificateBytes = 65536

/**
 * Parses a copy of one DER certificate, so that the view does not change when the caller changes the bytes. Checks the size
 * before copying.
 */
export function parseCertificateCopy(der: Uint8Array): ParseResult<CertificateView> {
  return sizeFault(der.length) ?? parseCertificateDer(new Uint8Array(der))
}

/**
 * Parses one DER certificate without copying it; the bytes must not change afterwards. Follows the order of RFC 5280 4.1. Hot
 * path: makes no text and no copies.
 */
export function parseCertificateDer(bytes: Uint8Array): ParseResult<CertificateView> {
  const fault = sizeFault(bytes.length)
  if (fault !== undefined) return fault
  const reader = new Reader(bytes)
  const view = new CertificateView(bytes)
  readSigned(reader, view, 'Certificate', 'tbsCertificate', readTbs)
  return reader.fault === undefined ? { ok: true, value: view } : reader.failure()
}

function sizeFault(length: number): ParseResult<never> | undefined {
  if (length === 0) return parseFault('empty_input', 0, 'Certificate')
  if (length <= maxCertificateBytes) return undefined
  return parseFault('too_large', 0, 'Certificate', `${length} bytes; the limit is ${maxCertificateBytes}`)
}

function readTbs(reader: Reader, view: CertificateView): void {
  readVersion(reader, view)
  readInteger(reader, 'serialNumber')
  view.locate(Part.serial, reader.content())
  readAlgorithmAndIssuer(reader, view)
  const validity = reader.enter(Tag.sequence, 'validity')
  view.notBeforeTime = readTime(reader, 'validity.notBefore')
  view.notBeforeGeneral = reader.tag === Tag.generalizedTime
  view.notAfterTime = readTime(reader, 'validity.notAfter')
  view.notAfterGeneral = reader.tag === Tag.generalizedTime
  reader.leave(validity, 'validity')
  readName(reader, 'subject')
  view.locate(Part.subject, reader.element())
  const key = reader.enter(Tag.sequence, 'subjectPublicKeyInfo')
  view.locate(Part.keyInfo, reader.element())
  readAlgorithmIdentifier(reader, 'subjectPublicKeyInfo.algorithm')
  readBitStringBytes(reader, 'subjectPublicKeyInfo.subjectPublicKey')
  reader.leave(key, 'subjectPublicKeyInfo')
  readUniqueId(reader, view, contextPrimitive(1), 'issuerUniqueID')
  readUniqueId(reader, view, contextPrimitive(2), 'subjectUniqueID')
  if (reader.peek(contextConstructed(3))) {
    if (view.version !== 3) reader.fail('fields_need_version', reader.position, 'extensions')
    const extensions = reader.enter(contextConstructed(3), 'extensions')
    readExtensions(reader, 'extensions', view.extensions, (id, value) => readExtensionValue(id, value, view))
    reader.leave(extensions, 'extensions')
  }
}

function readVersion(reader: Reader, view: CertificateView): void {
  if (!reader.peek(contextConstructed(0))) return
  const outer = reader.enter(contextConstructed(0), 'version')
  const value = readSmallInteger(reader, 0x7fffffff, 'version')
  if (value !== 1 && value !== 2) reader.fail('bad_version', reader.start, 'version')
  view.version = value === 1 ? 2 : 3
  reader.leave(outer, 'version')
}

function readUniqueId(reader: Reader, view: CertificateView, tag: number, element: string): void {
  if (!reader.optional(tag, element)) return
  if (view.version === 1) reader.fail('fields_need_version', reader.header, element)
  checkBitString(reader, element)
  view.hasUniqueIds = true
}

function readExtensionValue(id: number, reader: Reader, view: CertificateView): void {
  switch (id) {
    case ExtensionId.basicConstraints: {
      const { ca, pathLength } = readBasicConstraints(reader)
      view.isCa = ca
      view.pathLength = pathLength
      return
    }
    case ExtensionId.keyUsage:
      view.keyUsageBits = readKeyUsage(reader)
      return
    case ExtensionId.extendedKeyUsage:
      view.purposeBits = readExtendedKeyUsage(reader)
      return
    case ExtensionId.subjectKeyIdentifier:
      readSubjectKeyIdentifier(reader)
      view.locate(Part.subjectKeyIdentifier, reader.content())
      return
    case ExtensionId.authorityKeyIdentifier: {
      const { keyIdentifier, hasIssuer, hasSerial } = readAuthorityKeyIdentifier(reader)
      if (keyIdentifier !== undefined) view.locate(Part.authorityKeyIdentifier, keyIdentifier)
      view.authorityHasIssuer = hasIssuer
      view.authorityHasSerial = hasSerial
      return
    }
    case ExtensionId.subjectAltName:
      if (readAltNames(reader, view.extensions, 'subjectAltName')) view.locate(Part.altNames, reader.content())
      return
    case ExtensionId.issuerAltName:
      readAltNames(reader, view.extensions, 'issuerAltName')
      return
    case ExtensionId.nameConstraints:
      return readNameConstraints(reader)
    case ExtensionId.certificatePolicies:
      view.hasUnknownQualifier = readCertificatePolicies(reader)
      return
    case ExtensionId.policyMappings:
      return readPolicyMappings(reader)
    case ExtensionId.policyConstraints: {
      const { requireExplicitPolicy, inhibitPolicyMapping } = readPolicyConstraints(reader)
      view.requireExplicitPolicy = requireExplicitPolicy
      view.inhibitPolicyMapping = inhibitPolicyMapping
      return
    }
    case ExtensionId.inhibitAnyPolicy:
      view.inhibitAnyPolicy = readInhibitAnyPolicy(reader)
      return
    case ExtensionId.crlDistributionPoints:
      return readDistributionPoints(reader, 'cRLDistributionPoints')
    case ExtensionId.authorityInfoAccess:
    case ExtensionId.subjectInfoAccess:
      return readAccessDescriptions(reader)
    case ExtensionId.freshestCrl:
      return readDistributionPoints(reader, 'freshestCRL')
    default:
      reader.position = reader.limit
  }
}

/**
 * Parses one certificate, DER or PEM, strictly (X.690 DER, RFC 5280 section 4). The bytes are copied. Signature and dates
 * are not checked.
 *
 * @param input DER bytes, or PEM as text or bytes with exactly one `CERTIFICATE` block
 * @returns the view, or the first fault with its byte offset (in the DER, or in the text for PEM faults)
 * @throws TypeError if `input` is neither a string nor a Uint8Array
 * @example
 * const parsed = parseCertificate(pem)
 * if (parsed.ok) console.log(parsed.value.subject, parsed.value.notAfter)
 */
export function parseCertificate(input: Uint8Array | string): ParseResult<Certificate> {
  const der = singleDer(input, 'parseCertificate: input', 'CERTIFICATE', isCertificateLabel)
  return der.ok ? parseCertificateCopy(der.value) : der
}

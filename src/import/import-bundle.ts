import { isBundleLabel, isSignedData } from '../bytes/format.ts'
import {
  bytesOfPemText,
  describeMissingPem,
  isCertificateLabel,
  isRevocationListLabel,
  looksLikeDer,
  scanPem,
} from '../bytes/pem.ts'
import { requireBytes } from '../bytes/span.ts'
import { type ParseResult, parseFault } from '../codes/parse.ts'
import * as Tag from '../der/tag.ts'
import { type BerElement, type BerFault, childrenOf, ElementCount, endOf, readHeader } from './ber.ts'

/** `importBundle`: certificates and revocation lists from PKCS #7, and from files that have several one after another. */

/** The contents of a file, as the DER of each certificate and list in the order of the file. Nothing is parsed or verified. */
export interface ImportedBundle {
  readonly certificates: readonly Uint8Array[]
  readonly revocationLists: readonly Uint8Array[]
}

/** Larger inputs are refused: no truststore or revocation list is. */
const maxInputBytes = 64 * 1024 * 1024

/** The DER of 1.2.840.113549.1.7.2 (RFC 2315 14). */
const signedData: readonly number[] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
const context0 = 0xa0
const context1 = 0xa1
const otherChoices: ReadonlySet<number> = /* @__PURE__ */ new Set([0xa0, 0xa1, 0xa2, 0xa3])

/** Collects what is found. */
interface Found {
  readonly certificates: Uint8Array[]
  readonly revocationLists: Uint8Array[]
  readonly count: ElementCount
}

/**
 * Reads the certificates and revocation lists of a PKCS #7 file (`.p7b`, `.p7c`), or of a file that has several one after another:
 * PEM blocks, or DER. Pass them to `buildTruststore`, `verifyChain` and `parseRevocationList`, which apply the policy: the file is only
 * a container. The signed content and the signatures of a PKCS #7 file are ignored.
 *
 * The certificates are the original bytes, copied. PKCS #7 has no order: the first certificate need not be the leaf.
 *
 * @param input PEM text, or bytes of PEM, DER or BER
 * @returns the DER of each certificate and list, or the first fault of the container; `too_large` above 64 MiB, `too_many` above
 *   100,000 elements
 * @throws TypeError if `input` is neither a string nor a Uint8Array
 * @example
 * const bundle = importBundle(readFileSync('cas.p7b'))
 * if (bundle.ok) buildTruststore(bundle.value.certificates)
 */
export function importBundle(input: Uint8Array | string): ParseResult<ImportedBundle> {
  const bytes = typeof input === 'string' ? bytesOfPemText(input) : requireBytes(input, 'importBundle: input')
  if (bytes.length > maxInputBytes) {
    return parseFault('too_large', 0, 'bundle', `${bytes.length} bytes; the limit is ${maxInputBytes}`)
  }
  const found: Found = { certificates: [], revocationLists: [], count: new ElementCount() }
  const fault = typeof input !== 'string' && looksLikeDer(bytes) ? readElements(bytes, found) : readPem(bytes, found)
  const { certificates, revocationLists } = found
  return fault ?? { ok: true, value: { certificates, revocationLists } }
}

function readPem(text: Uint8Array, found: Found): ParseResult<never> | undefined {
  const blocks = scanPem(text)
  let known = 0
  for (const { label, content } of blocks) {
    const isBundle = isBundleLabel(label)
    if (!isBundle && !isCertificateLabel(label) && !isRevocationListLabel(label)) continue
    known++
    if (!found.count.add()) return parseFault('too_many', 0, 'PEM')
    if (!(content instanceof Uint8Array)) return parseFault(content.code, content.offset, 'PEM', content.detail)
    if (isRevocationListLabel(label)) found.revocationLists.push(content)
    else if (!isBundle && !isSignedData(content)) found.certificates.push(content)
    else {
      const fault = readOne(content, found)
      if (fault !== undefined) return fault
    }
  }
  if (known > 0) return undefined
  return parseFault(text.length === 0 ? 'empty_input' : 'pem_missing', 0, 'PEM', describeMissingPem(text, 'CERTIFICATE', blocks))
}

/** Whether bytes have more than one element, one after another. */
export function hasSeveral(bytes: Uint8Array): boolean {
  const first = readHeader(bytes, 0, bytes.length)
  if ('code' in first || first.end === undefined || first.end === bytes.length) return false
  const second = readHeader(bytes, first.end, bytes.length)
  return !('code' in second) && second.tag === Tag.sequence
}

function isSignedDataType(bytes: Uint8Array, { tag, content, end }: BerElement): boolean {
  return tag === Tag.oid && end === content + signedData.length && signedData.every((byte, i) => bytes[content + i] === byte)
}

/** Reads a PEM block, which has one PKCS #7. */
function readOne(bytes: Uint8Array, found: Found): ParseResult<never> | undefined {
  const element = readHeader(bytes, 0, bytes.length)
  if ('code' in element) return faultOf(element, 'ContentInfo')
  if (element.tag !== Tag.sequence) return parseFault('unexpected_tag', 0, 'ContentInfo')
  const end = readContentInfo(bytes, element, found)
  if (typeof end !== 'number') return end
  return end === bytes.length ? undefined : parseFault('trailing_bytes', end, 'ContentInfo')
}

/** Reads elements one after another: certificates, lists and PKCS #7. */
function readElements(bytes: Uint8Array, found: Found): ParseResult<never> | undefined {
  for (let at = 0; at < bytes.length; ) {
    if (!found.count.add()) return parseFault('too_many', at, 'bundle')
    const element = readHeader(bytes, at, bytes.length)
    if ('code' in element) return faultOf(element, 'bundle')
    if (element.tag !== Tag.sequence) return parseFault('unexpected_tag', at, 'bundle')
    const first = readHeader(bytes, element.content, element.end ?? bytes.length)
    if (!('code' in first) && first.tag === Tag.oid) {
      const end = readContentInfo(bytes, element, found)
      if (typeof end !== 'number') return end
      at = end
      continue
    }
    const end = endOf(bytes, element, bytes.length)
    if (typeof end !== 'number') return faultOf(end, 'bundle')
    add(bytes, at, end, found)
    at = end
  }
  return undefined
}

/** Adds a certificate or list. */
function add(bytes: Uint8Array, start: number, end: number, found: Found): void {
  // Not `slice`: on a Buffer it does not copy.
  const der = new Uint8Array(bytes.subarray(start, end))
  if (isRevocationList(der)) found.revocationLists.push(der)
  else found.certificates.push(der)
}

/** A list has a time where a certificate has its validity: behind the issuer. */
function isRevocationList(der: Uint8Array): boolean {
  const outer = readHeader(der, 0, der.length)
  if ('code' in outer) return false
  const signed = readHeader(der, outer.content, der.length)
  if ('code' in signed) return false
  let at = signed.content
  for (const tag of [Tag.integer, Tag.sequence, Tag.sequence]) {
    const element = readHeader(der, at, der.length)
    if ('code' in element) return false
    if (element.tag !== tag && tag === Tag.integer) continue
    if (element.tag !== tag || element.end === undefined) return false
    at = element.end
  }
  return der[at] === Tag.utcTime || der[at] === Tag.generalizedTime
}

/**
 * Reads ContentInfo, and the SignedData in it (RFC 2315 7, 9.1; RFC 5652 3, 5.1): of its fields only `certificates` and `crls`.
 * Returns the offset behind it.
 */
function readContentInfo(bytes: Uint8Array, info: BerElement, found: Found): number | ParseResult<never> {
  const outer = childrenOf(bytes, info, bytes.length, found.count)
  if ('code' in outer) return faultOf(outer, 'ContentInfo')
  const [type, content, ...rest] = outer.children
  if (type === undefined || !isSignedDataType(bytes, type)) {
    return parseFault('unexpected_tag', info.start, 'ContentInfo', 'the content of the PKCS #7 file is not signedData')
  }
  if (content?.tag !== context0 || rest.length > 0) return parseFault('unexpected_tag', info.start, 'ContentInfo')
  const wrapped = childrenOf(bytes, withHeader(bytes, content), content.end!, found.count)
  if ('code' in wrapped) return faultOf(wrapped, 'ContentInfo')
  const [data, ...others] = wrapped.children
  if (data?.tag !== Tag.sequence || others.length > 0) return parseFault('unexpected_tag', content.content, 'SignedData')
  const fields = childrenOf(bytes, withHeader(bytes, data), data.end!, found.count)
  if ('code' in fields) return faultOf(fields, 'SignedData')
  // version, digestAlgorithms and contentInfo come first, signerInfos last.
  const tags = fields.children.map(({ tag }) => tag)
  const middle = tags.slice(3, -1)
  const isExpected =
    tags[0] === Tag.integer && tags[1] === Tag.set && tags[2] === Tag.sequence && tags.length > 3 && tags.at(-1) === Tag.set
  const isOrdered = middle.every((tag, i) => (tag === context0 || tag === context1) && (i === 0 || tag > middle[i - 1]!))
  if (!isExpected || !isOrdered) {
    return parseFault('unexpected_tag', data.start, 'SignedData')
  }
  for (const field of fields.children.slice(3, -1)) {
    const element = field.tag === context0 ? 'certificates' : 'crls'
    const list = childrenOf(bytes, withHeader(bytes, field), field.end!, found.count)
    if ('code' in list) return faultOf(list, element)
    for (const { tag, start, end } of list.children) {
      // Other choices are attribute certificates and OCSP responses (RFC 5652 10.2).
      if (otherChoices.has(tag)) continue
      if (tag !== Tag.sequence) return parseFault('unexpected_tag', start, element)
      const target = field.tag === context0 ? found.certificates : found.revocationLists
      target.push(new Uint8Array(bytes.subarray(start, end)))
    }
  }
  return outer.end
}

/** The element with the length form of its header again, which decides how its children end. */
function withHeader(bytes: Uint8Array, element: BerElement): BerElement {
  return bytes[element.start + 1] === 0x80 ? { ...element, end: undefined } : element
}

function faultOf({ code, offset }: BerFault, element: string): ParseResult<never> {
  return parseFault(code, offset, element)
}

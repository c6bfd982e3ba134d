import { describeDer } from '../bytes/format.ts'
import {
  bytesOfPemText,
  describeMissingPem,
  isCertificateLabel,
  isRevocationListLabel,
  looksLikeDer,
  type PemBlock,
  scanPem,
} from '../bytes/pem.ts'
import { requireBytes, Span } from '../bytes/span.ts'
import { type ParseCode, type ParseResult, parseFault } from '../codes/parse.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { parseJudgedList } from '../path/revocation/judged-list.ts'
import { type NoFields, readFields } from '../policy/fields.ts'
import { type Certificate, CertificateView } from '../x509/certificate.ts'
import { parseCertificateDer } from '../x509/parse-certificate.ts'
import { type RevocationList, RevocationListView } from '../x509/revocation-list.ts'
import { drawAsn1 } from './asn1.ts'
import { writeCertificate, writeRevocationList } from './certificate.ts'
import { TextOutput } from './output.ts'

/** Limits of the text. */
export interface RenderOptions {
  /** The most characters of text. Default 1,000,000. Longer text is cut, and the last line says so. */
  readonly maxLength?: number
  /** The most entries of a revocation list. Default 1,000. */
  readonly maxEntries?: number
}

/** A part of the input that is neither a certificate nor a revocation list. */
export interface InspectionFault {
  readonly code: ParseCode
  readonly message: string
  /** Byte offset in the DER. For faults of the PEM itself, the offset in the text. */
  readonly offset: number
  /** 1-based line of the PEM block; absent for DER. */
  readonly line?: number
}

/** The contents of an input, as text and as values. */
export interface Inspection {
  /** The text for people, with a final newline. */
  readonly text: string
  readonly certificates: readonly Certificate[]
  readonly revocationLists: readonly RevocationList[]
  /** Empty if everything could be read. */
  readonly faults: readonly InspectionFault[]
}

type Signed = CertificateView | RevocationListView

const noOptions: NoFields<RenderOptions> = { maxLength: undefined, maxEntries: undefined }

/**
 * Reads and describes all certificates and revocation lists in an input. Anything else is a fault and is rendered as ASN.1,
 * except private keys: they are named but not shown.
 *
 * @param input DER, PEM with any number of blocks as text or bytes, or a value returned by `parseCertificate` or
 *   `parseRevocationList`
 * @throws TypeError for arguments of the wrong type; never for the contents of the input
 * @example
 * const { text, faults } = inspect(readFileSync('client.pem'))
 * console.log(text)
 * for (const { message } of faults) console.error(message)
 */
export function inspect(input: Uint8Array | string | Certificate | RevocationList, options: RenderOptions = {}): Inspection {
  const given = readFields<RenderOptions>('inspect: options', options, noOptions)
  const output = new TextOutput(requireCount('maxLength', given.maxLength ?? 1_000_000))
  const maxEntries = requireCount('maxEntries', given.maxEntries ?? 1000)
  const found: Signed[] = []
  const faults: InspectionFault[] = []
  const write = (signed: Signed): void => {
    found.push(signed)
    if (signed instanceof CertificateView) writeCertificate(output, signed)
    else writeRevocationList(output, signed, maxEntries)
  }
  if (input instanceof CertificateView || input instanceof RevocationListView) write(input)
  else {
    const bytes = typeof input === 'string' ? bytesOfPemText(input) : requireBytes(input, 'inspect: input')
    if (typeof input !== 'string' && looksLikeDer(bytes))
      readDer(new Uint8Array(bytes), output, write, (fault) => faults.push(fault))
    else readPem(bytes, output, write, (fault) => faults.push(fault))
  }
  const certificates = found.filter((signed) => signed instanceof CertificateView)
  const revocationLists = found.filter((signed) => signed instanceof RevocationListView)
  return { text: output.toString(), certificates, revocationLists, faults }
}

/**
 * The `openssl x509 -text` view of every certificate, and the `openssl crl -text` view of every revocation list, in the
 * input. Extensions are decoded by name; those without a decoder are rendered as ASN.1. The text is for people, and its
 * layout may change. Control and bidirectional characters from certificates are escaped, and the cost of hostile input is
 * bounded by `maxLength`.
 *
 * @param input as for {@link inspect}
 * @throws TypeError for arguments of the wrong type; never for the contents of the input
 * @example
 * console.log(renderText(readFileSync('client.pem')))
 */
export function renderText(input: Uint8Array | string | Certificate | RevocationList, options: RenderOptions = {}): string {
  return inspect(input, options).text
}

type Write = (signed: Signed) => void
type Report = (fault: InspectionFault) => void

/**
 * Reads one DER element, from a copy of the bytes. Of the two parsers' faults it reports the deeper one: that parser matches
 * the kind of the input.
 */
function readDer(bytes: Uint8Array, output: TextOutput, write: Write, report: Report): void {
  const certificate = parseCertificateDer(bytes)
  if (certificate.ok) return write(certificate.value)
  const list = parseJudgedList(bytes)
  if (list.ok) return write(list.value)
  writeFault(bytes, output, list.offset > certificate.offset ? list : certificate, report)
}

function readPem(text: Uint8Array, output: TextOutput, write: Write, report: Report): void {
  const blocks = scanPem(text)
  if (blocks.length === 0) {
    const detail = describeMissingPem(text, 'CERTIFICATE', blocks)
    const fault = parseFault(text.length === 0 ? 'empty_input' : 'pem_missing', 0, 'PEM', detail)
    if (!fault.ok) report({ code: fault.code, message: fault.message, offset: 0 })
    return output.line(detail)
  }
  for (const [i, block] of blocks.entries()) {
    if (output.isFull) return
    if (blocks.length > 1) output.line(`Block ${i + 1}, line ${block.line}: ${block.label}`)
    readBlock(block, output, write, ({ code, message, offset }) => report({ code, message, offset, line: block.line }))
    if (i + 1 < blocks.length) output.line('')
  }
}

function readBlock({ label, line, content }: PemBlock, output: TextOutput, write: Write, report: Report): void {
  if (!(content instanceof Uint8Array)) {
    output.line(content.detail)
    return report({ code: content.code, message: content.detail, offset: content.offset })
  }
  const parsed = parseBlock(label, content)
  if (parsed?.ok === true) return write(parsed.value)
  if (parsed !== undefined) return writeFault(content, output, parsed, report)
  const message = `the block on line ${line} is a ${label}, neither a certificate nor a revocation list`
  report({ code: 'pem_missing', message, offset: 0 })
  output.line(message)
  if (label.includes('PRIVATE KEY')) output.line(secret)
  else drawUnknown(output, content)
}

const secret = 'private keys are not shown'

/** Renders anything but certificates, lists and what has a private key. Someone may paste the text into a ticket. */
function drawUnknown(output: TextOutput, bytes: Uint8Array): void {
  if (looksLikePrivateKey(new Reader(bytes)) || hasPrivateKey(new Span(bytes))) return output.line(secret)
  const known = describeDer(bytes, false)
  if (known !== undefined) output.line(known)
  else output.indented(4, () => drawAsn1(output, new Span(bytes)))
}

/** PKCS #1, SEC 1 and PKCS #8 keys are a SEQUENCE that begins with version 0 or 1. No whole X.509 structure is. */
function looksLikePrivateKey(reader: Reader): boolean {
  reader.enter(Tag.sequence, 'PrivateKeyInfo')
  const isVersion = reader.optional(Tag.integer, 'version') && reader.end - reader.start === 1
  return isVersion && reader.bytes[reader.start]! <= 1
}

/** Deeper elements are not searched: PKCS #12 has its keys at a depth of 11. */
const deepest = 16

/** Whether a private key is anywhere in DER, also in an OCTET STRING, as PKCS #12 has it. */
function hasPrivateKey(element: Span, depth = 0): boolean {
  const reader = new Reader(element)
  while (!reader.atEnd()) {
    reader.next('element')
    if (reader.fault !== undefined) return false
    const { tag } = reader
    const isNested = (tag & 0x20) !== 0 || tag === Tag.octetString
    if (tag === Tag.sequence && isPrivateKey(reader.element())) return true
    if (isNested && depth < deepest && hasPrivateKey(reader.content(), depth + 1)) return true
  }
  return false
}

/** Whether a SEQUENCE has a version, and then a key as PKCS #1, SEC 1 or PKCS #8 have it. */
function isPrivateKey(element: Span): boolean {
  const reader = new Reader(element)
  if (!looksLikePrivateKey(reader)) return false
  if (reader.optional(Tag.sequence, 'algorithm')) return reader.peek(Tag.octetString)
  return reader.peek(Tag.octetString) || reader.peek(Tag.integer)
}

function parseBlock(label: string, content: Uint8Array): ParseResult<Signed> | undefined {
  if (isCertificateLabel(label)) return parseCertificateDer(content)
  return isRevocationListLabel(label) ? parseJudgedList(content) : undefined
}

function writeFault(bytes: Uint8Array, output: TextOutput, fault: ParseResult<never>, report: Report): void {
  if (fault.ok) return
  const { code, message, offset } = fault
  report({ code, message, offset })
  output.line(message)
  drawUnknown(output, bytes)
}

function requireCount(field: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new TypeError(`inspect: options.${field} must be a whole number, got ${String(value)}`)
}

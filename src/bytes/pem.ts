import { type ParseCode, type ParseResult, parseFault } from '../codes/parse.ts'
import { decodeBase64, encodeBase64, excerpt, latin1Of } from './encoding.ts'
import { describeFormat, describeLabels } from './format.ts'
import { requireBytes, Span } from './span.ts'
import { finish, type Steps } from './steps.ts'

/** One `-----BEGIN …-----` block (RFC 7468): its bytes, or the fault in it. */
export interface PemBlock {
  readonly label: string
  /** 1-based line of the BEGIN line. */
  readonly line: number
  /** Offset of the BEGIN line in the text. */
  readonly offset: number
  readonly content: Uint8Array | PemFault
}

export interface PemFault {
  readonly code: ParseCode
  readonly detail: string
  readonly line: number
  readonly offset: number
}

/** Every fault costs a finding. A text with so many of them is not a truststore that was damaged by accident. */
const maxBadBlocks = 1000

const newline = 0x0a
const dash = 0x2d

/**
 * Finds all blocks of a PEM text in one pass over its lines, in linear time. Skips text between blocks. Accepts LF, CRLF and
 * blanks around lines. A bad block does not affect the others. After {@link maxBadBlocks} bad blocks, reading stops with a
 * last block whose content is the fault `too_many`.
 */
export function scanPem(text: Uint8Array): readonly PemBlock[] {
  return finish(pemSteps(text))
}

/** How many lines without a boundary are read between two pauses. */
const linesAtOnce = 1000

/** {@link scanPem} in steps. */
export function* pemSteps(text: Uint8Array): Steps<readonly PemBlock[]> {
  const blocks: PemBlock[] = []
  let bad = 0
  const add = (block: PemBlock): void => {
    blocks.push(block)
    if (!(block.content instanceof Uint8Array)) bad++
  }
  let open: { label: string; line: number; offset: number; body: number } | undefined
  const unterminated = (found: string): void => {
    if (open === undefined) return
    const { label, line, offset } = open
    const detail = `BEGIN ${label} on line ${line} has no END line: ${found}`
    add({ label, line, offset, content: { code: 'pem_unterminated', detail, line, offset } })
  }
  let line = 1
  for (let start = lengthOfMark(text); start < text.length; line++) {
    const end = endOfLine(text, start)
    const marks = end - start < shortestBoundary ? none : boundaries(new Span(text, start, end))
    if (marks.length > 0 || line % linesAtOnce === 0) yield
    for (const { kind, label } of marks) {
      if (kind === 'BEGIN') {
        unterminated(`another block begins on line ${line}`)
        open = { label, line, offset: start, body: end + 1 }
      } else if (open === undefined) {
        const marks = blocks.length === 0 && (text[3] === 0xef || text[1] === 0) ? describeFormat(text) : undefined
        const detail = `END ${label} on line ${line} has no BEGIN line${marks === undefined ? '' : `; ${marks}`}`
        add({ label, line, offset: start, content: { code: 'pem_unterminated', detail, line, offset: start } })
      } else {
        if (label === open.label) add({ ...open, content: body(new Span(text, open.body, start), open.line + 1) })
        else unterminated(`line ${line} is an END ${label} line`)
        open = undefined
      }
    }
    if (bad >= maxBadBlocks) {
      const detail = `${bad} bad blocks: reading stopped at line ${line}`
      add({ label: marks[0]?.label ?? '', line, offset: start, content: { code: 'too_many', detail, line, offset: start } })
      return blocks
    }
    start = end + 1
  }
  unterminated('the text ends first')
  return blocks
}

/** The offset where a line ends. Most lines are short, and a call of `indexOf` costs more than checking a few bytes. */
function endOfLine(text: Uint8Array, start: number): number {
  const near = Math.min(start + 16, text.length)
  for (let i = start; i < near; i++) if (text[i] === newline) return i
  const end = text.indexOf(newline, near)
  return end < 0 ? text.length : end
}

interface Boundary {
  readonly kind: 'BEGIN' | 'END'
  readonly label: string
}

const none: readonly Boundary[] = []

const shortestBoundary = '-----END -----'.length
/** The longest label in use has 25 characters. Longer lines are text. */
const longestBoundary = 100

/**
 * `-----BEGIN label-----` or `-----END label-----` alone on a line, with optional blanks around it. An END and the next BEGIN
 * may share a line: this happens when files without a final newline are joined.
 */
function boundaries(line: Span): readonly Boundary[] {
  const { bytes: text } = line
  let { start, end } = line
  while (start < end && isBlank(text[start]!)) start++
  while (end > start && isBlank(text[end - 1]!)) end--
  if (end - start < shortestBoundary || end - start > longestBoundary) return none
  if (text[start] !== dash || text[start + 4] !== dash || text[end - 1] !== dash) return none
  const visible = latin1Of(new Span(text, start, end))
  const joined = /^-----END ([^-]*)----------BEGIN ([^-]*)-----$/.exec(visible)
  if (joined !== null) {
    return [
      { kind: 'END', label: joined[1]! },
      { kind: 'BEGIN', label: joined[2]! },
    ]
  }
  const match = /^-----(BEGIN|END) ([ -~]*?)-----$/.exec(visible)
  return match === null ? none : [{ kind: match[1] as 'BEGIN' | 'END', label: match[2]! }]
}

function body(base64: Span, firstLine: number): Uint8Array | PemFault {
  const { bytes: text, start, end } = base64
  const decoded = decodeBase64(base64)
  const fault = typeof decoded === 'number' ? decoded : decoded.length === 0 ? start : undefined
  if (fault === undefined) return decoded as Uint8Array
  let line = firstLine
  for (let i = start; i < fault; i++) if (text[i] === newline) line++
  if (fault === start && typeof decoded !== 'number') {
    return { code: 'pem_bad_base64', detail: 'the block is empty', line, offset: fault }
  }
  const rest = latin1Of(new Span(text, fault, Math.min(fault + 20, end)))
  const detail =
    fault >= end || rest.startsWith('=')
      ? `the base64 that ends on line ${line} is cut short or wrongly padded`
      : `line ${line} is not base64 at ${excerpt(rest, 12)}`
  return { code: 'pem_bad_base64', detail, line, offset: fault }
}

/** Windows editors start files with U+FEFF in UTF-8. It must be skipped, or the first BEGIN line would not be found. */
function lengthOfMark(text: Uint8Array): number {
  return text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}

/**
 * PEM text as bytes. Characters outside ISO 8859-1 become NUL, which never occurs in base64 or a boundary. U+FEFF at the
 * start becomes a blank.
 */
export function bytesOfPemText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes[i] = code < 256 ? code : 0
  }
  if (text.startsWith('\uFEFF')) bytes[0] = 0x20
  return bytes
}

/** The label of a certificate: RFC 7468 section 5, and the older form that OpenSSL wrote. */
export function isCertificateLabel(label: string): boolean {
  return label === 'CERTIFICATE' || label === 'X509 CERTIFICATE'
}

/** The label of a CRL: RFC 7468 section 6, and the older form. */
export function isRevocationListLabel(label: string): boolean {
  return label === 'X509 CRL' || label === 'CRL'
}

/** Describes a text that has no block of the wanted kind: what the text contains instead. */
export function describeMissingPem(text: Uint8Array, expected: string, blocks: readonly PemBlock[]): string {
  if (text.length === 0) return 'the input is empty'
  const begin = `-----BEGIN ${expected}-----`
  const labels = [...new Set(blocks.map((block) => block.label))].slice(0, 5)
  if (labels.length > 0) {
    const known = expected === 'CERTIFICATE' ? describeLabels(labels) : undefined
    return `no "${begin}" in the text, only blocks of ${labels.join(', ')}${known === undefined ? '' : `; ${known}`}`
  }
  const known = describeFormat(text)
  // The BEGIN line may be there, in a form that is not read.
  if (known !== undefined) return `no ${expected} block can be read from ${text.length} bytes; ${known}`
  const head = latin1Of(new Span(text, 0, Math.min(text.length, 200))).trimStart()
  const kind = /^<(!doctype|html|\?xml|head|body)/i.test(head) ? 'HTML or XML, not PEM' : 'not PEM'
  return `no "${begin}" in ${text.length} bytes; the text is ${kind}: ${startOf(head)}`
}

/** The start of a text, unless it may be a private key: binary data, or base64. */
function startOf(head: string): string {
  const start = head.slice(0, 40)
  if (/[^\t\r\n -~]/.test(start)) return 'it is binary'
  return /^[A-Za-z0-9+/=_\s-]*$/.test(start) && /[A-Za-z0-9+/_-]{16}/.test(start)
    ? 'it looks like base64'
    : `it starts ${excerpt(head, 40)}`
}

/**
 * Decodes every `CERTIFICATE` block of a PEM text to DER, in order: a chain for `verifyChain`.
 *
 * Other blocks and text between blocks are skipped (RFC 7468). The certificates are not parsed.
 *
 * @param input PEM text, or its bytes
 * @returns the DER of each block, or the fault of the first bad block; `pem_missing` if there is no such block
 * @example
 * const chain = decodePem(pemOfLeafAndIntermediates)
 * if (chain.ok) verifyChain(store, chain.value)
 */
export function decodePem(input: Uint8Array | string): ParseResult<readonly Uint8Array[]> {
  const text = typeof input === 'string' ? bytesOfPemText(input) : requireBytes(input, 'decodePem: input')
  const blocks = scanPem(text)
  const chain: Uint8Array[] = []
  for (const block of blocks) {
    if (!isCertificateLabel(block.label)) continue
    if (!(block.content instanceof Uint8Array)) {
      return parseFault(block.content.code, block.content.offset, 'PEM', block.content.detail)
    }
    chain.push(block.content)
  }
  if (chain.length === 0) {
    const code = text.length === 0 ? 'empty_input' : 'pem_missing'
    return parseFault(code, 0, 'PEM', describeMissingPem(text, 'CERTIFICATE', blocks))
  }
  return { ok: true, value: chain }
}

/** One PEM block: 64 characters per line, LF line ends, a final newline (RFC 7468 section 2). */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** Whether bytes are DER and not text. A SEQUENCE of over 127 bytes starts with two bytes that never start a text. */
export function looksLikeDer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && (bytes.length < 2 || bytes[1]! >= 0x80 || bytes.length === bytes[1]! + 2)
}

/** The DER of an input that is either DER, or PEM with exactly one block of the wanted kind. */
export function singleDer(
  input: Uint8Array | string,
  argument: string,
  label: string,
  isExpected: (label: string) => boolean,
): ParseResult<Uint8Array> {
  const text = typeof input === 'string' ? bytesOfPemText(input) : requireBytes(input, argument)
  if (typeof input !== 'string' && looksLikeDer(text)) return { ok: true, value: text }
  if (text.length === 0) return parseFault('empty_input', 0, label)
  const all = scanPem(text)
  const blocks = all.filter((block) => isExpected(block.label))
  const [block] = blocks
  if (block === undefined) return parseFault('pem_missing', 0, 'PEM', describeMissingPem(text, label, all))
  if (!(block.content instanceof Uint8Array)) {
    return parseFault(block.content.code, block.content.offset, 'PEM', block.content.detail)
  }
  if (blocks.length > 1) {
    const second = blocks[1]!
    const detail = `a second ${second.label} block begins on line ${second.line}; only one is allowed`
    return parseFault('pem_multiple', second.offset, 'PEM', detail)
  }
  return { ok: true, value: block.content }
}

import { latin1Of } from '../../bytes/encoding.ts'
import { Span } from '../../bytes/span.ts'

/**
 * How OpenSSL 3 reads a PEM file (`PEM_read_bio`, as `SSL_CTX_load_verify_locations`, `openssl verify -CAfile` and
 * `openssl storeutl -certs` use it). It reads line by line and is stricter than RFC 7468 in some places and looser in others. The
 * truststore is read with `bytes/pem.ts` alone; this reader only finds files that both read differently.
 */

/** A certificate as OpenSSL reads it from a file. */
export interface OpenSslBlock {
  /** The content, without blanks. */
  readonly base64: string
  /** Line of the BEGIN line, counted from 1. */
  readonly line: number
}

/** What OpenSSL reads from a file. */
export interface OpenSslReading {
  /** The certificates up to the end, or up to the fault. */
  readonly certificates: readonly OpenSslBlock[]
  /** Where reading ends with an error. */
  readonly fault: OpenSslFault | undefined
  /** The first line that looks like a BEGIN or END line but is not one for OpenSSL. */
  readonly ignoredLine: number | undefined
  /** The line whose NUL counts as the end of the file, although more blocks follow. Some programs read on behind it. */
  readonly nulLine: number | undefined
}

/** The error with which OpenSSL stops. */
export interface OpenSslFault {
  readonly line: number
  readonly problem: string
}

/** `PEM_BUFSIZE` of reading: a longer line is read in pieces of this many bytes, each of which counts as a line. */
const pieceBytes = 254

const newline = 0x0a

const begin = '-----BEGIN '
const end = '-----END '
const tail = '-----'

/** Labels whose blocks are read as certificates. */
const certificateLabels: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']

/** Reads a file as OpenSSL does. Linear in its length. */
export function readAsOpenSsl(text: Uint8Array): OpenSslReading {
  const lines = new LineReader(text)
  const certificates: OpenSslBlock[] = []
  for (;;) {
    const label = nextBegin(lines)
    if (label === undefined) return { certificates, fault: undefined, ignoredLine: lines.ignoredLine, nulLine: lines.nulLine() }
    const { line } = lines
    const read = readBlock(lines, label)
    if (typeof read !== 'string') return { certificates, fault: read, ignoredLine: lines.ignoredLine, nulLine: undefined }
    if (certificateLabels.includes(label)) certificates.push({ base64: read, line })
  }
}

/** Lines as `BIO_gets` returns them for a file: pieces of long lines, cut at a NUL. */
class LineReader {
  /** Line of the last piece, counted from 1. */
  line = 0
  /** Whether the last piece is not the last of its line. */
  isPartial = false
  ignoredLine: number | undefined = undefined
  readonly #text: Uint8Array
  #at = 0
  #startsLine = true

  constructor(text: Uint8Array) {
    this.#text = text
  }

  /** The next piece without its newline and the blanks before it, or `undefined` at the end: a NUL at the start counts as one. */
  next(skipsMark: boolean): string | undefined {
    const text = this.#text
    if (this.#startsLine) this.line++
    const start = this.#at
    const most = Math.min(start + pieceBytes, text.length)
    let stop = start
    while (stop < most && text[stop] !== newline) stop++
    const hasNewline = stop < most
    this.#at = hasNewline ? stop + 1 : stop
    this.#startsLine = hasNewline
    let from = start
    let to = start
    while (to < stop && text[to] !== 0) to++
    // A piece that ends at a NUL has lost its newline, and so has a long one.
    this.isPartial = !hasNewline && to - start === pieceBytes
    const length = to - start + (hasNewline && to === stop ? 1 : 0)
    if (length === 0) return undefined
    if (skipsMark && length > 3 && text[from] === 0xef && text[from + 1] === 0xbb && text[from + 2] === 0xbf) from += 3
    // `char` is signed on most machines: bytes of 0x80 and above are below a blank.
    while (to > from && (text[to - 1]! <= 0x20 || text[to - 1]! >= 0x80)) to--
    return latin1Of(new Span(text, from, to))
  }

  /** The last line, if it ended reading and boundaries follow it. */
  nulLine(): number | undefined {
    const rest = latin1Of(new Span(this.#text, this.#at))
    return rest.includes('-BEG') ? this.line : undefined
  }

  /** Remembers a line that is not taken for a boundary although it has the text of one. */
  ignore(piece: string): void {
    if (this.ignoredLine === undefined && looksLikeBoundary.test(piece)) this.ignoredLine = this.line
  }
}

const looksLikeBoundary = /--\s*(?:BEGIN|END) [A-Z0-9 ]*--|[-\x80-\xff]\s*(?:BEGIN|END) [A-Z0-9 ]*CERTIFICATE/i

/** Skips to the next BEGIN line and returns its label. */
function nextBegin(lines: LineReader): string | undefined {
  for (let skipsMark = true; ; skipsMark = false) {
    const piece = lines.next(skipsMark)
    if (piece === undefined) return undefined
    if (piece.startsWith(begin) && piece.endsWith(tail) && piece.length >= begin.length + tail.length) {
      return piece.slice(begin.length, -tail.length)
    }
    lines.ignore(piece)
  }
}

/** Behind a blank line, lines have 64 characters, only the last may be short, and no other blank line follows. */
const blankLines = 'the block has blank lines'

/** Reads the lines of a block up to its END line: its base64, or the fault. */
function readBlock(lines: LineReader, label: string): string | OpenSslFault {
  const firstLine = lines.line
  const named = `the block of line ${firstLine}`
  const expected = `${end}${label}${tail}`
  const data: string[] = []
  // Until a blank line comes, it is not known whether lines are headers (RFC 1421 4.6) or base64.
  const before: string[] = []
  let state: 'unknown' | 'header' | 'data' = 'unknown'
  let isShort = false
  for (;;) {
    const wasPartial = lines.isPartial
    const piece = lines.next(false)
    const { line } = lines
    if (piece === undefined) return { line: firstLine, problem: `${named} has no END line` }
    if (state === 'unknown' && piece.includes(':')) state = 'header'
    if (piece === '') {
      if (wasPartial) continue
      if (state === 'data') return { line, problem: blankLines }
      state = 'data'
      continue
    }
    if (piece.startsWith(end)) {
      if (piece !== expected) return { line, problem: `line ${line} is not the END line of ${named}` }
      break
    }
    lines.ignore(piece)
    if (isShort) return { line, problem: blankLines }
    if (state !== 'data') before.push(piece)
    else {
      data.push(piece)
      if (piece.length > 64) return { line, problem: blankLines }
      isShort = piece.length < 64
    }
  }
  if (before.length > 0 && state === 'header') return { line: firstLine + 1, problem: 'the block has a header' }
  const base64 = readBase64(state === 'unknown' ? before : data)
  if (base64 === undefined) return { line: firstLine, problem: `${named} is not base64` }
  if (base64 === '') return { line: firstLine, problem: `${named} has no content` }
  const needsNoHeader = certificateLabels.includes(label) || label === 'X509 CRL'
  if (before.length > 0 && state === 'data' && needsNoHeader) return { line: firstLine + 1, problem: 'the block has a header' }
  return base64
}

/**
 * Base64 as `EVP_DecodeUpdate` reads it, without blanks; `undefined` if it is not base64. It ends at a dash. Unused bits are kept, so
 * a text whose unused bits are not zero equals no certificate.
 */
function readBase64(lines: readonly string[]): string | undefined {
  const [read = ''] = lines.join('').split('-', 1)
  const text = read.replace(/[ \t\r]+/g, '')
  return text.length % 4 > 0 || /[^A-Za-z0-9+/]/.test(text.replace(/==?$/, '')) ? undefined : text
}

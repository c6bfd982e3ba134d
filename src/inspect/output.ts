import { hexOf } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { withoutCommands } from '../lint/report/printable.ts'

/** Bytes per line in hexadecimal blocks, as OpenSSL writes keys and signatures. */
const bytesPerLine = 18

/** A position to return to; see {@link TextOutput.mark}. */
export interface Mark {
  readonly lines: number
  readonly length: number
  readonly depth: number
}

/**
 * Collects lines for a terminal: indented, escaped, and at most a fixed number of characters. The rest is dropped, so that
 * hostile input cannot use more memory. Loops check `isFull`.
 */
export class TextOutput {
  readonly #lines: string[] = []
  readonly #maxLength: number
  #length = 0
  #depth = 0
  isFull = false

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** Adds one line. Whatever a certificate put into it, it stays one line of visible characters. */
  line(text: string): void {
    if (this.isFull) return
    const room = this.#maxLength - this.#length
    const line = text === '' ? '' : ' '.repeat(this.#depth) + visible(text.length > room ? text.slice(0, room) : text)
    if (line.length + 1 > room) {
      this.isFull = true
      return
    }
    this.#lines.push(line)
    this.#length += line.length + 1
  }

  /** Runs `write` with its lines indented by this many columns. */
  indented(columns: number, write: () => void): void {
    this.#depth += columns
    write()
    this.#depth -= columns
  }

  /** `ab:cd:…`, broken into lines. */
  hexBlock({ bytes, start, end }: Span): void {
    for (let at = start; at < end && !this.isFull; at += bytesPerLine) {
      const last = Math.min(at + bytesPerLine, end)
      this.line(colonHex(new Span(bytes, at, last)) + (last < end ? ':' : ''))
    }
  }

  /** The current position, for {@link rewind}. */
  mark(): Mark {
    return { lines: this.#lines.length, length: this.#length, depth: this.#depth }
  }

  /** Discards what was written since the mark. A full output stays full: it is not written again. */
  rewind({ lines, length, depth }: Mark): void {
    this.#lines.length = lines
    this.#length = length
    this.#depth = depth
  }

  /** The whole text with a final newline. If text was cut, the last line says so. */
  toString(): string {
    const notice = this.isFull ? [`(cut: the text is longer than ${this.#maxLength} characters)`] : []
    return [...this.#lines, ...notice].map((line) => `${line}\n`).join('')
  }
}

/**
 * Escapes every character that is invisible or affects the display of others: control and format characters (bidirectional
 * overrides included), line and paragraph separators, surrogates, private and unassigned code points. Also escapes what a
 * build server would take for a command.
 */
export function visible(text: string): string {
  return withoutCommands(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`))
}

/** A text from a certificate in quotation marks, so that it cannot be mistaken for the text around it. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** `ab:cd:ef` */
export function colonHex(bytes: Span): string {
  return hexOf(bytes).replace(/..(?!$)/g, '$&:')
}

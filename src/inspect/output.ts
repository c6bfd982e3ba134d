import { hexOf } from '../bytes/hex.ts'
import { Span } from '../bytes/span.ts'
import { withoutCommands } from '../lint/report/printable.ts'

/** Bytes a line in blocks of hexadecimal, as OpenSSL writes keys and signatures. */
const bytesPerLine = 18

/** A place to go back to; see {@link TextOutput.mark}. */
export interface Mark {
  readonly lines: number
  readonly length: number
  readonly depth: number
}

/**
 * Collects lines for a terminal: indented, escaped, and no more than a fixed number of characters of them. What comes
 * after that is dropped, so that hostile input costs no more memory than was asked for; loops ask `isFull`.
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

  /** Adds one line; whatever a certificate put into it, it stays one line of visible characters. */
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

  /** Runs `write` with its lines indented by so many columns. */
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

  /** Where the output stands, for {@link rewind}. */
  mark(): Mark {
    return { lines: this.#lines.length, length: this.#length, depth: this.#depth }
  }

  /** Takes back what was written since the mark. An output that is full stays so: it is not written again anyway. */
  rewind({ lines, length, depth }: Mark): void {
    this.#lines.length = lines
    this.#length = length
    this.#depth = depth
  }

  /** All of it, with a final newline, and a last line that says so where something was left out. */
  toString(): string {
    const notice = this.isFull ? [`(cut: the text is longer than ${this.#maxLength} characters)`] : []
    return [...this.#lines, ...notice].map((line) => `${line}\n`).join('')
  }
}

/**
 * The text with every character escaped that has no shape of its own or moves others: control and format characters (the
 * bidirectional overrides among them), line and paragraph separators, surrogates, private and unassigned code points. What a
 * build server would take for a command is escaped, too.
 */
export function visible(text: string): string {
  return withoutCommands(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`))
}

/** A text of a certificate between quotation marks, so that it cannot pass for what stands around it. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** `ab:cd:ef` */
export function colonHex(bytes: Span): string {
  return hexOf(bytes).replace(/..(?!$)/g, '$&:')
}

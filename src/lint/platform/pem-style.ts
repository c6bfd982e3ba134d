import { Span } from '../../bytes/span.ts'
import { latin1Of } from '../../bytes/text.ts'

/** Lines of a PEM text that some platforms refuse, each kind by its line numbers, counted from 1. */
export interface PemStyle {
  readonly blank: readonly number[]
  /** Comments with a `-`, which a strict reader may take for the start of a block. */
  readonly dashedComments: readonly number[]
  /** Text that is neither in a block nor a comment. */
  readonly text: readonly number[]
}

const newline = 0x0a
const dash = 0x2d
const hash = 0x23

/** Looks at every line once; lines within blocks only for being blank. */
export function pemStyle(bytes: Uint8Array): PemStyle {
  const style = { blank: [] as number[], dashedComments: [] as number[], text: [] as number[] }
  let inside = false
  let line = 1
  // A byte order mark is text too, to whoever does not know it.
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  if (mark > 0) style.text.push(line)
  for (let start = mark; start < bytes.length; line++) {
    let end = bytes.indexOf(newline, start)
    if (end < 0) end = bytes.length
    const first = firstVisible(new Span(bytes, start, end))
    if (first === end) style.blank.push(line)
    else if (bytes[first] === dash) {
      // Only five dashes begin or end a block, as the PEM scanner has it; both may stand on one line.
      const marks = latin1Of(new Span(bytes, first, Math.min(end, first + 200))).match(/-----(BEGIN|END) [^-]*-----/g)
      if (marks !== null) inside = marks[marks.length - 1]!.startsWith('-----BEGIN')
      else if (!inside) style.text.push(line)
    } else if (!inside) {
      if (bytes[first] !== hash) style.text.push(line)
      else if (bytes.subarray(first, end).includes(dash)) style.dashedComments.push(line)
    }
    start = end + 1
  }
  return style
}

/** Offset of the first character of a line that shows; its end where it is blank. */
function firstVisible({ bytes, start, end }: Span): number {
  let i = start
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09 || bytes[i] === 0x0d)) i++
  return i
}

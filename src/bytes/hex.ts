import { type Span, spanOf } from './span.ts'

const digits = '0123456789abcdef'

/** The most characters for one call of `String.fromCharCode`: engines put arguments on the stack. */
const chunk = 2048

/** Lower-case hexadecimal without separators. By chunks: appending digits makes a rope, which takes ten times the heap. */
export function hexOf(part: Span | Uint8Array): string {
  const { bytes, start, end } = spanOf(part)
  let text = ''
  for (let at = start; at < end; at += chunk) {
    const codes: number[] = []
    const stop = Math.min(end, at + chunk)
    for (let i = at; i < stop; i++) codes.push(digits.charCodeAt(bytes[i]! >> 4), digits.charCodeAt(bytes[i]! & 15))
    text += String.fromCharCode(...codes)
  }
  return text
}

/** Bytes of a constant written in hexadecimal; spaces are allowed for legibility. For literals in this code only. */
export function bytesOfHex(hex: string): Uint8Array {
  const compact = hex.replaceAll(' ', '')
  const bytes = new Uint8Array(compact.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(compact.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

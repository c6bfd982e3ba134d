import { type Span, spanOf } from './span.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** -1: not of the alphabet; -2: white space. */
const values: Int8Array = /* @__PURE__ */ (() => {
  const table = new Int8Array(256).fill(-1)
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  for (const space of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) table[space] = -2
  return table
})()

const padding = 0x3d

/**
 * Decodes base64 (RFC 4648 section 4) in ASCII, white space ignored. Padding is required and the
 * bits it leaves over must be zero, so that one value has one text. Returns the offset of the fault where it is not so.
 */
export function decodeBase64(base64: Span | Uint8Array): Uint8Array | number {
  const { bytes: text, start, end } = spanOf(base64)
  const out = new Uint8Array(Math.floor(((end - start) * 3) / 4))
  let length = 0
  let bits = 0
  let count = 0
  let i = start
  for (; i < end; i++) {
    const value = values[text[i]!]!
    if (value >= 0) {
      bits = (bits << 6) | value
      if (++count === 4) {
        out[length++] = bits >> 16
        out[length++] = bits >> 8
        out[length++] = bits
        bits = 0
        count = 0
      }
    } else if (value === -1) break
  }
  let pads = 0
  const firstPad = i
  for (; i < end; i++) {
    if (text[i] === padding) pads++
    else if (values[text[i]!] !== -2) return i
  }
  if (count === 0) return pads === 0 ? out.slice(0, length) : firstPad
  if (count + pads !== 4 || count === 1) return firstPad
  const spare = count === 2 ? 4 : 2
  if ((bits & ((1 << spare) - 1)) !== 0) return firstPad
  out[length++] = bits >> (count === 2 ? 4 : 10)
  if (count === 3) out[length++] = bits >> 2
  return out.slice(0, length)
}

/** Base64 with padding, without line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i]!
    const b = bytes[i + 1]
    const c = bytes[i + 2]
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]!
    text += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]!
    text += c === undefined ? '=' : alphabet[c & 63]!
  }
  return text
}

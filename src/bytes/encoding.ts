import { type Span, spanOf } from './span.ts'

/** Bytes as text and back: hexadecimal, base64, character sets, large integers, and OpenSSL's dates. */

const digits = '0123456789abcdef'

/** Bytes per call of `String.fromCharCode`. Engines put its arguments on the stack, so their number must be bounded. */
const chunk = 2048

/**
 * Lower-case hexadecimal without separators. Works in chunks, because appending single characters builds a rope, which takes
 * ten times the memory.
 */
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

/** The bytes of a hexadecimal literal, in which spaces are allowed. It is not validated: use it for constants only. */
export function bytesOfHex(hex: string): Uint8Array {
  const compact = hex.replaceAll(' ', '')
  const bytes = new Uint8Array(compact.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(compact.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The value of each character. -1: not in the alphabet. -2: white space. */
const values: Int8Array = /* @__PURE__ */ (() => {
  const table = new Int8Array(256).fill(-1)
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  for (const space of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) table[space] = -2
  return table
})()

const padding = 0x3d

/**
 * Decodes base64 (RFC 4648 section 4) in ASCII, ignoring white space. Padding is required and unused bits must be zero, so
 * that every value has only one encoding. On a fault, returns its offset.
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

/** Base64 with padding and without line breaks. */
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

/**
 * Text decoders. The core uses only ES2022, which has no `TextDecoder`. They return `undefined` if the bytes are not valid
 * in the encoding.
 */

/** ISO 8859-1: every byte is the code point of its value. */
export function latin1Of({ bytes, start, end }: Span): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

/** UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
export function utf8Of({ bytes, start, end }: Span): string | undefined {
  let text = ''
  let i = start
  while (i < end) {
    const lead = bytes[i++]!
    if (lead < 0x80) {
      text += String.fromCharCode(lead)
      continue
    }
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1
    if (lead < 0xc2 || lead > 0xf4 || i + more > end) return undefined
    let point = lead & (0x3f >> more)
    for (let k = 0; k < more; k++) {
      const next = bytes[i++]!
      if ((next & 0xc0) !== 0x80) return undefined
      point = (point << 6) | (next & 0x3f)
    }
    const smallest = more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80
    if (point < smallest || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
    text += String.fromCodePoint(point)
  }
  return text
}

/** Big-endian UCS-2 (BMPString) or UCS-4 (UniversalString); only Unicode scalar values are valid. */
export function ucsOf({ bytes, start, end }: Span, width: 2 | 4): string | undefined {
  if ((end - start) % width !== 0) return undefined
  let text = ''
  for (let i = start; i < end; i += width) {
    let point = 0
    for (let k = 0; k < width; k++) point = point * 256 + bytes[i + k]!
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
    text += String.fromCodePoint(point)
  }
  return text
}

/** The UTF-8 encoding of a text. Lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const out: number[] = []
  for (const character of text) {
    let point = character.codePointAt(0)!
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd
    if (point < 0x80) out.push(point)
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 63))
    else if (point < 0x10000) out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63))
    else out.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63))
  }
  return Uint8Array.from(out)
}

/** The start of an untrusted text for an error message: one printable line of at most `limit` characters, quoted. */
export function excerpt(text: string, limit = 40): string {
  const line = text
    .slice(0, limit)
    .replace(/[^ -~]/g, (c) => (c === '\n' ? '\\n' : c === '\r' ? '\\r' : c === '\t' ? '\\t' : '?'))
  return text.length > limit ? `"${line}…"` : `"${line}"`
}

/** Shortens a printable text for a message: a peer can send names as long as a whole certificate. */
export function cut(text: string, limit = 100): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}

/** Big-endian bytes as an unsigned integer. Eight bytes at a time is twice as fast as going through hexadecimal text. */
export function bigintOfBytes(number: Span | Uint8Array): bigint {
  const { bytes, start, end } = spanOf(number)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let value = 0n
  let at = start
  for (let head = (end - start) % 8; head > 0; head--) value = (value << 8n) | BigInt(bytes[at++]!)
  for (; at < end; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return value
}

/** An unsigned integer as `length` big-endian bytes. It must fit. */
export function bytesOfBigint(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let rest = value
  let at = length
  for (; at >= 8; at -= 8, rest >>= 64n) view.setBigUint64(at - 8, BigInt.asUintN(64, rest))
  for (; at > 0; at--, rest >>= 8n) bytes[at - 1] = Number(rest & 0xffn)
  return bytes
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Milliseconds since the epoch as OpenSSL and API Gateway write a date: `Aug  5 09:36:04 2021 GMT`, with the day padded by a
 * space.
 */
export function opensslTime(time: number): string {
  const date = new Date(time)
  const clock = date.toISOString().slice(-13, -5)
  return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} ${date.getUTCFullYear()} GMT`
}

/** Parses a date in OpenSSL's form to milliseconds since the epoch. Returns `undefined` if it is not a real date. */
export function parseOpensslTime(text: string): number | undefined {
  const match = /^([A-Z][a-z]{2}) ([ 1-3]\d) (\d\d):(\d\d):(\d\d) (\d{1,4}) GMT$/.exec(text)
  if (match === null) return undefined
  const [, month = '', day, hour, minute, second, year] = match
  const date = new Date(0)
  date.setUTCFullYear(Number(year), months.indexOf(month), Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  const time = date.getTime()
  return opensslTime(time) === text ? time : undefined
}

import type { Span } from './span.ts'

/**
 * Text decoders over spans. The core may use nothing beyond ES2022, so there is no `TextDecoder` here. Each
 * returns `undefined` where a byte does not belong to the encoding.
 */

/** ISO 8859-1: every byte is the code point of its value. */
export function latin1Of({ bytes, start, end }: Span): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

/** UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
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

/** Big-endian UCS-2 (BMPString) or UCS-4 (UniversalString), of Unicode scalar values only. */
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

/** Bytes of a text in UTF-8 (lone surrogates become U+FFFD). */
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

/** The start of an unknown text in one printable line, for error messages: at most `limit` characters, escaped. */
export function excerpt(text: string, limit = 40): string {
  const line = text
    .slice(0, limit)
    .replace(/[^ -~]/g, (c) => (c === '\n' ? '\\n' : c === '\r' ? '\\r' : c === '\t' ? '\\t' : '?'))
  return text.length > limit ? `"${line}…"` : `"${line}"`
}

/** A printable text for a message, cut where it is immoderate: a peer can make its names as long as its certificate. */
export function cut(text: string, limit = 100): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}

import { bytesOfHex, utf8Bytes, utf8Of } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { encodeElement } from '../der/encode.ts'
import { oidBytes } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readName } from '../x509/name.ts'
import { shortNames } from '../x509/name-text.ts'
import { policyKey } from '../x509/policies.ts'

/**
 * Parses a distinguished name in RFC 4514 form, as `Certificate.subject` writes it (`CN=client,O=Example`), into the DER of a
 * Name with UTF8Strings, because names are compared as names and not as strings. Strict: no spaces around separators, no
 * other notation. `undefined` for anything else.
 */
export function nameOfText(text: string): Uint8Array | undefined {
  if (text === '') return encodeElement(Tag.sequence)
  const rdns: Uint8Array[] = []
  let attributes: Uint8Array[] = []
  for (let at = 0; ; at++) {
    const attribute = readAttribute(text, at)
    if (attribute === undefined) return undefined
    attributes.push(attribute.der)
    at = attribute.end
    if (text.at(at) === '+') continue
    rdns.unshift(encodeElement(Tag.set, ...attributes))
    attributes = []
    if (at === text.length) break
  }
  const name = encodeElement(Tag.sequence, ...rdns)
  const reader = new Reader(name)
  readName(reader, 'name')
  return reader.fault === undefined ? name : undefined
}

interface Attribute {
  readonly der: Uint8Array
  /** Index of the `,` or `+` that follows, or of the end. */
  readonly end: number
}

function readAttribute(text: string, start: number): Attribute | undefined {
  const equals = text.indexOf('=', start)
  const oid = equals < 0 ? undefined : typeOid(text.slice(start, equals))
  if (oid === undefined) return undefined
  const value = text.at(equals + 1) === '#' ? readHexValue(text, equals + 2) : readStringValue(text, equals + 1)
  if (value === undefined) return undefined
  return { der: encodeElement(Tag.sequence, encodeElement(Tag.oid, oid), value.der), end: value.end }
}

/** Short names in any case (RFC 4512 1.4), or a dotted OID. */
function typeOid(type: string): Uint8Array | undefined {
  const lower = type.toLowerCase()
  const known = Object.entries(shortNames).find(([, name]) => name.toLowerCase() === lower)
  if (known !== undefined) return oidBytes(known[0])
  return type.length < 200 && policyKey(type) !== undefined ? oidBytes(type) : undefined
}

/** `#` and the value's DER in hexadecimal. {@link readName} checks the DER later. */
function readHexValue(text: string, start: number): Attribute | undefined {
  let end = start
  while (end < text.length && text[end] !== ',' && text[end] !== '+') end++
  const hex = text.slice(start, end)
  return /^([0-9A-Fa-f]{2})+$/.test(hex) ? { der: bytesOfHex(hex), end } : undefined
}

/** RFC 4514 section 3: characters that must be escaped anywhere, and those that must be at the start or the end. */
function readStringValue(text: string, start: number): Attribute | undefined {
  const bytes: number[] = []
  let at = start
  let lastIsBlank = false
  while (at < text.length && text[at] !== ',' && text[at] !== '+') {
    const character = String.fromCodePoint(text.codePointAt(at)!)
    lastIsBlank = character === ' '
    if (character === '\\') {
      const pair = /^[0-9A-Fa-f]{2}/.exec(text.slice(at + 1, at + 3))?.[0]
      const escaped = text.at(at + 1)
      if (pair !== undefined) bytes.push(Number.parseInt(pair, 16))
      else if (escaped !== undefined && ' "#+,;<=>\\'.includes(escaped)) bytes.push(escaped.charCodeAt(0))
      else return undefined
      at += pair === undefined ? 2 : 3
    } else {
      if ('";<>\0'.includes(character) || (character === ' ' && at === start)) return undefined
      bytes.push(...utf8Bytes(character))
      at += character.length
    }
  }
  const value = Uint8Array.from(bytes)
  if (lastIsBlank || value.length === 0 || utf8Of(new Span(value)) === undefined) return undefined
  return { der: encodeElement(Tag.utf8String, value), end: at }
}

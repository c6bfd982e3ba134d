import { hexOf, utf8Bytes } from '../bytes/encoding.ts'
import type { Span } from '../bytes/span.ts'
import { oidText } from '../der/oid.ts'
import { type Attribute, attributesOf, stringValue } from './name.ts'

/**
 * The format of a name's text. `rfc4514`: most specific attribute first, `CN=a,O=b,C=US`. `der`: the same escapes in the order
 * of the certificate, `C=US,O=b,CN=a`, as API Gateway writes it. `openssl`: `/C=US/O=b/CN=a`, as X509_NAME_oneline writes it.
 * These texts are for people and other systems. portcullis never compares them.
 */
export type NameFormat = 'rfc4514' | 'der' | 'openssl'

/** Short names of attribute types, from RFC 4514 section 3 and, for other types, from OpenSSL. */
export const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
}

/** Short names that OpenSSL writes differently. */
const opensslNames: Readonly<Record<string, string>> = { '2.5.4.9': 'street', '2.5.4.18': 'postOfficeBox' }

interface Writing {
  readonly attribute: (attribute: Attribute) => string
  readonly name: (rdns: string[]) => string
}

const writings: Readonly<Record<NameFormat, Writing>> = {
  rfc4514: { attribute: rfc4514Attribute, name: (rdns) => rdns.reverse().join(',') },
  der: { attribute: rfc4514Attribute, name: (rdns) => rdns.join(',') },
  openssl: { attribute: opensslAttribute, name: (rdns) => rdns.map((rdn) => `/${rdn}`).join('') },
}

/**
 * A name that was checked when its certificate was parsed, as text.
 *
 * @throws TypeError for another format
 */
export function nameText(name: Span, format: NameFormat = 'rfc4514'): string {
  if (!Object.hasOwn(writings, format)) throw new TypeError(`format must be ${Object.keys(writings).join(', ')}, got ${format}`)
  const writing = writings[format]
  const rdns: string[] = []
  let last = -1
  for (const attribute of attributesOf(name)) {
    const text = writing.attribute(attribute)
    if (attribute.rdn === last) rdns[rdns.length - 1] += `+${text}`
    else rdns.push(text)
    last = attribute.rdn
  }
  return writing.name(rdns)
}

/** Messages give only the size of longer names: a peer can send a name as long as a whole certificate. */
const longestInMessages = 1000

/** A name for a message: RFC 4514, cut at 200 characters. Only the size of a very long name is given. */
export function nameForMessage(name: Span): string {
  if (name.length > longestInMessages) return `(a name of ${name.length} bytes)`
  const text = nameText(name)
  if (text === '') return '(empty name)'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** RFC 4514 sections 2.3 and 2.4. A value without a string form is written as `#` and its DER in hexadecimal. */
function rfc4514Attribute({ type, tag, value, valueElement }: Attribute): string {
  const oid = oidText(type)
  const text = shortNames[oid] === undefined ? undefined : stringValue(tag, value)
  return `${shortNames[oid] ?? oid}=${text === undefined ? `#${hexOf(valueElement)}` : escape4514(text)}`
}

/** Escapes what RFC 4514 requires, `=`, and, as hex pairs, all control characters, format characters and line separators. */
function escape4514(text: string): string {
  return text
    .replace(/["+,;<>=\\]/g, '\\$&')
    .replace(/^[ #]| $/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, (characters) => hexPairs(characters, '\\'))
}

/**
 * Like X509_NAME_oneline: bytes outside printable ASCII are `\xHH`. Unlike it, backslashes are `\xHH` too, and separators are
 * `\/` and `\+`, so that the text is unambiguous.
 */
function opensslAttribute({ type, tag, value, valueElement }: Attribute): string {
  const oid = oidText(type)
  const text = stringValue(tag, value)
  const written =
    text === undefined
      ? `#${hexOf(valueElement)}`
      : text.replace(/(?:[^ -~]|\\)+/gu, (characters) => hexPairs(characters, '\\x')).replace(/[/+]|^#/g, '\\$&')
  return `${opensslNames[oid] ?? shortNames[oid] ?? oid}=${written}`
}

function hexPairs(characters: string, prefix: string): string {
  return hexOf(utf8Bytes(characters)).toUpperCase().replace(/../g, `${prefix}$&`)
}

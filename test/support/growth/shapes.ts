import { oid, sequence, set, tlv } from '../der.ts'

/** Names that are long, in every way that a name can be. */

export interface Shape {
  readonly name: string
  /**
   * DER of a Name of about so many bytes. Those of one size are equal by RFC 5280 7.1, and each spelling is written in another
   * way, which shows at the very end.
   */
  readonly of: (size: number, spelling?: number) => Uint8Array
}

type Encode = (text: string) => Uint8Array

const commonName = oid('2.5.4.3')
const utf8: Encode = (text) => Buffer.from(text, 'utf8')
const latin1: Encode = (text) => Buffer.from(text, 'latin1')
const bmp: Encode = (text) => Buffer.from(text, 'utf16le').swap16()
const universal: Encode = (text) =>
  Buffer.from(text, 'utf16le')
    .swap16()
    .reduce<number[]>((all, byte, i) => {
      if (i % 2 === 0) all.push(0, 0)
      all.push(byte)
      return all
    }, []) as unknown as Uint8Array

function spelled(spelling: number): Uint8Array {
  const letters = [...'abcdefghijkl'].map((letter, bit) => ((spelling >> bit) & 1 ? letter.toUpperCase() : letter))
  return set(sequence(commonName, tlv(0x0c, utf8(letters.join('')))))
}

function attribute(type: Uint8Array, tag: number, value: Uint8Array): Uint8Array {
  return sequence(type, tlv(tag, value))
}

/** One RDN of one attribute, whose value is a pattern again and again. */
function oneValue(what: string, tag: number, pattern: string, encode: Encode): Shape {
  const of = (size: number, spelling = 0): Uint8Array => {
    const value = encode(pattern.repeat(Math.ceil(size / encode(pattern).length)))
    return sequence(set(attribute(commonName, tag, value)), spelled(spelling))
  }
  return { name: what, of }
}

/** Attributes of which the name has as many as there is room for. */
function manyParts(what: string, part: (i: number, count: number) => Uint8Array, isOneRdn: boolean): Shape {
  const of = (size: number, spelling = 0): Uint8Array => {
    const count = Math.ceil(size / (part(1000, 2000).length + (isOneRdn ? 0 : 2)))
    const parts = Array.from({ length: count }, (_, i) => part(i, count))
    return sequence(...(isOneRdn ? [set(...parts)] : parts.map((each) => set(each))), spelled(spelling))
  }
  return { name: what, of }
}

function arcs(size: number, pattern: readonly number[]): Uint8Array {
  return tlv(6, [0x2a, ...Array.from({ length: Math.ceil(size / pattern.length) }, () => pattern).flat(), 1])
}

const numbered = (i: number): Uint8Array => utf8(String(i).padStart(5, '0'))
const small = tlv(6, [0x2a])

export const shapes: readonly Shape[] = [
  oneValue('ASCII letters', 0x0c, 'a', utf8),
  oneValue('letters of changing case', 0x0c, 'aA', utf8),
  oneValue('blanks', 0x0c, ' ', utf8),
  oneValue('words', 0x0c, 'a ', utf8),
  oneValue('accented letters of changing case', 0x0c, 'éÉaA', utf8),
  {
    name: 'two kinds of combining marks, one after the other',
    of: (size, spelling = 0) =>
      sequence(set(attribute(commonName, 0x0c, utf8('\u0301'.repeat(size / 4) + '\u0323'.repeat(size / 4)))), spelled(spelling)),
  },
  oneValue('combining marks in disorder', 0x0c, '\u0301\u0323\u0345\u0F72', utf8),
  oneValue('as many marks as a letter may have', 0x0c, `a${'\u0301\u0323'.repeat(15)}`, utf8),
  oneValue('half-width sound marks after accents', 0x0c, '\u0301\uFF9E', utf8),
  oneValue('a letter that folds to eighteen', 0x0c, '\uFDFA', utf8),
  oneValue('letters whose case has other lengths', 0x0c, '\u0390\u00DF\uFB03', utf8),
  oneValue('Hangul in parts', 0x0c, '\u1100\u1161\u11A8', utf8),
  oneValue('invisible characters', 0x0c, '\u00AD\u200B', utf8),
  oneValue('control characters', 0x0c, '\u0001\u0085', utf8),
  oneValue('white space of many kinds', 0x0c, '\u00A0\u2003\t', utf8),
  oneValue('characters that are escaped', 0x0c, '"+,;\\=#', utf8),
  oneValue('emoji', 0x0c, '\u{1F600}', utf8),
  oneValue('a host name of many labels', 0x0c, 'a.', utf8),
  oneValue('a host name of many hyphens', 0x0c, 'a-', utf8),
  oneValue('PrintableString', 0x13, 'aA ', latin1),
  oneValue('IA5String', 0x16, 'aA ', latin1),
  oneValue('TeletexString', 0x14, 'aA\u00e9', latin1),
  oneValue('NumericString', 0x12, '1 ', latin1),
  oneValue('VisibleString', 0x1a, 'aA ', latin1),
  oneValue('BMPString', 0x1e, 'aA\u0301', bmp),
  oneValue('UniversalString', 0x1c, 'aA\u0301', universal),
  oneValue('GeneralString', 0x1b, 'aA ', latin1),
  oneValue('OCTET STRING', 0x04, '\u0000\u00ff', latin1),
  oneValue('SEQUENCE of many elements', 0x30, '\x05\x00\x01\x01\xff', latin1),
  manyParts('many RDNs', () => attribute(small, 0x0c, utf8('q')), false),
  manyParts('many RDNs that are empty texts', () => attribute(small, 0x0c, utf8('')), false),
  manyParts('many RDNs, each another', (i) => attribute(commonName, 0x0c, numbered(i)), false),
  manyParts('one RDN of equal attributes', () => attribute(commonName, 0x0c, utf8('q')), true),
  manyParts('one RDN of attributes in ascending order', (i) => attribute(commonName, 0x0c, numbered(i)), true),
  manyParts('one RDN of attributes in descending order', (i, count) => attribute(commonName, 0x0c, numbered(count - i)), true),
  manyParts(
    'one RDN of attributes that differ at their end',
    (i) => attribute(commonName, 0x0c, utf8(`${'x'.repeat(200)}${i}`)),
    true,
  ),
  manyParts('e-mail addresses', (i) => attribute(oid('1.2.840.113549.1.9.1'), 0x16, latin1(`u${i}@a.example`)), false),
  manyParts('common names that are hosts', (i) => attribute(commonName, 0x0c, utf8(`u${i}.a.example`)), false),
  {
    name: 'an attribute type of one huge arc',
    of: (size, spelling = 0) => sequence(set(attribute(arcs(size, [0xff]), 0x0c, utf8('q'))), spelled(spelling)),
  },
  {
    name: 'an attribute type of many arcs',
    of: (size, spelling = 0) => sequence(set(attribute(arcs(size, [0x01]), 0x0c, utf8('q'))), spelled(spelling)),
  },
]

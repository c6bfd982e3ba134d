import { describe, expect, it } from 'vitest'
import { readAny } from '../../../src/der/content.ts'
import {
  bitString,
  bmp,
  bytes,
  context,
  implicit,
  integer,
  nul,
  octetString,
  oid,
  sequence,
  set,
  text,
  tlv,
  utf8,
} from '../../support/der.ts'
import { millisecondsOf, readWhole, refusal } from '../../support/refusal.ts'

type Outcome = ReturnType<typeof refusal>
const read = (der: Uint8Array, inName = false): Outcome => refusal(readWhole(der, (reader) => readAny(reader, 'test', inName)))

describe('the content of', () => {
  it.each<readonly [string, string, Outcome]>([
    ['a BOOLEAN', '0101ff', 'read'],
    ['a BOOLEAN of 01', '010101', ['bad_boolean', 2]],
    ['an INTEGER', '02020080', 'read'],
    ['a padded INTEGER', '0202007f', ['bad_integer', 2]],
    ['an ENUMERATED', '0a0105', 'read'],
    ['a padded ENUMERATED', '0a02ffff', ['bad_integer', 2]],
    ['a BIT STRING', '030204f0', 'read'],
    ['a BIT STRING without bits', '030100', 'read'],
    ['a BIT STRING without content', '0300', ['bad_bit_string', 2]],
    ['a BIT STRING of unused bits and nothing else', '030101', ['bad_bit_string', 2]],
    ['a BIT STRING with eight unused bits', '03020800', ['bad_bit_string', 2]],
    ['a BIT STRING whose unused bits are not zero', '030204f8', ['bad_bit_string', 2]],
    ['a NULL', '0500', 'read'],
    ['a NULL of a byte', '050100', ['bad_null', 2]],
    ['an OID', '06022a03', 'read'],
    ['an OID without content', '0600', ['bad_oid', 2]],
    ['a relative OID', '0d028101', 'read'],
    ['a padded relative OID', '0d028001', ['bad_oid', 2]],
    ['a relative OID without content', '0d00', ['bad_oid', 2]],
    ['a REAL', '090380fb05', ['unexpected_tag', 0]],
    ['an ObjectDescriptor', '070161', ['unexpected_tag', 0]],
    ['an EXTERNAL', '28028000', ['unexpected_tag', 0]],
    ['an EMBEDDED PDV', '2b00', ['unexpected_tag', 0]],
    ['a TIME', '0e0430303030', ['unexpected_tag', 0]],
    ['an unrestricted CHARACTER STRING', '3d00', ['unexpected_tag', 0]],
    ['a type that is reserved', '0f00', ['unexpected_tag', 0]],
    ['an end of contents', '0000', ['unexpected_tag', 0]],
    ['an element of another class', '8100', 'read'],
  ])('%s', (_what, hex, expected) => {
    expect(read(bytes(hex))).toEqual(expected)
  })

  it.each<readonly [number, string, Outcome]>([
    [0x17, '240229235959Z', 'read'],
    [0x17, '230229235959Z', ['bad_time', 2]],
    [0x17, '2402292359Z', ['bad_time', 2]],
    [0x17, '20240229235959Z', ['bad_time', 2]],
    [0x18, '20240229235959Z', 'read'],
    [0x18, '240229235959Z', ['bad_time', 2]],
    [0x18, '20240229235959.0Z', ['bad_time', 2]],
    [0x18, '20240229235959+0000', ['bad_time', 2]],
  ])('a time of type %i: %s', (tag, value, expected) => {
    expect(read(text(tag, value))).toEqual(expected)
  })
})

describe('strings', () => {
  /** As the value of an attribute of a name, and elsewhere. */
  it.each<readonly [string, Uint8Array, Outcome, Outcome]>([
    ['Latin-1 in a VisibleString', text(0x1a, 'garant\xedas'), ['bad_string', 8], 'read'],
    ['a line feed in a VisibleString', text(0x1a, 'a\n'), ['bad_string', 3], 'read'],
    ['NUL at the end of an IA5String', text(0x16, 'http://a/\0'), ['bad_string', 11], 'read'],
    ['a byte above 127 in an IA5String', text(0x16, '\xe9'), 'read', 'read'],
    ['a byte above 127 in a PrintableString', text(0x13, '\xe9'), 'read', 'read'],
    ['a letter in a NumericString', text(0x12, 'a'), ['bad_string', 2], 'read'],
    ['NUL in a TeletexString', text(0x14, '\0'), ['bad_string', 2], 'read'],
    ['NUL in a VideotexString', text(0x15, '\0'), ['bad_string', 2], 'read'],
    ['NUL in a GraphicString', text(0x19, '\0'), ['bad_string', 2], 'read'],
    ['NUL in a GeneralString', text(0x1b, 'a\0'), ['bad_string', 3], 'read'],
    ['any other byte in a GeneralString', text(0x1b, '\x1b\xe9'), 'read', 'read'],
    ['NUL in a UTF8String', utf8('a\0'), ['bad_string', 3], 'read'],
    ['NUL in a BMPString', bmp('\0'), ['bad_string', 2], 'read'],
    ['Latin-1 in a UTF8String', text(0x0c, 'a\xe9'), ['bad_string', 2], ['bad_string', 2]],
    ['half a character in a BMPString', tlv(0x1e, '00'), ['bad_string', 2], ['bad_string', 2]],
    ['a surrogate in a UniversalString', tlv(0x1c, '0000d800'), ['bad_string', 2], ['bad_string', 2]],
  ])('with %s', (_what, der, inName, elsewhere) => {
    expect(read(der, true)).toEqual(inName)
    expect(read(der)).toEqual(elsewhere)
    // Only the value itself is compared as text.
    expect(read(tlv(0x30, der), true)).toEqual(elsewhere === 'read' ? 'read' : ['bad_string', 4])
  })
})

const any = (der: Uint8Array): ReturnType<typeof refusal> => refusal(readWhole(der, (reader) => readAny(reader, 'test')))

function nested(depth: number, wrap: (inner: Uint8Array) => Uint8Array): Uint8Array {
  let der = nul()
  for (let i = 0; i < depth; i++) der = wrap(der)
  return der
}

describe('readAny', () => {
  it('reads well-formed elements of every kind and leaves the outermost in the range', () => {
    const inner = sequence(
      integer(-1),
      oid('1.2.3'),
      bitString([1]),
      octetString(),
      utf8('é'),
      context(0, nul()),
      implicit(1, 'ff'),
    )
    for (const der of [inner, set(inner, sequence()), nul(), tlv(0xe1, nul()), tlv(0x41, 'ff')]) {
      const range = readWhole(der, (reader) => {
        readAny(reader, 'test')
        return [reader.tag, reader.header, reader.end, reader.limit]
      })
      expect(range).toEqual({ ok: true, value: [der[0], 0, der.length, der.length] })
    }
  })

  it.each([
    ['0200', ['bad_integer', 2]],
    ['0a020001', ['bad_integer', 2]],
    ['010102', ['bad_boolean', 2]],
    ['0100', ['bad_boolean', 2]],
    ['050100', ['bad_null', 2]],
    ['0600', ['bad_oid', 2]],
    ['06012a', 'read'],
    ['060181', ['bad_oid', 2]],
    ['30020500', 'read'],
    ['30030202', ['truncated', 0]],
    ['30030500', ['truncated', 0]],
    ['3003050002', ['truncated', 4]],
    ['30040200 0500', ['bad_integer', 4]],
    ['3080', ['indefinite_length', 1]],
    ['30048104 0500', ['truncated', 2]],
    ['1f8101', ['high_tag_number', 0]],
  ])('of %s: %j', (hex, expected) => {
    expect(any(bytes(hex.replaceAll(' ', '')))).toEqual(expected)
  })

  it('refuses forms that only BER has', () => {
    // Strings in pieces, a SEQUENCE and a SET that claim to be primitive, an end-of-contents element.
    for (const hex of ['2404040201ff', '2c030c0161', '2305030300aabb', '1000', '1100', '0000', '2100', '2500']) {
      expect(any(bytes(hex))).toEqual(['unexpected_tag', 0])
      expect(any(sequence(nul(), hex))).toEqual(['unexpected_tag', 4])
    }
  })

  it('reads 16 levels and refuses the next', () => {
    expect(any(nested(16, sequence))).toBe('read')
    expect(any(nested(17, sequence))).toEqual(['too_deep', 32])
    expect(any(nested(16, (inner) => context(0, inner)))).toBe('read')
  })

  it('is linear in bytes and indifferent to depth', () => {
    const wide = sequence(new Uint8Array(Buffer.alloc(2_000_000, Buffer.from('0500', 'hex'))))
    expect(millisecondsOf(() => any(wide))).toBeLessThan(2000)
    const deep = bytes('30'.repeat(50_000))
    expect(any(deep)).not.toBe('read')
  })
})

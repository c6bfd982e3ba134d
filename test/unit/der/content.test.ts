import { describe, expect, it } from 'vitest'
import { readAny } from '../../../src/der/content.ts'
import { bmp, bytes, text, tlv, utf8 } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

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
    ['a byte above 127 in an IA5String', text(0x16, '\xe9'), ['bad_string', 2], 'read'],
    ['a byte above 127 in a PrintableString', text(0x13, '\xe9'), ['bad_string', 2], 'read'],
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

import { describe, expect, it } from 'vitest'
import { readAny } from '../../../src/der/content.ts'
import {
  bitString,
  bytes,
  context,
  implicit,
  integer,
  nul,
  octetString,
  oid,
  sequence,
  set,
  tlv,
  utf8,
} from '../../support/der.ts'
import { millisecondsOf, readWhole, refusal } from '../../support/refusal.ts'

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

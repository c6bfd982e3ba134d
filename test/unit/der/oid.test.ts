import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { oidBytes, oidText, readOid } from '../../../src/der/oid.ts'
import { oid } from '../../support/der.ts'
import { millisecondsOf, readWhole, refusal } from '../../support/refusal.ts'

const hex = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'hex'))

/** Dotted text and content octets. */
const known: readonly (readonly [string, string])[] = [
  ['0.0', '00'],
  ['0.39', '27'],
  ['1.0', '28'],
  ['1.39', '4f'],
  ['2.0', '50'],
  ['2.39', '77'],
  ['2.40', '78'],
  ['2.47', '7f'],
  ['2.48', '8100'],
  ['2.999.3', '883703'],
  ['1.2.840.113549.1.1.11', '2a864886f70d01010b'],
  ['2.5.29.15', '551d0f'],
  ['1.2.127', '2a7f'],
  ['1.2.128', '2a8100'],
  ['1.2.4294967295', '2a8fffffff7f'],
  ['1.2.4294967296', '2a9080808000'],
  ['1.2.562949953421311', '2affffffffffff7f'],
  ['1.2.562949953421312', '2a8180808080808000'],
  ['1.2.9007199254740993', '2a9080808080808001'],
  ['1.2.18446744073709551616', '2a82808080808080808000'],
]

describe('object identifiers', () => {
  it.each(known)('%s is %s', (text, octets) => {
    expect(Buffer.from(oidBytes(text)).toString('hex')).toBe(octets)
    expect(oidText(new Span(hex(octets)))).toBe(text)
  })

  it('keep arcs of any size apart', () => {
    const arcs = [
      '2.25.329800735698586629295641978511506172918',
      '2.25.329800735698586629295641978511506172919',
      '2.18446744073709551536',
    ]
    for (const text of arcs) {
      const octets = oidBytes(text)
      expect(refusal(readWhole(oid(text), (reader) => readOid(reader, 'test')))).toBe('read')
      expect(oidText(new Span(octets))).toBe(text)
    }
    // Equal modulo 2^32.
    expect(oidBytes('1.2.840')).not.toEqual(oidBytes('1.2.4294968136'))
  })

  it('are written in linear time (CVE-2023-2650)', () => {
    const giant = new Uint8Array(65000).fill(0xff)
    giant[64999] = 0x7f
    expect(millisecondsOf(() => oidText(new Span(giant)))).toBeLessThan(1000)
  })

  it('are written in decimal up to 448 bits, and in hexadecimal beyond', () => {
    const text = (septets: number): string => {
      const octets = Uint8Array.from([0x2a, ...new Array<number>(septets - 1).fill(0xff), 0x7f])
      return oidText(new Span(octets))
    }
    expect(text(64)).toBe(`1.2.${2n ** 448n - 1n}`)
    expect(text(65)).toBe(`1.2.0x${(2n ** 455n - 1n).toString(16)}`)
    const first = Uint8Array.from([...new Array<number>(64).fill(0xff), 0x7f])
    expect(oidText(new Span(first))).toBe(`2.0x${(2n ** 455n - 81n).toString(16)}`)
  })

  it('are read in the span given', () => {
    expect(oidText(new Span(hex('ff551d0fff'), 1, 4))).toBe('2.5.29.15')
  })
})

describe('readOid', () => {
  it.each([
    ['06032a0304', 'read'],
    ['0600', ['bad_oid', 2]],
    ['060180', ['bad_oid', 2]],
    ['06022a81', ['bad_oid', 2]],
    ['06032a8001', ['bad_oid', 2]],
    ['06028001', ['bad_oid', 2]],
    ['06042a818001', 'read'],
    ['0c012a', ['unexpected_tag', 0]],
    ['06022a', ['truncated', 0]],
  ])('of %s: %j', (value, expected) => {
    expect(refusal(readWhole(hex(value), (reader) => readOid(reader, 'test')))).toEqual(expected)
  })

  it('leaves the content in the range', () => {
    const encoded = oid('2.5.4.3')
    const range = readWhole(encoded, (reader) => {
      readOid(reader, 'test')
      return [reader.start, reader.end]
    })
    expect(range).toEqual({ ok: true, value: [2, 5] })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect, renderText } from '../../src/inspect/index.ts'
import { chainRecipe, mintChain } from '../support/arbitraries.ts'
import { encode } from '../support/asn1.ts'
import { keyPair, mint, mintCrl } from '../support/mint.ts'
import { stringNode } from '../support/names.ts'
import { pemOf } from '../support/pem.ts'

/** Text of a certificate that is printed may be written by anyone, and must not control the terminal. */

/** Control, format (bidirectional overrides among them) and separator characters, and lone surrogates; LF ends lines. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

function expectVisible(text: string): void {
  expect(text.replaceAll('\n', '')).not.toMatch(invisible)
}

const poison = [
  '\u001b[2J',
  '\u202eevil',
  '\u2066x\u2069',
  '\u0007',
  '\u009b31m',
  '\u2028',
  '\u200bz',
  '\ufeff',
  '\u{e0041}',
  '\ue000',
]
const key = keyPair('p256')

describe('terminal escapes, bidirectional overrides and line breaks from a certificate', () => {
  it.each(poison)('%j is escaped in every string', (text) => {
    const value = encode(stringNode(`a${text}b`, 'utf8'))
    const policies = Uint8Array.from([
      ...[0x30, 20 + value.length, 0x30, 18 + value.length, 0x06, 0x02, 0x2a, 0x03],
      ...[0x30, 12 + value.length, 0x30, 10 + value.length, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 2, 1, ...value],
    ])
    const { der } = mint({
      key,
      subject: [['CN', `a${text}b`]],
      issuer: [['O', `a${text}b`]],
      subjectAltNames: [{ directory: [['CN', `a${text}b`]] }, { other: { oid: '1.2.3', value } }],
      extensions: [
        { oid: '1.2.3.4', value },
        { oid: '2.5.29.32', value: policies },
      ],
    })
    const { text: written, faults } = inspect(der)
    expect(faults).toEqual([])
    expect(written).toMatch(/CPS: a|"a/)
    expectVisible(written)
  })

  it('a value cannot imitate another line', () => {
    const { der } = mint({ key, subject: [['CN', 'a\n        Issuer: CN=Trusted Root']] })
    expect(renderText(der).match(/^ +Issuer: /gm)).toHaveLength(1)
  })

  it('labels of PEM blocks are escaped', () => {
    const { text } = inspect(Buffer.from(pemOf('X', Uint8Array.of(5, 0)).replaceAll('X', '\u001b[31m\u202e')))
    expectVisible(text)
  })
})

describe('hostile input to inspect', () => {
  it('any bytes or text: no exception, visible, bounded', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.string({ unit: 'binary' })), (input) => {
        const text = renderText(input, { maxLength: 2000 })
        expectVisible(text)
        expect(text.length).toBeLessThan(2100)
      }),
      { numRuns: 500 },
    )
  })

  it('a certificate with any byte changed, cut or doubled', () => {
    const tampered = fc.tuple(chainRecipe, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'double'))
    fc.assert(
      fc.property(tampered, ([recipe, at, byte, how]) => {
        const { der } = mintChain(recipe).at(-1)!
        const place = at % der.length
        const parts = {
          set: [...der.with(place, byte)],
          cut: [...der.subarray(0, place)],
          double: [...der, ...der.subarray(place)],
        }
        const bent = Uint8Array.from(parts[how as keyof typeof parts])
        expectVisible(renderText(bent))
        expectVisible(renderText(pemOf('CERTIFICATE', bent)))
      }),
      { numRuns: 150 },
    )
  })

  it('nesting of any kind, deeper than the stack', () => {
    for (const tag of [0x30, 0x31, 0xa0, 0x24, 0x04, 0x03]) {
      const nested = nest(tag, 60_000)
      const text = quickly(() => renderText(pemOf('X', nested)))
      expect(text.length).toBeLessThan(500_000)
      quickly(() => renderText(mint({ key, extensions: [{ oid: '1.2.3', value: nest(tag, 40_000) }] }).der))
    }
    quickly(() => renderText(Uint8Array.from([...[0x30, 0x80], ...new Array<number>(100_000).fill(0x30)])))
    quickly(() => renderText(new Uint8Array(100_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80))))
  })

  it('a million small elements', () => {
    const many = Uint8Array.from([
      0x30,
      0x83,
      0x1e,
      0x84,
      0x80,
      ...new Array<number>(1_000_000).fill(0x05).flatMap((tag) => [tag, 0]),
    ])
    expect(quickly(() => renderText(many)).length).toBeLessThan(1_000_200)
  })

  it('a huge integer, OID and string', () => {
    const long = new Uint8Array(60_000).fill(0x7f)
    for (const tag of [0x02, 0x06, 0x0a, 0x0c, 0x17, 0x1c, 0x1e]) {
      const value = Uint8Array.from([tag, 0x82, long.length >> 8, long.length & 255, ...long])
      quickly(() => renderText(mint({ key, extensions: [{ oid: '1.2.3', value }] }).der))
    }
    quickly(() => renderText(mint({ key, serial: long }).der))
  })

  it('a list of many entries', () => {
    const issuer = mint({ ca: true, key })
    const revoked = Array.from({ length: 20_000 }, (_, i) => ({ serial: BigInt(i + 1) }))
    const { der } = mintCrl({ issuer, revoked })
    expect(quickly(() => renderText(der, { maxEntries: 1_000_000, maxLength: 10_000 })).length).toBeLessThan(10_100)
  })

  it('ten megabytes of malformed PEM', () => {
    for (const line of ['-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----\n', '=\n', '-----\n']) {
      quickly(() => renderText(line.repeat(Math.floor(10_000_000 / line.length))), 10_000)
    }
  })
})

/** Nested elements of one tag, as many as fit into `size` bytes. */
function nest(tag: number, size: number): Uint8Array {
  const out = new Uint8Array(size)
  let start = size
  const lead = tag === 0x03 ? [0] : []
  while (start > 8) {
    const length = size - start + lead.length
    const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255]
    out.set([...head, ...lead], start - head.length - lead.length)
    start -= head.length + lead.length
  }
  return out.slice(start)
}

/** Limits that a busy machine meets; quadratic work takes minutes. */
function quickly<T>(run: () => T, most = 3000): T {
  const start = performance.now()
  const value = run()
  expect(performance.now() - start).toBeLessThan(most)
  return value
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Span } from '../../src/bytes/span.ts'
import { canonicalName, namesDiffer, namesEqual, readName } from '../../src/x509/name.ts'
import { bytes, oid, sequence, set, tlv } from '../support/der.ts'
import { readWhole } from '../support/refusal.ts'

/**
 * Names that `namesDiffer` calls different are different by RFC 5280 7.1. It runs before names are folded, so a mistake
 * there would make equal names unequal.
 */

/** UTF8String, PrintableString, IA5String, TeletexString, VisibleString, NumericString, BMPString, UniversalString, INTEGER. */
const tags = [0x0c, 0x13, 0x16, 0x14, 0x1a, 0x12, 0x1e, 0x1c, 0x02] as const
const types = ['2.5.4.3', '2.5.4.10', '2.5.4.11', '0.9.2342.19200300.100.1.25', '1.2.840.113549.1.9.1', '2.5.4.9999999']

interface Attribute {
  readonly type: string
  readonly tag: number
  readonly value: string
}

/** A name of up to four RDNs, most of them with one attribute. */
type Name = readonly (readonly Attribute[])[]

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abABzZ') },
  { weight: 3, arbitrary: fc.constant(' ') },
  { weight: 2, arbitrary: fc.constantFrom(...'019-.@[`{\t\u007f') },
  { weight: 1, arbitrary: fc.constantFrom('ä', 'Ä', 'ß', '\u00a0', 'K', '\u0130') },
)
const value = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: character, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: character, minLength: 100, maxLength: 140 }) },
)
const attribute: fc.Arbitrary<Attribute> = fc.record({ type: fc.constantFrom(...types), tag: fc.constantFrom(...tags), value })
const name: fc.Arbitrary<Name> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: attribute.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(attribute, { minLength: 2, maxLength: 3 }) },
  ),
  { maxLength: 4 },
)

function encodeValue({ tag, value: text }: Attribute): Uint8Array {
  const codes = [...text].map((c) => c.codePointAt(0)!)
  if (tag === 0x1e)
    return tlv(
      tag,
      codes.flatMap((code) => [code >> 8, code & 0xff]),
    )
  if (tag === 0x1c)
    return tlv(
      tag,
      codes.flatMap((code) => [0, 0, code >> 8, code & 0xff]),
    )
  if (tag === 0x0c) return tlv(tag, Buffer.from(text, 'utf8'))
  if (tag === 0x02) return tlv(tag, [text.length & 0x7f])
  if (tag === 0x12) return tlv(tag, Buffer.from(text.replaceAll(/[^ \d]/gu, '7'), 'latin1'))
  return tlv(tag, Buffer.from(tag === 0x14 ? text : text.replaceAll(/[^ -~]/gu, 'x'), 'latin1'))
}

const encodeName = (rdns: Name): Uint8Array =>
  sequence(...rdns.map((rdn) => set(...rdn.map((one) => sequence(oid(one.type), encodeValue(one))))))

/** Changes that leave a name equal, and similar changes that do not. */
const change = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => ` ${text}`,
  (text) => `${text}  `,
  (text) => text.replaceAll(' ', '  '),
  (text) => text.replaceAll(/ +/gu, ' ').trim(),
  (text) => text.replaceAll('a', 'A'),
  (text) => `${text}b`,
  (text) => text.slice(1),
  (text) => text.replace('a', 'z'),
  (text) => text.replace('@', '`').replace('[', '{'),
)

interface Edit {
  readonly at: number
  readonly change: (text: string) => string
  readonly tag: number | undefined
  readonly turn: boolean
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(3),
  change,
  tag: fc.option(fc.constantFrom(...tags), { nil: undefined, freq: 2 }),
  turn: fc.boolean(),
})

function edited(rdns: Name, edits: readonly Edit[]): Name {
  return rdns.map((rdn, i) => {
    const own = edits.find(({ at }) => at === i)
    if (own === undefined) return rdn
    const changed = rdn.map((one) => ({ ...one, tag: own.tag ?? one.tag, value: own.change(one.value) }))
    return own.turn ? changed.reverse() : changed
  })
}

const longer = fc.option(attribute, { nil: undefined, freq: 4 })

test('names that namesDiffer calls different have different canonical forms', () => {
  const seen = { different: 0, equal: 0 }
  fc.assert(
    fc.property(
      name,
      fc.array(edit, { maxLength: 3 }),
      longer,
      name,
      fc.boolean(),
      fc.nat(9),
      (one, edits, more, other, near, offset) => {
        const second = near ? [...edited(one, edits), ...(more === undefined ? [] : [[more]])] : other
        const a = new Span(encodeName(one))
        const surrounded = bytes(new Uint8Array(offset).fill(0x31), encodeName(second), [0x31, 0x00])
        const b = new Span(surrounded, offset, surrounded.length - 2)
        expect(readWhole(a.copy(), (reader) => readName(reader, 'name')).ok).toBe(true)
        expect(readWhole(b.copy(), (reader) => readName(reader, 'name')).ok).toBe(true)
        const areEqual = canonicalName(a) === canonicalName(b)
        const differ = namesDiffer(a, b)
        expect(differ && areEqual).toBe(false)
        expect(namesDiffer(b, a)).toBe(differ)
        expect(namesEqual(a, b)).toBe(areEqual)
        if (differ) seen.different++
        if (areEqual) seen.equal++
      },
    ),
    { numRuns: 20_000 },
  )
  // Both must occur, or this proves nothing.
  expect(seen.different).toBeGreaterThan(4000)
  expect(seen.equal).toBeGreaterThan(1000)
})

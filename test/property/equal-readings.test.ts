import * as asn1js from 'asn1js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Reader } from '../../src/der/reader.ts'
import type { CertificateView } from '../../src/x509/certificate.ts'
import { pointNames, readDistributionPoints } from '../../src/x509/distribution-point.ts'
import * as ExtensionId from '../../src/x509/ids/extension-id.ts'
import { parseCertificateDer } from '../../src/x509/parse-certificate.ts'
import { parseRevocationListDer } from '../../src/x509/parse-revocation-list.ts'
import { bytesOf, children, hex, oidOf } from '../support/asn1js-certificate.ts'
import { bmp, bytes, context, implicit, oid, sequence, set, text, tlv, utf8 } from '../support/der.ts'
import { openValues } from '../support/der-specimens.ts'
import { certificate, extension, revocationList } from '../support/structures.ts'

/** Names and distribution points that compare as equal are also equal when asn1js reads them. */

const universal = (value: string): Uint8Array =>
  tlv(0x1c, Buffer.from([...value].flatMap((c) => [0, 0, c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255])))

const string = fc
  .tuple(
    fc.constantFrom('a', 'A', ' a ', 'a  b', 'A b', 'ab', '', 'é', '1'),
    fc.constantFrom(
      utf8,
      (value: string) => text(0x13, value),
      (value: string) => text(0x16, value),
      (value: string) => text(0x14, value),
      (value: string) => text(0x1a, value),
      bmp,
      universal,
    ),
  )
  .map(([value, write]) => write(value))

const junk = fc.oneof(
  fc.constantFrom(implicit(6, '61'), tlv(0x04, '626262'), sequence(), bytes('ffff'), bytes('06')),
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
)

const attribute = fc
  .tuple(fc.constantFrom('2.5.4.3', '2.5.4.11'), fc.oneof({ weight: 4, arbitrary: string }, fc.constantFrom(...openValues)))
  .map(([type, value]) => sequence(oid(type), value))

/** The content of an RDN: mostly attributes. */
const rdnContent = fc.oneof(
  { weight: 6, arbitrary: fc.array(attribute, { minLength: 1, maxLength: 2 }).map((attributes) => bytes(...attributes)) },
  { weight: 1, arbitrary: junk },
  { weight: 1, arbitrary: fc.tuple(attribute, junk).map((parts) => bytes(...parts)) },
)

const name = fc.array(rdnContent, { maxLength: 2 }).map((rdns) => sequence(...rdns.map((rdn) => set(rdn))))

/** A DistributionPointName. */
const pointName = fc.oneof(
  { weight: 3, arbitrary: rdnContent.map((rdn) => context(0, context(1, rdn))) },
  { weight: 1, arbitrary: name.map((directory) => context(0, context(0, context(4, directory)))) },
  fc.constantFrom('a', 'b').map((uri) => context(0, context(0, implicit(6, Buffer.from(uri))))),
)

function decode(der: Uint8Array): asn1js.AsnType {
  const { result, offset } = asn1js.fromBER(der)
  if (offset !== der.length) throw new Error(`asn1js cannot read ${hex(der)}`)
  return result
}

/** RFC 5280 7.1: compares strings of five types without regard to case and repeated spaces, other values by bytes. */
function readValue(value: asn1js.AsnType): string {
  const folds = [asn1js.Utf8String, asn1js.PrintableString, asn1js.IA5String, asn1js.BmpString, asn1js.UniversalString]
  if (!folds.some((type) => value instanceof type)) return hex(bytesOf(value))
  const isAsciiType = value instanceof asn1js.PrintableString || value instanceof asn1js.IA5String
  if (
    isAsciiType &&
    bytesOf(value)
      .subarray(2)
      .some((byte) => byte > 0x7f)
  )
    return hex(bytesOf(value))
  const words = String((value as asn1js.Utf8String).getValue()).split(' ')
  return `"${words.filter((word) => word !== '').join(' ')}"`.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function readRdn(attributes: readonly asn1js.AsnType[]): string {
  return JSON.stringify(
    attributes
      .map((one) => {
        const [type, value, ...rest] = children(one)
        if (rest.length > 0) throw new Error('an attribute with more than a type and a value')
        return `${oidOf(type!)}=${readValue(value!)}`
      })
      .sort(),
  )
}

function readNameOf(der: Uint8Array): readonly string[] {
  return children(decode(der)).map((rdn) => readRdn(children(rdn)))
}

/** The names of a distribution point as texts. A relative name is appended to the issuer's name. */
function readPoint(der: Uint8Array, issuer: Uint8Array): readonly string[] {
  const [choice] = children(decode(der))
  if (choice!.idBlock.tagNumber === 1) return [JSON.stringify([...readNameOf(issuer), readRdn(children(choice!))])]
  return children(choice!).map((one) =>
    one.idBlock.tagNumber === 4 ? JSON.stringify(readNameOf(bytesOf(children(one)[0]!))) : hex(bytesOf(one)),
  )
}

const intersect = (a: Iterable<string>, b: Iterable<string>): boolean => [...a].some((one) => [...b].includes(one))

/** The names of the certificate's only distribution point, as a revocation check compares them. */
function pointNamesOf(view: CertificateView): ReadonlySet<string> {
  const { extensions, issuerKey } = view
  const names: string[] = []
  const reader = new Reader(extensions.value(ExtensionId.crlDistributionPoints)!)
  readDistributionPoints(reader, 'test', (point) => names.push(...pointNames(point, issuerKey)))
  return new Set(names)
}

/** Pairs of values; half of the pairs are equal. */
function pairs<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<readonly [T, T]> {
  return fc.oneof(
    fc.tuple(arbitrary, arbitrary),
    arbitrary.map((one) => [one, one] as const),
  )
}

describe('what compares as equal is equal', () => {
  it('for names in certificates', () => {
    const counts = { read: 0, equal: 0 }
    fc.assert(
      fc.property(pairs(name), ([issuer, subject]) => {
        const parsed = parseCertificateDer(certificate({ issuer, subject }))
        if (!parsed.ok) return
        const { value: view } = parsed
        const equal = JSON.stringify(readNameOf(issuer)) === JSON.stringify(readNameOf(subject))
        expect(view.isSelfIssued).toBe(equal)
        expect(view.issuerKey === view.subjectKey).toBe(equal)
        counts.read++
        if (equal) counts.equal++
      }),
      { numRuns: 1500 },
    )
    expect(counts.read).toBeGreaterThan(300)
    expect(counts.equal).toBeGreaterThan(100)
  })

  it('for distribution points of certificates and lists', () => {
    const counts = { read: 0, equal: 0 }
    fc.assert(
      fc.property(pairs(pointName), pairs(name), ([one, other], [issuer, listIssuer]) => {
        const parsed = parseCertificateDer(
          certificate({ issuer, extensions: [extension('2.5.29.31', sequence(sequence(one)), true)] }),
        )
        const list = parseRevocationListDer(
          revocationList({ issuer: listIssuer, extensions: [extension('2.5.29.28', sequence(other), true)] }),
        )
        if (!parsed.ok || !list.ok) return
        const equal = intersect(readPoint(one, issuer), readPoint(other, listIssuer))
        expect(intersect(pointNamesOf(parsed.value), list.value.pointNames)).toBe(equal)
        counts.read++
        if (equal) counts.equal++
      }),
      { numRuns: 1500 },
    )
    expect(counts.read).toBeGreaterThan(300)
    expect(counts.equal).toBeGreaterThan(100)
  })
})

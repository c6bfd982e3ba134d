import fc from 'fast-check'
import {
  constraintsOfForm,
  extension,
  leafNames,
  mappings,
  namesOfForm,
  often,
  policyConstraints,
  policyIds,
  rarely,
  skip,
  withoutAbsent,
} from './alphabet.ts'
import type { Certificate, PathPolicy } from './model.ts'
import { type NameForm, nameForms } from './names.ts'

/** Calls about one thing, in which nothing else is wrong: policies, names and conformance decide seldom if more than that fails. */

export type Focus = 'policies' | 'names' | 'conformance'

/** Many policies and names for one certificate. */
export const dense = fc.record({
  policies: fc.record({
    certificatePolicies: often(9, extension(policyIds, false)),
    policyMappings: often(1, extension(mappings, true)),
    policyConstraints: rarely(3, extension(policyConstraints, true)),
    inhibitAnyPolicy: rarely(3, extension(skip, true)),
  }),
  /** Of each form, of which a call has one. */
  names: fc.record(
    Object.fromEntries(nameForms.map((form) => [form, namesAbout(form)])) as Record<NameForm, ReturnType<typeof namesAbout>>,
  ),
})

function namesAbout(form: NameForm) {
  return fc.record({
    nameConstraints: often(1, extension(constraintsOfForm[form], true)),
    subjectAltName: often(3, extension(fc.array(namesOfForm[form], { minLength: 1, maxLength: 2 }), false)),
    name: fc.constantFrom(...leafNames),
  })
}

export type Dense = Parameters<Parameters<typeof dense.map>[0]>[0]

const critical = <Value>(value: Value): { critical: boolean; value: Value } => ({ critical: true, value })
const uncritical = <Value>(value: Value): { critical: boolean; value: Value } => ({ critical: false, value })

/** A certificate authority to which no level of conformance objects. */
export const conformingCa = {
  basicConstraints: critical({ ca: true }),
  keyUsage: undefined,
  subjectKeyId: uncritical(undefined),
  hasCriticalKeyId: false,
} as const

/** The same for a client and a server. */
export const conformingLeaf = {
  name: leafNames[1]!,
  basicConstraints: undefined,
  keyUsage: undefined,
  nameConstraints: undefined,
  subjectAltName: uncritical([{ dns: 'b.a.example' }]),
  extendedKeyUsage: uncritical(['clientAuth', 'serverAuth'] as const),
  subjectKeyId: uncritical(undefined),
  hasCriticalKeyId: false,
} as const

/** What conformance objects to, at the leaf, or at the last or the first CA. */
export type Lapse = readonly [who: 'leaf' | 'issuer' | 'root', fields: (certificate: Certificate) => Partial<Certificate>]

const strangerKey = { kind: 'p256', slot: 50 } as const

const lapses: readonly Lapse[] = [
  ['leaf', () => ({ issuer: [] })],
  ['leaf', () => ({ subject: [] })],
  ['leaf', ({ signedBy }) => ({ authorityKeyId: critical(signedBy) })],
  ['leaf', () => ({ authorityKeyId: undefined })],
  ['issuer', () => ({ authorityKeyId: undefined })],
  ['leaf', () => ({ subjectKeyId: critical(undefined) })],
  ['issuer', () => ({ subjectKeyId: critical(undefined) })],
  ['issuer', () => ({ subjectKeyId: undefined })],
  ['leaf', () => ({ keyUsage: critical(['digitalSignature', 'keyCertSign']) })],
  ['issuer', () => ({ basicConstraints: uncritical({ ca: true }) })],
  ['leaf', () => ({ basicConstraints: critical({ ca: true, pathLength: 0 }), keyUsage: critical(['digitalSignature']) })],
  ['leaf', () => ({ nameConstraints: critical({ permitted: [{ dns: 'example' }], excluded: [] }) })],
  ['issuer', () => ({ nameConstraints: uncritical({ permitted: [{ dns: 'example' }], excluded: [] }) })],
  ['issuer', () => ({ policyConstraints: uncritical({ inhibitPolicyMapping: 0 }) })],
  ['issuer', () => ({ inhibitAnyPolicy: uncritical(0) })],
  ['leaf', () => ({ version: 1 })],
  ['root', () => ({ extendedKeyUsage: uncritical(['clientAuth', 'serverAuth']) })],
  ['root', () => ({ extendedKeyUsage: uncritical(['clientAuth', 'serverAuth']) })],
  ['root', () => ({ authorityKeyId: uncritical(strangerKey) })],
  ['leaf', () => ({ basicConstraints: critical({ ca: true }) })],
  ['leaf', ({ subject }) => ({ subject: subject.slice(0, 1), subjectAltName: undefined })],
  ['leaf', () => ({ extendedKeyUsage: critical(['clientAuth', 'serverAuth']) })],
  ['leaf', () => ({ extendedKeyUsage: undefined })],
  ['leaf', () => ({ extendedKeyUsage: uncritical(['any', 'clientAuth', 'serverAuth']) })],
  ['leaf', ({ subjectAltName }) => ({ subjectAltName: subjectAltName && critical(subjectAltName.value) })],
  ['leaf', ({ subject }) => ({ subject: [subject[0]!, ['CN', 'other.example']] })],
]

export const lapse: fc.Arbitrary<Lapse | undefined> = often(2, fc.constantFrom(...lapses))

export const demanding: fc.Arbitrary<PathPolicy['conformance']> = fc.constantFrom('strict', 'web-pki')

/** The certificates of a call, the leaf last, with the lapse. */
export function withLapse(certificates: readonly Certificate[], lapse: Lapse | undefined): readonly Certificate[] {
  if (lapse === undefined) return certificates
  const [who, fields] = lapse
  const where = who === 'leaf' ? certificates.length - 1 : who === 'issuer' ? certificates.length - 2 : 0
  return certificates.map((certificate, i) => {
    if (i !== where) return certificate
    const changed = withoutAbsent({ ...certificate, ...fields(certificate) })
    return changed.version === 1 ? versionOne(changed) : changed
  })
}

function versionOne({ serial, subject, issuer, key, signedBy, hash, notBefore, notAfter }: Certificate): Certificate {
  return { serial, subject, issuer, key, signedBy, hash, notBefore, notAfter, version: 1 }
}

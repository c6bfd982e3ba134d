import { at, thisSecond, year } from './alphabet.ts'
import { bystander } from './generate.ts'
import type { Call, Certificate, GeneralName, Key, Name, PathPolicy } from './model.ts'

/**
 * All public-key infrastructures of up to three CAs and a leaf over a small alphabet: whoever issued each of them, whether each CA
 * is listed or only presented, and one feature of one certificate that a verdict may depend on, under every value of `trust` and
 * `intermediates`.
 */

const second = 1000

type Feature = (certificate: Certificate, first: Certificate) => Partial<Certificate>

const extension = <Value>(value: Value, critical = true): { critical: boolean; value: Value } => ({ critical, value })
const host: GeneralName = { dns: 'leaf.example' }
const stranger: Key = { kind: 'p256', slot: 50 }

/** What may be unusual about any certificate. */
const commonFeatures: readonly Feature[] = [
  () => ({ notAfter: thisSecond - second }),
  () => ({ notBefore: thisSecond + second }),
  () => ({ hash: 'sha1' }),
  () => ({ signedBy: stranger }),
  () => ({ authorityKeyId: extension(stranger, false) }),
  () => ({ authorityKeyId: undefined, subjectKeyId: undefined }),
  () => ({ unknown: extension(undefined) }),
  () => ({ extendedKeyUsage: extension(['serverAuth'], false) }),
  ({ key }) => ({ key: { ...key, kind: 'p521' } }),
  ({ key }) => ({ key: { ...key, kind: 'rsa1024' } }),
  () => ({ policyConstraints: extension({ requireExplicitPolicy: 0 }) }),
]

const authorityFeatures: readonly Feature[] = [
  ...commonFeatures,
  () => ({ basicConstraints: undefined }),
  () => ({ basicConstraints: extension({ ca: true, pathLength: 0 }) }),
  () => ({ keyUsage: extension(['cRLSign']) }),
  () => ({ nameConstraints: extension({ permitted: [], excluded: [host] }) }),
  () => ({ nameConstraints: extension({ permitted: [{ dns: 'other.example' }], excluded: [] }) }),
  // A CA of the first one's name, of its key, and of both.
  (_certificate, { subject }) => ({ subject }),
  (_certificate, { key }) => ({ key }),
  (_certificate, { subject, key }) => ({ subject, key }),
]

const leafFeatures: readonly Feature[] = [
  ...commonFeatures,
  () => ({ basicConstraints: extension({ ca: true }) }),
  () => ({ keyUsage: extension(['keyEncipherment']) }),
  (_certificate, { subject }) => ({ subject }),
  (_certificate, { key }) => ({ key }),
]

const nameOf = (letter: string): Name => [['CN', `CA ${letter}`]]
const keyOf = (slot: number): Key => ({ kind: 'p256', slot })

function ordinary(serial: number, subject: Name, slot: number): Certificate {
  return {
    ...{ serial, subject, issuer: subject, key: keyOf(slot), signedBy: keyOf(slot), hash: 'sha256' },
    ...{ notBefore: thisSecond - year, notAfter: thisSecond + year },
    subjectKeyId: extension(undefined, false),
  }
}

const authorities = ['A', 'B', 'C'].map((letter, i) => ({
  ...ordinary(i + 1, nameOf(letter), 40 + i),
  basicConstraints: extension({ ca: true }),
}))
const leaf: Certificate = { ...ordinary(9, [['CN', 'leaf']], 45), subjectAltName: extension([host], false) }

/** The certificates, the leaf last, with one feature at one of them. Features of names and keys reach what it issues. */
function issued(issuers: readonly number[], where: number, feature: Feature | undefined): readonly Certificate[] {
  const count = issuers.length - 1
  const subjects = [...authorities.slice(0, count), leaf]
  const changed = feature === undefined ? {} : feature(subjects[where]!, authorities[0]!)
  const { subject, key } = { ...subjects[where]!, ...changed }
  const named = subjects.map((certificate, i) => (i === where ? { ...certificate, subject, key } : certificate))
  return named.map((certificate, i) => {
    const issuer = named[issuers[i]!]!
    const own = { issuer: issuer.subject, signedBy: issuer.key, authorityKeyId: extension(issuer.key, false) }
    const made = { ...certificate, ...own, ...(i === where ? changed : {}) }
    return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as unknown as Certificate
  })
}

/** Every way to choose one of `choices` for each of `count` places. */
function* everyChoice(count: number, choices: number): Iterable<readonly number[]> {
  for (let n = 0; n < choices ** count; n++)
    yield Array.from({ length: count }, (_, place) => Math.floor(n / choices ** place) % choices)
}

const trusts: readonly PathPolicy['trust'][] = ['roots', 'every-ca', 'every-certificate']
const sources: readonly PathPolicy['intermediates'][] = ['truststore', 'presented']

const basePolicy: Omit<PathPolicy, 'trust' | 'intermediates'> = {
  maxChainLength: 4,
  minRsaBits: 2048,
  maxRsaBits: 8192,
  curves: ['P-256', 'P-384'],
  hashes: ['sha256', 'sha384', 'sha512'],
  requireEku: false,
  checkAnchorValidity: true,
  enforceAnchorConstraints: true,
  version1Roots: true,
  conformance: 'practical',
}

function* everyFeature(count: number): Iterable<readonly [where: number, feature: Feature | undefined]> {
  yield [0, undefined]
  for (let where = 0; where <= count; where++)
    for (const feature of where === count ? leafFeatures : authorityFeatures) yield [where, feature]
}

export function* everyCall(): Iterable<Call> {
  for (const count of [1, 2, 3]) {
    for (const issuers of everyChoice(count + 1, count)) {
      for (const [where, feature] of everyFeature(count)) {
        const certificates = issued(issuers, where, feature)
        for (const places of everyChoice(count, 2)) yield* callsWith(certificates, places)
      }
    }
  }
}

function* callsWith(certificates: readonly Certificate[], places: readonly number[]): Iterable<Call> {
  const end = certificates.at(-1)!
  const cas = certificates.slice(0, -1)
  const listed = cas.filter((_, i) => places[i] === 0)
  const others = cas.filter((_, i) => places[i] === 1)
  for (const trust of trusts)
    for (const intermediates of sources)
      for (const pinned of trust === 'roots' ? [[]] : [[], [end]])
        yield {
          listed: [...listed, ...pinned, bystander],
          presented: [end, ...others],
          policy: { ...basePolicy, trust, intermediates },
          at,
          purpose: 'client',
        }
}

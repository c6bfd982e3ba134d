import fc from 'fast-check'
import {
  anyPolicy,
  type Extension,
  type GeneralName,
  type Hash,
  type Key,
  type Name,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyId,
  type PolicyMapping,
} from './model.ts'
import { type NameForm, nameForms } from './names.ts'

/** What random calls are made of: a few names, dates, policies and so on, and how often each of them is chosen. */

const second = 1000

/** Half a second after a whole one, because dates have no fractions and `at` has. */
export const at: number = Date.UTC(2026, 0, 15, 12) + second / 2
export const thisSecond: number = at - second / 2

/** Both ends of a second, and in between: a millisecond after its first, and before the next one. */
export const moment: fc.Arbitrary<number> = mostly(1, at, thisSecond, thisSecond + 1, thisSecond + second - 1)
export const year: number = 365 * 86_400 * second

/** `usual` about `weight` times as often as all the others together. */
export function mostly<T>(weight: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: weight * others.length, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)))
}

/** Absent `weight` times as often as there. */
export function rarely<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, arbitrary)
}

export function extension<T>(value: fc.Arbitrary<T>, usuallyCritical: boolean): fc.Arbitrary<Extension<T>> {
  return fc.record({ critical: mostly(6, usuallyCritical, !usuallyCritical), value })
}

/** Only the fields that are there, so that what is printed is short. */
export function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/** There `weight` times as often as absent. */
export function often<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: arbitrary as fc.Arbitrary<T | undefined> }, fc.constant(undefined))
}

const organization: Name[number] = ['O', 'Specification']
const elsewhere: Name[number] = ['O', 'Elsewhere']
export const mostAuthorities = 8
const letters = 'ABCDEFGH'.slice(0, mostAuthorities).split('')
const organizations = letters.map((_, i) => (i % 3 === 1 ? elsewhere : organization))
export const names: readonly Name[] = letters.map((letter, i) => [organizations[i]!, ['CN', `CA ${letter}`]])

/** The same names as RFC 5280 7.1 compares them. */
export const respelled: readonly Name[] = letters.map((letter, i) => [organizations[i]!, ['CN', ` ca  ${letter.toLowerCase()}`]])

export const leafNames: readonly Name[] = [
  [organization, ['CN', 'leaf']],
  [organization, ['CN', 'b.a.example']],
  [elsewhere, ['CN', 'leaf']],
  [organization, ['emailAddress', 'Leaf@a.example']],
  [],
  [organization, ['CN', 'B.A.Example']],
  [organization, ['CN', '-b.a.example']],
  [organization, ['emailAddress', 'leaf@A.example']],
]

const hosts = [
  'a.example',
  'b.a.example',
  'other.test',
  '*.a.example',
  'B.a.Example',
  '*.A.example',
  '*.example',
  'c.b.a.example',
]

/** What servers are asked for: names in any case, and addresses. */
export const serverNames: fc.Arbitrary<string> = fc.constantFrom(
  'b.a.example',
  'B.A.example',
  'a.example',
  'c.b.a.example',
  '192.0.2.7',
  '2001:db8:0:0:0:0:0:7',
)

/** Subject alternative names, and subtrees of constraints, by form. */
const alternatives: Readonly<Record<NameForm, readonly GeneralName[]>> = {
  dns: hosts.map((dns) => ({ dns })),
  directory: [...leafNames.slice(0, 3), names[0]!, respelled[1]!].map((directory) => ({ directory })),
  email: ['leaf@a.example', 'Leaf@b.a.example', 'LEAF@a.example', 'leaf@A.Example', 'x@other.test'].map((email) => ({ email })),
  uri: [
    'https://a.example/x',
    'https://b.a.example',
    'https://B.A.Example/',
    'https://other.test:443/',
    'https://c.b.a.example',
    'https://192.0.2.7/',
    'urn:x',
  ].map((uri) => ({
    uri,
  })),
  ip: ['192.0.2.7', '198.51.100.7', '2001:db8:0:0:0:0:0:7', '2001:db8:0:0:0:0:1:6'].map((ip) => ({ ip })),
  registeredId: [{ registeredId: '1.2.3.4' }],
}

const subtreesOf: Readonly<Record<NameForm, readonly GeneralName[]>> = {
  dns: ['example', 'a.example', 'b.a.example', 'test', '', 'A.Example', 'c.b.a.example'].map((dns) => ({ dns })),
  directory: [[organization], [['O', 'elsewhere']] as const, leafNames[0]!, names[0]!, names[1]!, names[2]!, []].map(
    (directory) => ({ directory }),
  ),
  email: ['leaf@a.example', 'a.example', '.a.example', '.example', 'Leaf@A.example', 'A.EXAMPLE'].map((email) => ({ email })),
  uri: ['a.example', '.a.example', 'b.a.example', 'B.A.example'].map((uri) => ({ uri })),
  ip: [
    ...['192.0.2.0/24', '192.0.2.6/31', '0.0.0.0/0'],
    ...['2001:db8:0:0:0:0:0:0/32', '2001:db8:0:0:0:0:0:6/127', '0:0:0:0:0:0:0:0/0'],
  ].map((ip) => ({ ip })),
  registeredId: [{ registeredId: '1.2.3.4' }],
}

/** What a call about names of a form asks for as `serverName`. */
export const serverNamesOf: Readonly<Partial<Record<NameForm, readonly string[]>>> = {
  dns: ['b.a.example', 'B.A.example', 'a.example'],
  ip: ['192.0.2.7', '2001:db8:0:0:0:0:0:7'],
}

export const nameForm: fc.Arbitrary<NameForm> = fc.constantFrom(...nameForms)

const weights: Readonly<Record<NameForm, number>> = { dns: 6, directory: 2, email: 1, uri: 1, ip: 1, registeredId: 1 }

function ofAnyForm(byForm: typeof alternatives): fc.Arbitrary<GeneralName> {
  return fc.oneof(...nameForms.map((form) => ({ weight: weights[form], arbitrary: fc.constantFrom(...byForm[form]) })))
}

export const alternativeName: fc.Arbitrary<GeneralName> = ofAnyForm(alternatives)

/** Constraints of these subtrees: some permitted, some excluded. */
function constraintsOf(subtree: fc.Arbitrary<GeneralName>): fc.Arbitrary<NameConstraints> {
  const some = fc.uniqueArray(subtree, { minLength: 1, maxLength: 2, selector: (name) => JSON.stringify(name) })
  return fc.oneof(
    fc.record({ permitted: some, excluded: fc.constant([]) }),
    fc.record({ permitted: fc.constant([]), excluded: some }),
    fc.record({ permitted: some, excluded: some }),
  )
}

export const nameConstraints: fc.Arbitrary<NameConstraints> = constraintsOf(ofAnyForm(subtreesOf))

export const namesOfForm: Readonly<Record<NameForm, fc.Arbitrary<GeneralName>>> = byForm((form) =>
  fc.constantFrom(...alternatives[form]),
)

export const constraintsOfForm: Readonly<Record<NameForm, fc.Arbitrary<NameConstraints>>> = byForm((form) =>
  constraintsOf(fc.constantFrom(...subtreesOf[form])),
)

function byForm<Value>(make: (form: NameForm) => Value): Readonly<Record<NameForm, Value>> {
  return Object.fromEntries(nameForms.map((form) => [form, make(form)])) as Record<NameForm, Value>
}

const ordinaryPolicies = ['1.2.3.1', '1.2.3.2'] as const

export const policyIds: fc.Arbitrary<readonly PolicyId[]> = fc.uniqueArray(fc.constantFrom(...ordinaryPolicies, anyPolicy), {
  minLength: 1,
  maxLength: 3,
})

const mapped = fc.constantFrom<PolicyId>(...ordinaryPolicies, ...ordinaryPolicies, ...ordinaryPolicies, anyPolicy)
export const mappings: fc.Arbitrary<readonly PolicyMapping[]> = fc.array(fc.tuple(mapped, mapped), { minLength: 1, maxLength: 2 })

export const skip: fc.Arbitrary<number> = fc.constantFrom(0, 1)
export const policyConstraints: fc.Arbitrary<PolicyConstraints> = fc.oneof(
  fc.record({ requireExplicitPolicy: skip }),
  fc.record({ inhibitPolicyMapping: skip }),
  fc.record({ requireExplicitPolicy: skip, inhibitPolicyMapping: skip }),
)

export const validity: fc.Arbitrary<readonly [notBefore: number, notAfter: number]> = mostly(
  14,
  [thisSecond - year, thisSecond + year],
  [thisSecond, thisSecond],
  [thisSecond + second, thisSecond + year],
  [thisSecond - year, thisSecond - second],
  [thisSecond + second, thisSecond - second],
)

export const keyKind: fc.Arbitrary<Key['kind']> = mostly(10, 'p256', 'p384', 'p521', 'rsa1024', 'rsa2048', 'rsa2048')
/** Most certificates have a key of their own; the others share three. */
export const sharedSlot: fc.Arbitrary<number | undefined> = rarely(5, fc.nat(2))

export const hash: fc.Arbitrary<Hash> = mostly<Hash>(25, 'sha256', 'sha384', 'sha512', 'sha1')

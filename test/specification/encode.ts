import { sign } from 'node:crypto'
import { encode, time } from '../support/asn1.ts'
import * as extension from '../support/extensions.ts'
import { algorithmIdentifier, isRsa, type KeyPair, keyIdOf, keyPair, pssPadding } from '../support/keys.ts'
import { nameNode } from '../support/names.ts'
import { deviationOf } from './deviations.ts'
import type { PointName } from './list-model.ts'
import type { Certificate, Deviation, Extension, Hash, Key, KeyPurpose, Name } from './model.ts'

/**
 * The certificates of the model as DER, signed by node:crypto. Hundreds of thousands are made of the same few names, dates and
 * extensions, so each of these is encoded once by asn1js, and only put together here.
 */

export function keyPairOf({ kind, slot }: Key): KeyPair {
  return keyPair(kind, 15_000 + slot)
}

/** An element of tag and content (X.690 8.1), shorter than 65,536 octets. */
function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0)
  const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.from(header), ...content])
}

const sequence = (...content: readonly Uint8Array[]): Uint8Array => element(0x30, ...content)
const bitString = (content: Uint8Array): Uint8Array => element(0x03, Uint8Array.of(0), content)

/** Remembers what was encoded for the same text. */
function once<Value>(encodeValue: (value: Value) => Uint8Array): (value: Value) => Uint8Array {
  const known = new Map<string, Uint8Array>()
  return (value) => {
    const text = JSON.stringify(value)
    const der = known.get(text) ?? encodeValue(value)
    known.set(text, der)
    return der
  }
}

const nameOf = once<Name>((name) => encode(nameNode(name)))
const timeOf = once<number>((milliseconds) => encode(time(new Date(milliseconds))))
export const keyIdOfKey = once<Key>((key) => keyIdOf(keyPairOf(key).spki))
export const algorithmOf = once<readonly [kind: Key['kind'], hash: Hash, pss: boolean]>(([kind, hash, pss]) =>
  algorithmIdentifier(keyPair(kind), hash, pss),
)

/** A distribution point's name as the minting code takes it. */
export function pointSpec(name: PointName | undefined): { readonly fullName?: readonly PointName[] } {
  return name === undefined ? {} : { fullName: [name] }
}

/** Whether a signature is one with PSS. Only RSA keys make them, and 1024 bits are too few for SHA-512 and its salt. */
function isPss({ pss, signedBy, hash }: Certificate): boolean {
  return pss === true && isRsa(signedBy.kind) && !(signedBy.kind === 'rsa1024' && hash === 'sha512')
}

const purposeNames: Readonly<Record<KeyPurpose, string>> = {
  clientAuth: 'clientAuth',
  serverAuth: 'serverAuth',
  codeSigning: 'codeSigning',
  any: 'anyExtendedKeyUsage',
}

/** The OID and DER of every extension that a certificate of the model may have. DER NULL is a value of what nobody knows. */
const extensions: {
  readonly [Field in ExtensionField]: readonly [oid: string, value: (value: ValueOf<Field>, own: Key) => Uint8Array]
} = {
  basicConstraints: ['2.5.29.19', ({ ca, pathLength }) => extension.basicConstraints(ca, pathLength)],
  keyUsage: ['2.5.29.15', extension.keyUsage],
  extendedKeyUsage: ['2.5.29.37', (purposes) => extension.extendedKeyUsage(purposes.map((purpose) => purposeNames[purpose]))],
  subjectKeyId: ['2.5.29.14', (_nothing, own) => extension.subjectKeyId(keyIdOfKey(own))],
  authorityKeyId: ['2.5.29.35', (key) => extension.authorityKeyId(keyIdOfKey(key))],
  subjectAltName: ['2.5.29.17', extension.generalNames],
  nameConstraints: ['2.5.29.30', ({ permitted, excluded }) => extension.nameConstraints(permitted, excluded)],
  certificatePolicies: ['2.5.29.32', extension.certificatePolicies],
  policyMappings: ['2.5.29.33', extension.policyMappings],
  policyConstraints: [
    '2.5.29.36',
    ({ requireExplicitPolicy, inhibitPolicyMapping }) => extension.policyConstraints(requireExplicitPolicy, inhibitPolicyMapping),
  ],
  inhibitAnyPolicy: ['2.5.29.54', (skip) => Uint8Array.of(2, 1, skip)],
  crlDistributionPoints: [
    '2.5.29.31',
    (points) => extension.crlDistributionPoints(points.map(({ name, ...rest }) => ({ ...pointSpec(name), ...rest }))),
  ],
  unknown: ['1.3.6.1.4.1.99999.15', () => Uint8Array.of(5, 0)],
}

type ExtensionField = {
  [Field in keyof Certificate]-?: NonNullable<Certificate[Field]> extends Extension<unknown> ? Field : never
}[keyof Certificate]

type ValueOf<Field extends ExtensionField> = NonNullable<Certificate[Field]>['value']

/** One extension, by its field, criticality and value; with the certificate's own key where its identifier is the value. */
const extensionOf = once<readonly [ExtensionField, Extension<unknown>, own: Key | undefined, isWritten: boolean]>(
  ([field, { critical, value }, own, isWritten]) => {
    const [oid, encodeValue] = extensions[field] as readonly [string, (value: unknown, own: Key | undefined) => Uint8Array]
    const flag = isWritten ? Uint8Array.of(1, 1, critical ? 0x01 : 0x00) : critical
    return encode(extension.extensionNode({ oid, critical: flag, value: encodeValue(value, own) }))
  },
)

const emptySequence = Uint8Array.of(0x30, 0)

/** Extensions without content, by the deviation that they are. */
const empty: Readonly<Partial<Record<Deviation, Uint8Array>>> = {
  emptyAltName: encode(extension.extensionNode({ oid: '2.5.29.17', value: emptySequence })),
  unreadablePoints: encode(extension.extensionNode({ oid: '2.5.29.31', value: emptySequence })),
  unreadablePolicies: encode(extension.extensionNode({ oid: '2.5.29.32', value: emptySequence })),
}

const fields = Object.keys(extensions) as readonly ExtensionField[]

function extensionsOf(certificate: Certificate): readonly Uint8Array[] {
  if (certificate.version === 1) return []
  const present = fields.filter((field) => certificate[field] !== undefined)
  const deviation = deviationOf(certificate)
  const added = (deviation && empty[deviation]) ?? []
  if (present.length === 0 && added.length === 0) return []
  const own = (field: ExtensionField): Key | undefined => (field === 'subjectKeyId' ? certificate.key : undefined)
  const isWritten = deviation === 'critical'
  const encodedFields = present.map((field) => extensionOf([field, certificate[field]!, own(field), isWritten]))
  return [element(0xa3, sequence(...encodedFields, Uint8Array.from(added)))]
}

const version3 = Uint8Array.of(0xa0, 3, 2, 1, 2)

/** Forgets everything when it is full: what is asked for again is asked for soon. */
export class ShortMemory<Value> {
  readonly #known = new Map<string, Value>()

  get(key: string, make: () => Value): Value {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= 20_000) this.#known.clear()
    const made = make()
    this.#known.set(key, made)
    return made
  }
}

const encoded = new ShortMemory<Uint8Array>()

/** An AlgorithmIdentifier with NULL parameters after its OID. */
export function withNull(identifier: Uint8Array): Uint8Array {
  return sequence(identifier.subarray(2), Uint8Array.of(5, 0))
}

/** The certificate, with a signature of the key that it says signed it. */
export function derOf(certificate: Certificate): Uint8Array {
  return encoded.get(JSON.stringify(certificate), () => signed(certificate))
}

function signed(certificate: Certificate): Uint8Array {
  const { serial, subject, issuer, key, signedBy, hash, notBefore, notAfter } = certificate
  const pss = isPss(certificate)
  const plain = algorithmOf([signedBy.kind, hash, pss])
  const algorithm = deviationOf(certificate) === 'ecdsaNull' ? withNull(plain) : plain
  const tbs = sequence(
    ...(certificate.version === 1 ? [] : [version3]),
    element(0x02, Uint8Array.of(serial)),
    algorithm,
    nameOf(issuer),
    sequence(timeOf(notBefore), timeOf(notAfter)),
    nameOf(subject),
    keyPairOf(key).spki,
    ...extensionsOf(certificate),
  )
  return sequence(tbs, algorithm, bitString(sign(hash, tbs, { key: keyPairOf(signedBy).privateKey, ...(pss ? pssPadding : {}) })))
}

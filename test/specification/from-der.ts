import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type * as asn1js from 'asn1js'
import { bytesOf, children, hex, isContext } from '../support/asn1js-certificate.ts'
import { algorithmIdentifier, keyPair, pssPadding } from '../support/keys.ts'
import { decoded, demand, NotInModel } from './der-reading.ts'
import { extensionsFrom, type KeyIds } from './from-der-extensions.ts'
import { nameFrom } from './from-der-names.ts'
import type { Certificate, Hash, Key, KeyKind } from './model.ts'

/**
 * Certificates of public suites as the model has them: read by asn1js, with signatures by node:crypto. What the model cannot say
 * throws {@link NotInModel}.
 */

interface Algorithm {
  readonly isRsa: boolean
  readonly hash: Hash
  readonly pss: boolean
}

const hashes: readonly Hash[] = ['sha1', 'sha256', 'sha384', 'sha512']

/** The signature algorithms of the model, by the hexadecimal of their DER. */
const algorithms = new Map<string, Algorithm>(
  hashes.flatMap((hash) => [
    [hex(algorithmIdentifier(keyPair('p256'), hash, false)), { isRsa: false, hash, pss: false }],
    [hex(algorithmIdentifier(keyPair('rsa2048'), hash, false)), { isRsa: true, hash, pss: false }],
    [hex(algorithmIdentifier(keyPair('rsa2048'), hash, true)), { isRsa: true, hash, pss: true }],
  ]),
)

const curveKinds: Readonly<Record<string, KeyKind>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' }
const rsaKinds: readonly KeyKind[] = ['rsa1024', 'rsa2048', 'rsa3072', 'rsa4096']

/** The DER lengths of a SubjectPublicKeyInfo whose point is not compressed. */
const spkiLengths: Readonly<Partial<Record<KeyKind, number>>> = { p256: 91, p384: 120, p521: 158 }

interface PublicKey {
  readonly kind: KeyKind
  readonly object: KeyObject
}

/** A certificate before its keys are known by number. */
interface Read {
  readonly fields: Omit<Certificate, 'serial' | 'key' | 'signedBy' | 'authorityKeyId' | 'subjectKeyId'>
  readonly tbs: Uint8Array
  readonly signature: Uint8Array
  readonly algorithm: Algorithm
  readonly spki: string
  readonly publicKey: PublicKey
  readonly keyIds: KeyIds
  /** What only conformance would notice, as the model has only what conforms. */
  readonly lapses: readonly string[]
}

const known = new Map<string, Read | NotInModel>()

/** The same certificates are in many cases. */
function readOnce(der: Uint8Array): Read {
  const name = hex(der)
  const found = known.get(name) ?? caught(der)
  known.set(name, found)
  if (found instanceof NotInModel) throw found
  return found
}

function caught(der: Uint8Array): Read | NotInModel {
  try {
    return read(der)
  } catch (error) {
    if (error instanceof NotInModel) return error
    throw error
  }
}

function read(der: Uint8Array): Read {
  const parts = children(decoded(der))
  demand(parts.length === 3, 'malformed')
  const [tbs, algorithm, signature] = parts
  const fields = [...children(tbs!)]
  const isVersion1 = !isContext(fields[0], 0)
  if (!isVersion1) demand(hex(bytesOf(fields.shift()!)) === 'a003020102', 'another version')
  demand(
    fields.length === (isVersion1 ? 6 : 7) && (isVersion1 || isContext(fields[6], 3)),
    'version 3 without extensions, or unique identifiers',
  )
  const [serial, inner, issuer, validity, subject, spki, list] = fields
  demand(hex(bytesOf(inner!)) === hex(bytesOf(algorithm!)), 'two signature algorithms')
  const known = algorithms.get(hex(bytesOf(algorithm!)))
  if (known === undefined) throw new NotInModel('another signature algorithm')
  const dates = children(validity!)
  const { keyIds, isKeyIdUsual, ...extensions } = extensionsFrom(list === undefined ? [] : children(children(list)[0]!))
  return {
    fields: {
      subject: nameFrom(subject!),
      issuer: nameFrom(issuer!),
      hash: known.hash,
      ...(known.pss ? { pss: true as const } : {}),
      ...(isVersion1 ? { version: 1 as const } : {}),
      notBefore: dateFrom(dates[0]!),
      notAfter: dateFrom(dates[1]!),
      ...extensions,
    },
    tbs: bytesOf(tbs!),
    signature: (signature as asn1js.BitString).valueBlock.valueHexView,
    algorithm: known,
    spki: hex(bytesOf(spki!)),
    publicKey: publicKeyFrom(bytesOf(spki!)),
    keyIds,
    lapses: [
      ...(isSerialUsual(serial as asn1js.Integer) ? [] : ['serial number']),
      ...(dates.every(isDateUsual) ? [] : ['encoding of dates']),
      ...(isKeyIdUsual ? [] : ['an authorityKeyIdentifier that is more or less than a keyIdentifier']),
    ],
  }
}

/** 4.1.2.2: positive, at most 20 octets. */
function isSerialUsual(serial: asn1js.Integer): boolean {
  const bytes = serial.valueBlock.valueHexView
  return bytes.length <= 20 && bytes[0]! < 0x80 && bytes.some((byte) => byte > 0)
}

const utcTime = 23

/** 4.1.2.5: UTCTime through 2049. */
function isDateUsual(time: asn1js.AsnType): boolean {
  return time.idBlock.tagNumber === utcTime || dateFrom(time) >= Date.UTC(2050)
}

/** 4.1.2.5: to the second in UTC. */
function dateFrom(time: asn1js.AsnType): number {
  const { tagNumber } = time.idBlock
  const text = Buffer.from((time as asn1js.UTCTime).valueBlock.valueHexView).toString('latin1')
  demand(/^([0-9]{2})?[0-9]{12}Z$/.test(text) && text.length === (tagNumber === utcTime ? 13 : 15), 'encoding of dates')
  const year = tagNumber === utcTime ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') + text.slice(0, 2) : text.slice(0, 4)
  const [, month, day, hour, minute, second] = /(..)(..)(..)(..)(..)Z$/.exec(text)!
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function publicKeyFrom(spki: Uint8Array): PublicKey {
  let object: KeyObject
  try {
    object = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    throw new NotInModel('another key')
  }
  const { namedCurve, modulusLength, publicExponent } = object.asymmetricKeyDetails ?? {}
  const type = object.asymmetricKeyType
  const kind = type === 'rsa' ? rsaKinds.find((each) => each === `rsa${modulusLength}`) : curveKinds[namedCurve ?? '']
  if (kind === undefined || (type !== 'rsa' && type !== 'ec')) throw new NotInModel('another key')
  demand(type === 'ec' || publicExponent === 65_537n || publicExponent === 3n, 'another key')
  demand(type === 'rsa' || spki.length === spkiLengths[kind], 'another key')
  return { kind, object }
}

/** The certificates of one case, in order. Serials, and the slots of keys, number what is the same. */
export function certificatesFrom(ders: readonly Uint8Array[], isConformanceChecked: boolean): readonly Certificate[] {
  const names = ders.map(hex)
  const all = ders.map(readOnce)
  const [lapse] = all.flatMap(({ lapses }) => lapses)
  demand(lapse === undefined || !isConformanceChecked, lapse!)
  const keys = new KeyNumbers(all)
  return all.map((each, i) => {
    const { critical, subject, authority } = each.keyIds
    const subjectKeyId = subject === undefined ? {} : { subjectKeyId: { critical: critical.subject, value: undefined } }
    const authorityKeyId =
      authority === undefined ? {} : { authorityKeyId: { critical: critical.authority, value: keys.named(authority) } }
    const serial = names.indexOf(names[i]!)
    return { serial, ...each.fields, ...subjectKeyId, ...authorityKeyId, key: keys.of(each), signedBy: keys.signerOf(each) }
  })
}

const nobody: Key = { kind: 'p256', slot: -1 }

class KeyNumbers {
  readonly #all: readonly Read[]
  readonly #spkis: readonly string[]
  readonly #ids: readonly string[]

  constructor(all: readonly Read[]) {
    this.#all = all
    this.#spkis = all.map(({ spki }) => spki)
    this.#ids = all.flatMap(({ keyIds }) => keyIds.authority ?? [])
    const pairs = new Set(all.flatMap(({ spki, keyIds }) => (keyIds.subject === undefined ? [] : `${spki} ${keyIds.subject}`)))
    const isOne = (part: 0 | 1): boolean => new Set([...pairs].map((pair) => pair.split(' ')[part])).size === pairs.size
    demand(isOne(0) && isOne(1), 'a key with two identifiers, or two with one')
  }

  of({ spki, publicKey }: Read): Key {
    return { kind: publicKey.kind, slot: this.#spkis.indexOf(spki) }
  }

  /** The key with this identifier, which may be nobody's. */
  named(id: string): Key {
    const owner = this.#all.find(({ keyIds }) => keyIds.subject === id)
    return owner === undefined ? { kind: 'p256', slot: -2 - this.#ids.indexOf(id) } : this.of(owner)
  }

  signerOf(child: Read): Key {
    const signer = this.#all.find((issuer) => isSignedBy(child, issuer))
    return signer === undefined ? nobody : this.of(signer)
  }
}

const verified = new WeakMap<Read, Map<string, boolean>>()

function isSignedBy(child: Read, issuer: Read): boolean {
  const results = verified.get(child) ?? new Map<string, boolean>()
  verified.set(child, results)
  const result = results.get(issuer.spki) ?? signatureVerifies(child, issuer.publicKey.object)
  results.set(issuer.spki, result)
  return result
}

function signatureVerifies({ tbs, algorithm, signature }: Read, key: KeyObject): boolean {
  if (algorithm.isRsa !== (key.asymmetricKeyType === 'rsa')) return false
  return verify(algorithm.hash, tbs, { key, ...(algorithm.pss ? pssPadding : {}) }, signature)
}

import { hexOfRange } from '../bytes/hex.ts'
import { encodePem } from '../bytes/pem.ts'
import { rangesEqual } from '../bytes/range.ts'
import { type KeyParts, type PublicKey, readPublicKey } from '../crypto/public-key.ts'
import { oidText } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import { type BasicConstraints, noPathLength } from './constraints.ts'
import * as ExtensionId from './extension-id.ts'
import { type GeneralName, generalNamesOf } from './general-name.ts'
import { type CertificateJson, fieldsOf } from './json.ts'
import { extendedKeyUsageList, type KeyUsage, keyUsageList } from './key-usage.ts'
import { canonicalName } from './name.ts'
import { equalAtSight } from './name-difference.ts'
import { type NameFormat, nameForMessage, nameText } from './name-text.ts'
import { SignedView } from './signed.ts'

/**
 * A read-only view of an X.509 certificate (RFC 5280 section 4); fields are decoded when first read. It reads from its own copy:
 * you may change the bytes that it was parsed from, and those that it returns. For a returning client, every verdict of a
 * truststore has the same view.
 */
export interface Certificate {
  /** The certificate's DER; like all bytes here a new copy each time. */
  readonly raw: Uint8Array
  /** DER of the TBSCertificate: what is signed. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2 | 3
  /** The INTEGER's content in lower-case hexadecimal, without a padding zero byte: `02a1`. */
  readonly serialNumber: string
  /** RFC 4514: most specific attribute first. */
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: PublicKey
  /** DER of the SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array
  readonly signatureAlgorithm: { readonly name: string; readonly hash?: string; readonly oid: string }
  /** Empty where the extension is absent. */
  readonly subjectAltNames: readonly GeneralName[]
  /** Undefined where the extension is absent. */
  readonly basicConstraints: BasicConstraints | undefined
  readonly keyUsage: readonly KeyUsage[] | undefined
  /** Names of the purposes (`clientAuth`), OIDs of unknown ones; undefined where the extension is absent. */
  readonly extendedKeyUsage: readonly string[] | undefined
  /** Lower-case hexadecimal. */
  readonly subjectKeyId: string | undefined
  readonly authorityKeyId: string | undefined
  /** SHA-256 of the DER, in lower-case hexadecimal. */
  readonly fingerprint: string
  /** Whether subject and issuer are the same name (RFC 5280 7.1); says nothing about who signed. */
  readonly isSelfIssued: boolean
  /** The subject in another order or notation; see {@link NameFormat}. */
  formatSubject(format: NameFormat): string
  /** The issuer in another order or notation; see {@link NameFormat}. */
  formatIssuer(format: NameFormat): string
  /** PEM with a final newline (RFC 7468). */
  toPem(): string
  /** What `JSON.stringify` writes; see {@link CertificateJson}. */
  toJSON(): CertificateJson
}

const jsonFields = [
  'version',
  'serialNumber',
  'subject',
  'issuer',
  'notBefore',
  'notAfter',
  'publicKey',
  'signatureAlgorithm',
  'subjectAltNames',
  'basicConstraints',
  'keyUsage',
  'extendedKeyUsage',
  'subjectKeyId',
  'authorityKeyId',
  'fingerprint',
  'isSelfIssued',
] as const satisfies readonly (keyof CertificateJson)[]

/** Fields, key and fingerprint of a view; each of its extensions; a canonical name in its DER. As measured, rounded up. */
const fixedBytes = 1200
const extensionBytes = 40
const foldedNameFactor = 4

/** The view itself. Offsets are filled in by `parse-certificate.ts` in one pass; validation works on them directly. */
export class CertificateView extends SignedView implements Certificate {
  version: 1 | 2 | 3 = 1
  serialStart = 0
  serialEnd = 0
  subjectStart = 0
  subjectEnd = 0
  /** Milliseconds since the epoch. */
  notBeforeTime = 0
  notAfterTime = 0
  /** Which of the two are GeneralizedTime. */
  notBeforeGeneral = false
  notAfterGeneral = false
  keyStart = 0
  keyEnd = 0
  hasUniqueIds = false

  /** basicConstraints says cA. */
  isCa = false
  pathLength: number = noPathLength
  /** -1 where the extension is absent. */
  keyUsageBits = -1
  /** -1 where the extension is absent. */
  purposeBits = -1
  subjectKeyIdStart = 0
  subjectKeyIdEnd = 0
  authorityHasIssuer = false
  authorityHasSerial = false
  /** The GeneralName elements of subjectAltName. */
  altNamesStart = 0
  altNamesEnd = 0
  /** certificatePolicies has a qualifier other than a CPS pointer or user notice. */
  hasUnknownQualifier = false
  /** -1 where absent. */
  requireExplicitPolicy = -1
  inhibitPolicyMapping = -1
  inhibitAnyPolicy = -1

  #cachedKey: KeyParts | undefined = undefined
  #cachedSubjectKey: string | undefined = undefined
  #cachedSelfIssued: boolean | undefined = undefined

  get subjectPublicKeyInfo(): Uint8Array {
    return this.part(this.keyStart, this.keyEnd)
  }

  /** The public key with its parts located, and the fault that makes it unusable. */
  get keyParts(): KeyParts {
    this.#cachedKey ??= readPublicKey(this.bytes, this.keyStart, this.keyEnd)
    return this.#cachedKey
  }

  get isSelfIssued(): boolean {
    this.#cachedSelfIssued ??= this.issuerIs(this)
    return this.#cachedSelfIssued
  }

  /** The subject as a text that is equal for equal names (RFC 5280 7.1); made once, since searches ask often. */
  get subjectKey(): string {
    this.#cachedSubjectKey ??= canonicalName(this.bytes, this.subjectStart, this.subjectEnd)
    return this.#cachedSubjectKey
  }

  /** Whether both have the same subject, by name: by bytes, and only where those differ by folding. */
  hasSubjectOf(other: CertificateView): boolean {
    const { bytes, subjectStart, subjectEnd } = this
    return (
      equalAtSight(bytes, subjectStart, subjectEnd, other.bytes, other.subjectStart, other.subjectEnd) ??
      this.subjectKey === other.subjectKey
    )
  }

  /** Whether both have the same public key, to the byte. */
  hasKeyOf(other: CertificateView): boolean {
    return rangesEqual(this.bytes, this.keyStart, this.keyEnd, other.bytes, other.keyStart, other.keyEnd)
  }

  /** Forgets what can be found out again, for certificates that are kept by the thousand. */
  releaseCaches(): void {
    this.#cachedKey = undefined
    this.#cachedSubjectKey = undefined
    this.extensions.trim()
  }

  /** What the view takes of the heap beyond its bytes, at most: with everything that it remembers once it was asked. */
  get heapBytes(): number {
    const names = this.issuerEnd - this.issuerStart + this.subjectEnd - this.subjectStart
    return fixedBytes + extensionBytes * this.extensions.length + foldedNameFactor * names
  }

  get subjectIsEmpty(): boolean {
    return this.subjectEnd - this.subjectStart === 2
  }

  get serialNumber(): string {
    const padded = this.bytes[this.serialStart] === 0 && this.serialEnd - this.serialStart > 1
    return hexOfRange(this.bytes, padded ? this.serialStart + 1 : this.serialStart, this.serialEnd)
  }

  get subject(): string {
    return this.formatSubject('rfc4514')
  }

  formatSubject(format: NameFormat): string {
    return nameText(this.bytes, this.subjectStart, this.subjectEnd, format)
  }

  /** Subject and issuer as messages name them: bounded, whatever the peer wrote. */
  get subjectForMessage(): string {
    return nameForMessage(this.bytes, this.subjectStart, this.subjectEnd)
  }

  get notBefore(): Date {
    return new Date(this.notBeforeTime)
  }

  get notAfter(): Date {
    return new Date(this.notAfterTime)
  }

  get publicKey(): PublicKey {
    return { ...this.keyParts.key }
  }

  get signatureAlgorithm(): { readonly name: string; readonly hash?: string; readonly oid: string } {
    const reader = new Reader(this.bytes, this.algorithmStart, this.algorithmEnd)
    reader.next('AlgorithmIdentifier')
    reader.descend()
    reader.next('AlgorithmIdentifier')
    const oid = oidText(this.bytes, reader.start, reader.end)
    const known = this.parsedAlgorithm
    return typeof known === 'string' ? { name: oid, oid } : { name: known.name, hash: known.hash, oid }
  }

  get subjectAltNames(): readonly GeneralName[] {
    return generalNamesOf(this.bytes, this.altNamesStart, this.altNamesEnd)
  }

  get basicConstraints(): BasicConstraints | undefined {
    if (!this.extensions.has(ExtensionId.basicConstraints)) return undefined
    return this.pathLength === noPathLength ? { ca: this.isCa } : { ca: this.isCa, pathLength: this.pathLength }
  }

  get keyUsage(): readonly KeyUsage[] | undefined {
    return this.keyUsageBits < 0 ? undefined : keyUsageList(this.keyUsageBits)
  }

  get extendedKeyUsage(): readonly string[] | undefined {
    const index = this.extensions.find(ExtensionId.extendedKeyUsage)
    if (index < 0) return undefined
    return extendedKeyUsageList(this.bytes, this.extensions.valueStartAt(index), this.extensions.valueEndAt(index))
  }

  get subjectKeyId(): string | undefined {
    if (!this.extensions.has(ExtensionId.subjectKeyIdentifier)) return undefined
    return hexOfRange(this.bytes, this.subjectKeyIdStart, this.subjectKeyIdEnd)
  }

  toPem(): string {
    return encodePem('CERTIFICATE', this.bytes)
  }

  toJSON(): CertificateJson {
    return fieldsOf(this, jsonFields)
  }
}

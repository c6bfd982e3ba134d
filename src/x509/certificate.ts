import { hexOf } from '../bytes/encoding.ts'
import { encodePem } from '../bytes/pem.ts'
import type { Span } from '../bytes/span.ts'
import type { Deviation } from '../codes/deviation.ts'
import { type KeyParts, type PublicKey, readPublicKey, withNull } from '../crypto/public-key.ts'
import { oidText } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import type { BasicConstraints } from './constraints.ts'
import { type GeneralName, generalNamesOf } from './general-name.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as Part from './ids/part.ts'
import { type CertificateJson, fieldsOf } from './json.ts'
import { extendedKeyUsageList, type KeyUsage, keyUsageList } from './key-usage.ts'
import { canonicalName, equalWithoutFolding } from './name.ts'
import { type NameFormat, nameForMessage, nameText } from './name-text.ts'
import { inOrder, SignedView } from './signed.ts'

/**
 * A read-only view of an X.509 certificate (RFC 5280 section 4). Fields are decoded when they are first read. The view has its
 * own copy of the bytes, so you may change the bytes that it was parsed from and those that it returns. For a returning
 * client, a truststore's verdicts share one view.
 */
export interface Certificate {
  /** The DER of the certificate. This and all other byte fields return a new copy each time. */
  readonly raw: Uint8Array
  /** DER of the TBSCertificate, the signed part. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2 | 3
  /** The content of the INTEGER in lower-case hexadecimal, without the sign byte 00: `02a1`. */
  readonly serialNumber: string
  /** RFC 4514: the most specific attribute comes first. */
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: PublicKey
  /** DER of the SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array
  readonly signatureAlgorithm: { readonly name: string; readonly hash?: string; readonly oid: string }
  /** Empty if the extension is absent. */
  readonly subjectAltNames: readonly GeneralName[]
  /** Undefined if the extension is absent. */
  readonly basicConstraints: BasicConstraints | undefined
  readonly keyUsage: readonly KeyUsage[] | undefined
  /** Names of the purposes (`clientAuth`), or their OIDs if unknown. Undefined if the extension is absent. */
  readonly extendedKeyUsage: readonly string[] | undefined
  /** Lower-case hexadecimal. */
  readonly subjectKeyId: string | undefined
  readonly authorityKeyId: string | undefined
  /** SHA-256 of the DER, in lower-case hexadecimal. */
  readonly fingerprint: string
  /** Whether subject and issuer are the same name (RFC 5280 7.1). Does not mean that the certificate is self-signed. */
  readonly isSelfIssued: boolean
  /** Deviations from DER and from the syntax of RFC 5280, by offset; see docs/reference/deviations.md. Nearly always empty. */
  readonly deviations: readonly Deviation[]
  /** The subject in another order or notation; see {@link NameFormat}. */
  formatSubject(format: NameFormat): string
  /** The issuer in another order or notation; see {@link NameFormat}. */
  formatIssuer(format: NameFormat): string
  /** PEM with a final newline (RFC 7468). */
  toPem(): string
  /** Called by `JSON.stringify`; see {@link CertificateJson}. */
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
  'deviations',
] as const satisfies readonly (keyof CertificateJson)[]

/** Measured heap sizes, rounded up. Fields, key and fingerprint of a view. */
const fixedBytes = 1200
/** Per extension. */
const extensionBytes = 40
/** A canonical name, relative to its DER. */
const foldedNameFactor = 4

/** The implementation of {@link Certificate}. `parse-certificate.ts` fills it in one pass. Validation reads its spans. */
export class CertificateView extends SignedView implements Certificate {
  version: 1 | 2 | 3 = 1
  /** Milliseconds since the epoch. */
  notBeforeTime = 0
  notAfterTime = 0
  /** Whether each of them is a GeneralizedTime. */
  notBeforeGeneral = false
  notAfterGeneral = false
  hasUniqueIds = false

  /** cA in basicConstraints. */
  isCa = false
  pathLength: number | undefined = undefined
  /** Bits of `KeyUsageBit`. */
  keyUsageBits: number | undefined = undefined
  /** The purposes in extendedKeyUsage, as bits of `PurposeBit`. */
  purposeBits: number | undefined = undefined
  authorityHasIssuer = false
  authorityHasSerial = false
  /** Whether certificatePolicies has a qualifier other than a CPS pointer or user notice. */
  hasUnknownQualifier = false
  requireExplicitPolicy: number | undefined = undefined
  inhibitPolicyMapping: number | undefined = undefined
  inhibitAnyPolicy: number | undefined = undefined

  #cachedKey: KeyParts | undefined
  #cachedSubjectKey: string | undefined
  #cachedSelfIssued: boolean | undefined

  /** The content of the INTEGER serialNumber. */
  get serial(): Span {
    return this.part(Part.serial)
  }

  get subjectName(): Span {
    return this.part(Part.subject)
  }

  /** The SubjectPublicKeyInfo. */
  get keyInfo(): Span {
    return this.part(Part.keyInfo)
  }

  /** The content of the extension's OCTET STRING. */
  get subjectKeyIdentifier(): Span | undefined {
    return this.partIfAny(Part.subjectKeyIdentifier)
  }

  /** The GeneralName elements of subjectAltName. */
  get altNames(): Span | undefined {
    return this.partIfAny(Part.altNames)
  }

  override get deviations(): readonly Deviation[] {
    const { keyParts, keyInfo } = this
    const known = super.deviations
    if (keyParts.kind !== 'rsa' || !keyParts.lacksNull) return known
    return inOrder([...known, { code: 'rsa_key_without_null', offset: keyInfo.start }])
  }

  get subjectPublicKeyInfo(): Uint8Array {
    return this.keyInfo.copy()
  }

  /** The parts of the public key, and the fault that makes it unusable, if any. */
  get keyParts(): KeyParts {
    this.#cachedKey ??= readPublicKey(this.keyInfo)
    return this.#cachedKey
  }

  get isSelfIssued(): boolean {
    this.#cachedSelfIssued ??= this.hasIssuerName(this)
    return this.#cachedSelfIssued
  }

  /** The canonical text of the subject: equal names (RFC 5280 7.1) have equal texts. Cached, because path building needs it. */
  get subjectKey(): string {
    this.#cachedSubjectKey ??= canonicalName(this.subjectName)
    return this.#cachedSubjectKey
  }

  /** Whether both have the same subject (RFC 5280 7.1). Names are folded only if their bytes do not settle it. */
  hasSubjectOf(other: CertificateView): boolean {
    return equalWithoutFolding(this.subjectName, other.subjectName) ?? this.subjectKey === other.subjectKey
  }

  /** The public key as bytes that are equal for equal keys: the SubjectPublicKeyInfo, for RSA with its NULL parameters. */
  get keyIdentity(): Span {
    const { keyParts, keyInfo } = this
    return keyParts.kind === 'rsa' && keyParts.lacksNull ? withNull(keyInfo) : keyInfo
  }

  /** Whether both have the same public key. An RSA key with NULL parameters is a few bytes longer than the same key without. */
  hasKeyOf(other: CertificateView): boolean {
    const { keyInfo } = this
    if (keyInfo.equals(other.keyInfo)) return true
    const difference = Math.abs(keyInfo.length - other.keyInfo.length)
    return difference > 0 && difference < 6 && this.keyIdentity.equals(other.keyIdentity)
  }

  /** Drops caches that can be rebuilt. A truststore may keep many thousand certificates. */
  releaseCaches(): void {
    this.#cachedKey = undefined
    this.#cachedSubjectKey = undefined
    this.extensions.trim()
  }

  /** Upper bound of the heap that the view uses besides its bytes, with all caches filled. */
  get heapBytes(): number {
    const names = this.issuerName.length + this.subjectName.length
    return fixedBytes + extensionBytes * this.extensions.length + foldedNameFactor * names
  }

  get subjectIsEmpty(): boolean {
    return this.subjectName.length === 2
  }

  get serialNumber(): string {
    return hexOf(this.serial.unpadded())
  }

  get subject(): string {
    return this.formatSubject('rfc4514')
  }

  formatSubject(format: NameFormat): string {
    return nameText(this.subjectName, format)
  }

  /** The subject for a message: bounded in length. */
  get subjectForMessage(): string {
    return nameForMessage(this.subjectName)
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
    const reader = new Reader(this.algorithm)
    reader.next('AlgorithmIdentifier')
    reader.descend()
    reader.next('AlgorithmIdentifier')
    const oid = oidText(reader.content())
    const known = this.parsedAlgorithm
    return typeof known === 'string' ? { name: oid, oid } : { name: known.name, hash: known.hash, oid }
  }

  get subjectAltNames(): readonly GeneralName[] {
    const { altNames } = this
    return altNames === undefined ? [] : generalNamesOf(altNames)
  }

  get basicConstraints(): BasicConstraints | undefined {
    if (!this.extensions.has(ExtensionId.basicConstraints)) return undefined
    return this.pathLength === undefined ? { ca: this.isCa } : { ca: this.isCa, pathLength: this.pathLength }
  }

  get keyUsage(): readonly KeyUsage[] | undefined {
    return this.keyUsageBits === undefined ? undefined : keyUsageList(this.keyUsageBits)
  }

  get extendedKeyUsage(): readonly string[] | undefined {
    const value = this.extensions.value(ExtensionId.extendedKeyUsage)
    return value && extendedKeyUsageList(value)
  }

  get subjectKeyId(): string | undefined {
    const { subjectKeyIdentifier } = this
    return subjectKeyIdentifier && hexOf(subjectKeyIdentifier)
  }

  toPem(): string {
    return encodePem('CERTIFICATE', this.bytes)
  }

  toJSON(): CertificateJson {
    return fieldsOf(this, jsonFields)
  }
}

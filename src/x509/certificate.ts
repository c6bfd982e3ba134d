import { hexOf } from '../bytes/encoding.ts'
import { encodePem } from '../bytes/pem.ts'
import type { Span } from '../bytes/span.ts'
import { type KeyParts, type PublicKey, readPublicKey } from '../crypto/public-key.ts'
import { oidText } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import type { BasicConstraints } from './constraints.ts'
import { type GeneralName, generalNamesOf } from './general-name.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as Part from './ids/part.ts'
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

/** The view itself. `parse-certificate.ts` fills it in in one pass; validation works on spans of it. */
export class CertificateView extends SignedView implements Certificate {
  version: 1 | 2 | 3 = 1
  /** Milliseconds since the epoch. */
  notBeforeTime = 0
  notAfterTime = 0
  /** Which of the two are GeneralizedTime. */
  notBeforeGeneral = false
  notAfterGeneral = false
  hasUniqueIds = false

  /** basicConstraints says cA. */
  isCa = false
  pathLength: number | undefined = undefined
  /** As in `KeyUsageBit`. */
  keyUsageBits: number | undefined = undefined
  /** What extendedKeyUsage lists, as in `PurposeBit`. */
  purposeBits: number | undefined = undefined
  authorityHasIssuer = false
  authorityHasSerial = false
  /** certificatePolicies has a qualifier other than a CPS pointer or user notice. */
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

  /** The identifier in the extension of that name. */
  get subjectKeyIdentifier(): Span | undefined {
    return this.partIfAny(Part.subjectKeyIdentifier)
  }

  /** The GeneralName elements of subjectAltName. */
  get altNames(): Span | undefined {
    return this.partIfAny(Part.altNames)
  }

  get subjectPublicKeyInfo(): Uint8Array {
    return this.keyInfo.copy()
  }

  /** The public key with its parts located, and the fault that makes it unusable. */
  get keyParts(): KeyParts {
    this.#cachedKey ??= readPublicKey(this.keyInfo)
    return this.#cachedKey
  }

  get isSelfIssued(): boolean {
    this.#cachedSelfIssued ??= this.issuerIs(this)
    return this.#cachedSelfIssued
  }

  /** The subject as a text that is equal for equal names (RFC 5280 7.1); made once, since searches ask often. */
  get subjectKey(): string {
    this.#cachedSubjectKey ??= canonicalName(this.subjectName)
    return this.#cachedSubjectKey
  }

  /** Whether both have the same subject, by name: by bytes, and only where those differ by folding. */
  hasSubjectOf(other: CertificateView): boolean {
    return equalAtSight(this.subjectName, other.subjectName) ?? this.subjectKey === other.subjectKey
  }

  /** Whether both have the same public key, to the byte. */
  hasKeyOf(other: CertificateView): boolean {
    return this.keyInfo.equals(other.keyInfo)
  }

  /** Forgets what can be found out again, for certificates that are kept by the thousand. */
  releaseCaches(): void {
    this.#cachedKey = undefined
    this.#cachedSubjectKey = undefined
    this.extensions.trim()
  }

  /** What the view takes of the heap beyond its bytes, at most: with everything that it remembers once it was asked. */
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

  /** Subject and issuer as messages name them: bounded, whatever the peer wrote. */
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

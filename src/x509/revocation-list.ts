import { hexOf, hexOfRange } from '../bytes/hex.ts'
import { encodePem } from '../bytes/pem.ts'
import { bytesEqual } from '../bytes/range.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm } from '../crypto/algorithm.ts'
import { digest } from '../crypto/digest.ts'
import type { IssuingDistributionPoint } from './distribution-point.ts'
import { ExtensionId, ExtensionList } from './extension-list.ts'
import { canonicalName } from './name.ts'
import { nameText } from './name-text.ts'
import { type RevocationEntry, type RevocationReason, reasonNames } from './revocation-entry.ts'
import { SerialIndex } from './serial-index.ts'

/** One entry of a revocation list. */
export interface RevokedCertificate {
  /** As {@link Certificate.serialNumber}. */
  readonly serialNumber: string
  readonly revocationDate: Date
  /** `unspecified` where the entry gives none. */
  readonly reason: RevocationReason
}

/** A read-only view of an X.509 CRL (RFC 5280 section 5) over the bytes it was parsed from. */
export interface RevocationList {
  readonly raw: Uint8Array
  readonly tbs: Uint8Array
  readonly version: 1 | 2
  /** RFC 4514. */
  readonly issuer: string
  readonly thisUpdate: Date
  /** RFC 5280 5.1.2.5 demands it; lists without one never count as fresh. */
  readonly nextUpdate: Date | undefined
  /** Lower-case hexadecimal. */
  readonly authorityKeyId: string | undefined
  /** Lower-case hexadecimal of the INTEGER's content. */
  readonly crlNumber: string | undefined
  /** Whether this is a delta list (RFC 5280 5.2.4). */
  readonly isDelta: boolean
  /** Whether it lists certificates of other issuers (RFC 5280 5.2.5). */
  readonly isIndirect: boolean
  /** How many entries it has. */
  readonly entryCount: number
  /** SHA-256 of the DER, in lower-case hexadecimal. */
  readonly fingerprint: string
  /** The entry of a serial number of this list's own issuer (as {@link Certificate.serialNumber} writes it). */
  find(serialNumber: string): RevokedCertificate | undefined
  toPem(): string
}

/** For how many keys a list remembers whether they signed it. */
const rememberedKeys = 8

/** The view itself; `parse-revocation-list.ts` fills it in. */
export class RevocationListView implements RevocationList {
  readonly bytes: Uint8Array
  version: 1 | 2 = 1
  tbsStart = 0
  tbsEnd = 0
  tbsAlgorithmStart = 0
  tbsAlgorithmEnd = 0
  algorithmStart = 0
  algorithmEnd = 0
  issuerStart = 0
  issuerEnd = 0
  thisUpdateTime = 0
  nextUpdateTime: number | undefined = undefined
  entriesStart = 0
  entriesEnd = 0
  entryCount = 0
  signatureStart = 0
  signatureEnd = 0
  authorityKeyIdStart = 0
  authorityKeyIdEnd = 0
  crlNumberStart = 0
  crlNumberEnd = 0
  baseCrlNumberStart = 0
  baseCrlNumberEnd = 0
  scope: IssuingDistributionPoint | undefined = undefined
  /** Some entry has a critical extension that is not understood. */
  hasUnknownCriticalEntry = false
  /** Some entry names another issuer although the list is not indirect. */
  hasStrayIssuer = false
  readonly extensions: ExtensionList = new ExtensionList()
  private readonly signatures: { readonly spki: Uint8Array; readonly signed: boolean }[] = []
  private index: SerialIndex | undefined = undefined
  private cachedIssuerKey: string | undefined = undefined
  private cachedFingerprint: string | undefined = undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get raw(): Uint8Array {
    return this.bytes
  }

  get tbs(): Uint8Array {
    return this.bytes.subarray(this.tbsStart, this.tbsEnd)
  }

  get signature(): Uint8Array {
    return this.bytes.subarray(this.signatureStart, this.signatureEnd)
  }

  get algorithmIdentifier(): Uint8Array {
    return this.bytes.subarray(this.algorithmStart, this.algorithmEnd)
  }

  get parsedAlgorithm(): SignatureAlgorithm | 'unknown_algorithm' | 'wrong_parameters' {
    return readSignatureAlgorithm(this.bytes, this.algorithmStart, this.algorithmEnd)
  }

  get issuer(): string {
    return nameText(this.bytes, this.issuerStart, this.issuerEnd)
  }

  /** The issuer as a text that is equal for equal names (RFC 5280 7.1); made once. */
  get issuerKey(): string {
    this.cachedIssuerKey ??= canonicalName(this.bytes, this.issuerStart, this.issuerEnd)
    return this.cachedIssuerKey
  }

  get thisUpdate(): Date {
    return new Date(this.thisUpdateTime)
  }

  get nextUpdate(): Date | undefined {
    return this.nextUpdateTime === undefined ? undefined : new Date(this.nextUpdateTime)
  }

  get authorityKeyId(): string | undefined {
    return this.authorityKeyIdStart === 0 ? undefined : hexOfRange(this.bytes, this.authorityKeyIdStart, this.authorityKeyIdEnd)
  }

  get crlNumber(): string | undefined {
    return this.crlNumberStart === 0 ? undefined : hexOfRange(this.bytes, this.crlNumberStart, this.crlNumberEnd)
  }

  get isDelta(): boolean {
    return this.extensions.has(ExtensionId.deltaCrlIndicator)
  }

  get isIndirect(): boolean {
    return this.scope?.indirect ?? false
  }

  get fingerprint(): string {
    this.cachedFingerprint ??= hexOf(digest('sha256', this.bytes)!)
    return this.cachedFingerprint
  }

  find(serialNumber: string): RevokedCertificate | undefined {
    const serial = serialOfHex(serialNumber)
    if (serial === undefined) return undefined
    for (const entry of this.entriesOf(serial, 0, serial.length)) {
      if (this.isIndirect && entry.issuerEnd > entry.issuerStart) continue
      return {
        serialNumber,
        revocationDate: new Date(entry.revocationTime),
        reason: reasonNames[entry.reason] ?? 'unspecified',
      }
    }
    return undefined
  }

  /** Whether the key made the list's signature, if that was found out before. */
  signatureUnder(spki: Uint8Array): boolean | undefined {
    return this.signatures.find((known) => bytesEqual(known.spki, spki))?.signed
  }

  /** Keeps the result for a key; a handful of keys, since few can be of the list's issuer. */
  rememberSignature(spki: Uint8Array, signed: boolean): void {
    if (this.signatures.length < rememberedKeys) this.signatures.push({ spki: spki.slice(), signed })
  }

  /** Every entry with this serial number (the INTEGER's content); on an indirect list there may be one an issuer. */
  entriesOf(bytes: Uint8Array, start: number, end: number): readonly RevocationEntry[] {
    this.index ??= new SerialIndex(this)
    return this.index.lookUp(bytes, start, end)
  }

  toPem(): string {
    return encodePem('X509 CRL', this.bytes)
  }
}

/** The INTEGER content of a serial as hexadecimal writes it: the sign byte is put back. */
function serialOfHex(hex: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return undefined
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (bytes[0]! < 0x80) return bytes
  const padded = new Uint8Array(bytes.length + 1)
  padded.set(bytes, 1)
  return padded
}

import { hexOf } from '../bytes/encoding.ts'
import { encodePem } from '../bytes/pem.ts'
import { Span } from '../bytes/span.ts'
import type { Deviation } from '../codes/deviation.ts'
import type { CertificateView } from './certificate.ts'
import { type IssuingDistributionPoint, pointNames } from './distribution-point.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as Part from './ids/part.ts'
import { fieldsOf, type RevocationListJson } from './json.ts'
import { type RevocationEntry, type RevocationReason, reasonNames, SerialIndex, type Spend } from './revocation-entries.ts'
import { SignedView } from './signed.ts'

/** An entry of a CRL. */
export interface RevokedCertificate {
  /** As {@link Certificate.serialNumber}. */
  readonly serialNumber: string
  readonly revocationDate: Date
  /** `unspecified` if the entry has no reason. */
  readonly reason: RevocationReason
}

/**
 * A read-only view of an X.509 CRL (RFC 5280 section 5). Like a {@link Certificate}, it has its own copy of the bytes, so you
 * may change the bytes that it was parsed from and those that it returns.
 */
export interface RevocationList {
  readonly raw: Uint8Array
  readonly tbs: Uint8Array
  readonly version: 1 | 2
  /** RFC 4514. */
  readonly issuer: string
  readonly thisUpdate: Date
  /** RFC 5280 5.1.2.5 requires it. A list without it is only used if `maxAgeDays` or `expired: 'allow'` is set. */
  readonly nextUpdate: Date | undefined
  /** Lower-case hexadecimal. */
  readonly authorityKeyId: string | undefined
  /** The content of the INTEGER in lower-case hexadecimal. */
  readonly crlNumber: string | undefined
  /** Whether this is a delta CRL (RFC 5280 5.2.4). */
  readonly isDelta: boolean
  /** Whether this is an indirect CRL, which may list certificates of other issuers (RFC 5280 5.2.5). */
  readonly isIndirect: boolean
  /** The number of entries. */
  readonly entryCount: number
  /** SHA-256 of the DER, in lower-case hexadecimal. */
  readonly fingerprint: string
  /** Deviations from DER and from the syntax of RFC 5280, by offset: the first 64, and the first of each kind. */
  readonly deviations: readonly Deviation[]
  /** Finds a certificate of this CRL's issuer by serial number, written like {@link Certificate.serialNumber}. */
  find(serialNumber: string): RevokedCertificate | undefined
  /** PEM with a final newline. */
  toPem(): string
  /** Called by `JSON.stringify`; see {@link RevocationListJson}. */
  toJSON(): RevocationListJson
}

const jsonFields = [
  'version',
  'issuer',
  'thisUpdate',
  'nextUpdate',
  'authorityKeyId',
  'crlNumber',
  'isDelta',
  'isIndirect',
  'entryCount',
  'fingerprint',
  'deviations',
] as const satisfies readonly (keyof RevocationListJson)[]

/** The most signature results that a list caches. Only keys that CAs have certified for its issuer are tried. */
const rememberedKeys = 64

/** The implementation of {@link RevocationList}. `parse-revocation-list.ts` fills it in. */
export class RevocationListView extends SignedView implements RevocationList {
  version: 1 | 2 = 1
  thisUpdateTime = 0
  nextUpdateTime: number | undefined = undefined
  entryCount = 0
  scope: IssuingDistributionPoint | undefined = undefined
  /** Whether an entry has a critical extension that is not understood. */
  hasUnknownCriticalEntry = false
  /** Whether an entry names an issuer although the list is not indirect. */
  hasStrayIssuer = false
  readonly #signatures: { readonly by: object; readonly spki: Uint8Array; readonly signed: boolean }[] = []
  #index: SerialIndex | undefined
  #cachedPointNames: ReadonlySet<string> | undefined

  /** The content of revokedCertificates, which is absent if there are no entries. */
  get entries(): Span | undefined {
    return this.partIfAny(Part.entries)
  }

  /** The content of the INTEGER cRLNumber. */
  get listNumber(): Span | undefined {
    return this.partIfAny(Part.listNumber)
  }

  /** The content of BaseCRLNumber in a delta CRL. */
  get baseListNumber(): Span | undefined {
    return this.partIfAny(Part.baseListNumber)
  }

  get thisUpdate(): Date {
    return new Date(this.thisUpdateTime)
  }

  get nextUpdate(): Date | undefined {
    return this.nextUpdateTime === undefined ? undefined : new Date(this.nextUpdateTime)
  }

  get crlNumber(): string | undefined {
    const { listNumber } = this
    return listNumber && hexOf(listNumber)
  }

  get isDelta(): boolean {
    return this.extensions.has(ExtensionId.deltaCrlIndicator)
  }

  get isIndirect(): boolean {
    return this.scope?.indirect ?? false
  }

  /** The names of the list's distribution point, or an empty set if it has none. */
  get pointNames(): ReadonlySet<string> {
    this.#cachedPointNames ??= this.scope === undefined ? new Set() : pointNames(this.scope, this.issuerKey)
    return this.#cachedPointNames
  }

  /** Whether the list's authority key identifier matches a certificate. This is only a hint about the signer. */
  hasAuthorityKeyOf({ subjectKeyIdentifier }: CertificateView): boolean {
    const { authorityKeyIdentifier } = this
    if (authorityKeyIdentifier === undefined || subjectKeyIdentifier === undefined) return false
    return authorityKeyIdentifier.equals(subjectKeyIdentifier)
  }

  find(serialNumber: string): RevokedCertificate | undefined {
    const serial = serialOfHex(serialNumber)
    if (serial === undefined) return undefined
    for (const entry of this.entriesOf(new Span(serial))) {
      if (this.isIndirect && entry.issuer !== undefined) continue
      return {
        serialNumber,
        revocationDate: new Date(entry.revocationTime),
        reason: reasonNames[entry.reason] ?? 'unspecified',
      }
    }
    return undefined
  }

  /** The cached result whether this signer's key signed the list, according to the backend `by`. */
  knownSignature({ keyInfo }: CertificateView, by: object): boolean | undefined {
    return this.#signatures.find((known) => known.by === by && keyInfo.is(known.spki))?.signed
  }

  /** Caches the result for a key. If the cache is full, drops the oldest result. */
  rememberSignature({ subjectPublicKeyInfo: spki }: CertificateView, by: object, signed: boolean): void {
    if (this.#signatures.length >= rememberedKeys) this.#signatures.shift()
    this.#signatures.push({ by, spki, signed })
  }

  /** Whether looking up this serial number is costly; see {@link SerialIndex.isCostly}. */
  isCostly(serial: Span): boolean {
    return this.#serials.isCostly(serial)
  }

  /**
   * All entries with this serial number (the content of the INTEGER). An indirect list may have one per issuer. See
   * {@link SerialIndex.lookUp} for `spend`.
   */
  entriesOf(serial: Span, spend?: Spend): readonly RevocationEntry[] {
    return this.#serials.lookUp(serial, spend)
  }

  get #serials(): SerialIndex {
    this.#index ??= new SerialIndex(this)
    return this.#index
  }

  toPem(): string {
    return encodePem('X509 CRL', this.bytes)
  }

  toJSON(): RevocationListJson {
    return fieldsOf(this, jsonFields)
  }
}

/** The content of the INTEGER for a serial number in hexadecimal, with the sign byte that the text omits. */
function serialOfHex(hex: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return undefined
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (bytes[0]! < 0x80) return bytes
  const padded = new Uint8Array(bytes.length + 1)
  padded.set(bytes, 1)
  return padded
}

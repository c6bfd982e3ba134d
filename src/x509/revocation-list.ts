import { hexOf } from '../bytes/encoding.ts'
import { encodePem } from '../bytes/pem.ts'
import { Span } from '../bytes/span.ts'
import type { CertificateView } from './certificate.ts'
import { type IssuingDistributionPoint, pointNames } from './distribution-point.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as Part from './ids/part.ts'
import { fieldsOf, type RevocationListJson } from './json.ts'
import { type RevocationEntry, type RevocationReason, reasonNames, SerialIndex, type Spend } from './revocation-entries.ts'
import { SignedView } from './signed.ts'

/** One entry of a revocation list. */
export interface RevokedCertificate {
  /** As {@link Certificate.serialNumber}. */
  readonly serialNumber: string
  readonly revocationDate: Date
  /** `unspecified` where the entry gives none. */
  readonly reason: RevocationReason
}

/**
 * A read-only view of an X.509 CRL (RFC 5280 section 5). Like a {@link Certificate} it reads from its own copy: you may change the
 * bytes that it was parsed from, and those that it returns.
 */
export interface RevocationList {
  readonly raw: Uint8Array
  readonly tbs: Uint8Array
  readonly version: 1 | 2
  /** RFC 4514. */
  readonly issuer: string
  readonly thisUpdate: Date
  /** RFC 5280 5.1.2.5 demands it; without one a list counts only where `maxAgeDays` or `expired: 'allow'` says so. */
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
  /** PEM with a final newline. */
  toPem(): string
  /** What `JSON.stringify` writes; see {@link RevocationListJson}. */
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
] as const satisfies readonly (keyof RevocationListJson)[]

/** For how many keys a list remembers whether they signed it. Only keys that its issuer's CAs certified are asked. */
const rememberedKeys = 64

/** The view itself; `parse-revocation-list.ts` fills it in. */
export class RevocationListView extends SignedView implements RevocationList {
  version: 1 | 2 = 1
  thisUpdateTime = 0
  nextUpdateTime: number | undefined = undefined
  entryCount = 0
  scope: IssuingDistributionPoint | undefined = undefined
  /** Some entry has a critical extension that is not understood. */
  hasUnknownCriticalEntry = false
  /** Some entry names another issuer although the list is not indirect. */
  hasStrayIssuer = false
  readonly #signatures: { readonly by: object; readonly spki: Uint8Array; readonly signed: boolean }[] = []
  #index: SerialIndex | undefined
  #cachedPointNames: ReadonlySet<string> | undefined

  /** The content of revokedCertificates, which is absent where nobody is revoked. */
  get entries(): Span | undefined {
    return this.partIfAny(Part.entries)
  }

  /** The content of the INTEGER cRLNumber. */
  get listNumber(): Span | undefined {
    return this.partIfAny(Part.listNumber)
  }

  /** The content of BaseCRLNumber, which deltas have. */
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

  /** The names of the distribution point that the list is for; empty where it names none. */
  get pointNames(): ReadonlySet<string> {
    this.#cachedPointNames ??= this.scope === undefined ? new Set() : pointNames(this.scope, this.issuerKey)
    return this.#cachedPointNames
  }

  /** Whether the list's authority key identifier is the subject key identifier of this certificate: a hint at its signer. */
  authorityKeyIs({ subjectKeyIdentifier }: CertificateView): boolean {
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

  /** Whether the signer's key made the list's signature, if that backend found out before. */
  signatureUnder({ keyInfo }: CertificateView, by: object): boolean | undefined {
    return this.#signatures.find((known) => known.by === by && keyInfo.is(known.spki))?.signed
  }

  /** Keeps the result for a key, in place of the oldest one where there are too many. */
  rememberSignature({ subjectPublicKeyInfo: spki }: CertificateView, by: object, signed: boolean): void {
    if (this.#signatures.length >= rememberedKeys) this.#signatures.shift()
    this.#signatures.push({ by, spki, signed })
  }

  /** Whether looking for this serial number would be costly; see {@link SerialIndex.isCostly}. */
  isCostly(serial: Span): boolean {
    return this.#serials.isCostly(serial)
  }

  /**
   * Every entry with this serial number (the INTEGER's content); on an indirect list there may be one an issuer. `spend` as in
   * {@link SerialIndex.lookUp}.
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

/** The INTEGER content of a serial as hexadecimal writes it: the sign byte is put back. */
function serialOfHex(hex: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return undefined
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (bytes[0]! < 0x80) return bytes
  const padded = new Uint8Array(bytes.length + 1)
  padded.set(bytes, 1)
  return padded
}

import { hexOf, hexOfRange } from '../bytes/hex.ts'
import { encodePem } from '../bytes/pem.ts'
import { bytesEqual, hashRange, rangesEqual } from '../bytes/range.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm } from '../crypto/algorithm.ts'
import { digest } from '../crypto/digest.ts'
import { readSmallInteger } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import { Tag } from '../der/tags.ts'
import { readTime } from '../der/time.ts'
import type { IssuingDistributionPoint } from './distribution-point.ts'
import { ExtensionId, ExtensionList, readExtensions } from './extension-list.ts'
import { nameText } from './name-text.ts'

/** Reasons of RFC 5280 5.3.1 by their number; 7 is not used. */
const reasonNames = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const

/** Why a certificate was revoked (RFC 5280 5.3.1). */
export type RevocationReason = Exclude<(typeof reasonNames)[number], undefined>

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

/** One entry, located. */
export interface RevocationEntry {
  readonly serialStart: number
  readonly serialEnd: number
  readonly revocationTime: number
  /** RFC 5280 5.3.1; 0 where absent. */
  readonly reason: number
  /** The GeneralName elements of certificateIssuer; `start === end` where absent. */
  readonly issuerStart: number
  readonly issuerEnd: number
  /** Whether it has a critical extension that is not understood. */
  readonly unknownCritical: boolean
  /** Whether it has extensions at all, which version 1 does not allow. */
  readonly hasExtensions: boolean
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
  /** -1 where absent. */
  nextUpdateTime = -1
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

  get thisUpdate(): Date {
    return new Date(this.thisUpdateTime)
  }

  get nextUpdate(): Date | undefined {
    return this.nextUpdateTime < 0 ? undefined : new Date(this.nextUpdateTime)
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

/**
 * Entries by serial number: an open-addressing table of entry offsets, four bytes a slot and at most half full, made at
 * the first look-up. An indirect list names an issuer once for all the entries that follow (RFC 5280 5.3.3), so for
 * those lists the offset at which the issuer was named is kept beside each entry.
 */
class SerialIndex {
  private readonly list: RevocationListView
  private readonly slots: Int32Array
  private readonly issuers: Map<number, number> | undefined

  constructor(list: RevocationListView) {
    this.list = list
    let size = 4
    while (size < list.entryCount * 2) size *= 2
    this.slots = new Int32Array(size)
    this.issuers = list.isIndirect ? new Map() : undefined
    const { bytes } = list
    const reader = new Reader(bytes, list.entriesStart, list.entriesEnd)
    let named = 0
    while (!reader.atEnd()) {
      const at = reader.position
      const outer = reader.enter(Tag.sequence, 'revokedCertificates')
      reader.expect(Tag.integer, 'userCertificate')
      let slot = hashRange(bytes, reader.start, reader.end) & (size - 1)
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1)
      this.slots[slot] = at
      reader.position = reader.limit
      reader.leave(outer, 'revokedCertificates')
      if (this.issuers === undefined) continue
      if (readEntryAt(bytes, at).issuerEnd > 0) named = at
      if (named > 0) this.issuers.set(at, named)
    }
  }

  lookUp(serial: Uint8Array, start: number, end: number): readonly RevocationEntry[] {
    const { bytes } = this.list
    const mask = this.slots.length - 1
    const found: RevocationEntry[] = []
    for (let slot = hashRange(serial, start, end) & mask; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = this.slots[slot]!
      const entry = readEntryAt(bytes, at)
      if (!rangesEqual(bytes, entry.serialStart, entry.serialEnd, serial, start, end)) continue
      const named = this.issuers?.get(at)
      if (named === undefined || named === at) found.push(entry)
      else {
        const { issuerStart, issuerEnd } = readEntryAt(bytes, named)
        found.push({ ...entry, issuerStart, issuerEnd })
      }
    }
    return found
  }
}

/** Reads one entry of a list that was checked when it was parsed. */
function readEntryAt(bytes: Uint8Array, at: number): RevocationEntry {
  return readEntry(new Reader(bytes, at))
}

/** Whether nothing, or an empty SEQUENCE, is left of the element; the latter is read. */
function isEmptySequence(reader: Reader): boolean {
  const { bytes, position, limit } = reader
  if (limit - position === 2 && bytes[position] === Tag.sequence && bytes[position + 1] === 0) reader.next('crlEntryExtensions')
  return reader.atEnd()
}

const understoodInEntries: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.reasonCode,
  ExtensionId.invalidityDate,
  ExtensionId.certificateIssuer,
])

/** Reads the next entry of revokedCertificates (RFC 5280 5.1.2.6, 5.3). */
export function readEntry(reader: Reader): RevocationEntry {
  const what = 'revokedCertificates'
  const outer = reader.enter(Tag.sequence, what)
  reader.expect(Tag.integer, 'userCertificate')
  const { start: serialStart, end: serialEnd } = reader
  const revocationTime = readTime(reader, 'revocationDate')
  let reason = 0
  let issuerStart = 0
  let issuerEnd = 0
  let unknownCritical = false
  let hasExtensions = false
  // A real CA writes an empty sequence where there are no extensions; it says nothing, so it is let pass.
  if (!isEmptySequence(reader)) {
    const extensions = new ExtensionList()
    readExtensions(reader, 'crlEntryExtensions', extensions, (id) => {
      if (id === ExtensionId.reasonCode) {
        reason = readSmallInteger(reader, 10, 'reasonCode', Tag.enumerated)
        if (reasonNames[reason] === undefined) reader.fail('bad_integer', reader.start, 'reasonCode')
      } else if (id === ExtensionId.invalidityDate) {
        readTime(reader, 'invalidityDate')
      } else if (id === ExtensionId.certificateIssuer) {
        reader.expect(Tag.sequence, 'certificateIssuer')
        issuerStart = reader.start
        issuerEnd = reader.end
      } else reader.position = reader.limit
    })
    hasExtensions = true
    unknownCritical = extensions.firstCriticalOutside(understoodInEntries) >= 0
  }
  reader.leave(outer, what)
  return { serialStart, serialEnd, revocationTime, reason, issuerStart, issuerEnd, unknownCritical, hasExtensions }
}

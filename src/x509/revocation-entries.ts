import { hashOf, Span } from '../bytes/span.ts'
import { readInteger, readSmallInteger, readTime } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { ExtensionList, readExtensions } from './extension-list.ts'
import { readGeneralNames } from './general-name.ts'
import * as ExtensionId from './ids/extension-id.ts'

/** Reasons of RFC 5280 5.3.1 by their number; 7 is not used. */
export const reasonNames = [
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

/** One entry, located. */
export interface RevocationEntry {
  readonly revocationTime: number
  /** RFC 5280 5.3.1; 0, unspecified, where none is given. */
  readonly reason: number
  /** The GeneralName elements of certificateIssuer. */
  readonly issuer: Span | undefined
  /** Whether it has a critical extension that is not understood. */
  readonly unknownCritical: boolean
  /** Whether it has extensions at all, which version 1 does not allow. */
  readonly hasExtensions: boolean
}

/** Reads one entry of a list that was checked when it was parsed. */
export function readEntryAt(bytes: Uint8Array, at: number): RevocationEntry {
  return readEntry(new Reader(new Span(bytes, at)))
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
  readInteger(reader, 'userCertificate')
  const revocationTime = readTime(reader, 'revocationDate')
  let reason = 0
  let issuer: Span | undefined
  let unknownCritical = false
  let hasExtensions = false
  // A real CA writes an empty sequence where there are no extensions; it says nothing, so it is let pass.
  if (!isEmptySequence(reader)) {
    const extensions = new ExtensionList(reader.bytes)
    readExtensions(reader, 'crlEntryExtensions', extensions, (id) => {
      if (id === ExtensionId.reasonCode) {
        reason = readSmallInteger(reader, 10, 'reasonCode', Tag.enumerated)
        if (reasonNames[reason] === undefined) reader.fail('bad_integer', reader.start, 'reasonCode')
      } else if (id === ExtensionId.invalidityDate) {
        readTime(reader, 'invalidityDate')
      } else if (id === ExtensionId.certificateIssuer) {
        readGeneralNames(reader, 'certificateIssuer')
        issuer = reader.content()
      } else reader.position = reader.limit
    })
    hasExtensions = true
    unknownCritical = extensions.firstCriticalOutside(understoodInEntries) !== undefined
  }
  reader.leave(outer, what)
  return { revocationTime, reason, issuer, unknownCritical, hasExtensions }
}

/** Where a list's entries are; `isIndirect`: they may be of several issuers; `hasStrayIssuer`: they are, though it is not. */
export interface EntryList {
  readonly bytes: Uint8Array
  readonly entries: Span | undefined
  readonly entryCount: number
  readonly isIndirect: boolean
  readonly hasStrayIssuer: boolean
}

/**
 * Bytes of entries that a look-up may pass before it counts as costly. Chains of honest lists have a handful of entries, of some
 * 40 to 300 bytes each, however long the list is.
 */
const maxChainBytes = 16384

/** A look-up pays for every so many links of a chain, and for every so many bytes of entries that it reads in full. */
const linksPerUnit = 8
const bytesPerUnit = 16

/** Pays for work: `false` where there is nothing left to pay with, and the look-up ends. */
export type Spend = (units: number) => boolean

/**
 * Entries by serial number: a hash table of entry offsets with chains, about twelve bytes an entry, made at the first
 * look-up. An indirect list names an issuer once for all the entries that follow (RFC 5280 5.3.3), so for those lists the
 * entry that named the issuer is kept beside each entry. Where a list does so without being indirect, an entry may be of that
 * issuer or of the list's own: it is found as both.
 */
export class SerialIndex {
  readonly #bytes: Uint8Array
  /** 1 + the number of the first entry of a chain; 0: none. */
  readonly #heads: Int32Array
  /** 1 + the number of the next entry of the chain. */
  readonly #next: Int32Array
  readonly #offsets: Int32Array
  /** Offset of the entry that named the issuer; 0: the list's own. Only where entries name issuers. */
  readonly #namedAt: Int32Array | undefined
  readonly #isIndirect: boolean

  constructor({ bytes, entries, entryCount, isIndirect, hasStrayIssuer }: EntryList) {
    this.#bytes = bytes
    let size = 1
    while (size < entryCount) size *= 2
    this.#heads = new Int32Array(size)
    this.#next = new Int32Array(entryCount)
    this.#offsets = new Int32Array(entryCount)
    this.#isIndirect = isIndirect
    this.#namedAt = isIndirect || hasStrayIssuer ? new Int32Array(entryCount) : undefined
    if (entries === undefined) return
    const reader = new Reader(entries)
    let named = 0
    for (let number = 0; number < entryCount; number++) {
      const at = reader.position
      const outer = reader.enter(Tag.sequence, 'revokedCertificates')
      reader.expect(Tag.integer, 'userCertificate')
      const slot = hashOf(reader.content()) & (size - 1)
      this.#offsets[number] = at
      this.#next[number] = this.#heads[slot]!
      this.#heads[slot] = number + 1
      reader.position = reader.limit
      reader.leave(outer, 'revokedCertificates')
      if (this.#namedAt === undefined) continue
      if (readEntryAt(bytes, at).issuer !== undefined) named = at
      this.#namedAt[number] = named
    }
  }

  /**
   * Whether looking for this serial number would be costly, as only entries made for that are. Callers check the list's
   * signature first.
   */
  isCostly(serial: Span): boolean {
    const reader = new Reader(this.#bytes)
    let passed = 0
    for (let link = this.#headOf(serial); link !== 0; link = this.#next[link - 1]!) {
      reader.position = this.#offsets[link - 1]!
      reader.next('revokedCertificates')
      passed += reader.end - reader.header
      if (passed > maxChainBytes) return true
    }
    return false
  }

  /**
   * Every entry with this serial number (the INTEGER's content).
   *
   * @param spend pays for what the look-up does; without it the look-up is free
   */
  lookUp(serial: Span, spend?: Spend): readonly RevocationEntry[] {
    const found: RevocationEntry[] = []
    const reader = new Reader(this.#bytes)
    let links = 0
    for (let link = this.#headOf(serial); link !== 0; link = this.#next[link - 1]!) {
      if (++links % linksPerUnit === 0 && spend?.(1) === false) break
      const at = this.#offsets[link - 1]!
      reader.position = at
      const outer = reader.enter(Tag.sequence, 'revokedCertificates')
      const entryEnd = reader.limit
      reader.next('userCertificate')
      reader.limit = outer
      if (!reader.content().equals(serial)) continue
      if (spend?.((entryEnd - at) / bytesPerUnit) === false) break
      const entry = readEntryAt(this.#bytes, at)
      const named = this.#namedAt?.[link - 1] ?? 0
      const isBare = named !== 0 && entry.issuer === undefined
      if (!isBare || !this.#isIndirect) found.push(entry)
      if (isBare) {
        const { issuer } = readEntryAt(this.#bytes, named)
        if (spend?.((issuer?.length ?? 0) / bytesPerUnit) === false) break
        found.push({ ...entry, issuer })
      }
    }
    return found
  }

  #headOf(serial: Span): number {
    return this.#heads[hashOf(serial) & (this.#heads.length - 1)]!
  }
}

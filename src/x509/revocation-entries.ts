import { hashOf, Span } from '../bytes/span.ts'
import { readInteger, readSmallInteger, readTime } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { ExtensionList, readExtensions } from './extension-list.ts'
import { readGeneralNames } from './general-name.ts'
import * as ExtensionId from './ids/extension-id.ts'

/** Entries of revocation lists: their syntax, and an index by serial number. */

/** The reason codes of RFC 5280 5.3.1, by number. 7 is not used. */
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

/** One entry of a CRL. */
export interface RevocationEntry {
  readonly revocationTime: number
  /** The reason code (RFC 5280 5.3.1), or 0 (unspecified) if absent. */
  readonly reason: number
  /** The GeneralName elements of certificateIssuer. */
  readonly issuer: Span | undefined
  /** Whether it has a critical extension that is not understood. */
  readonly hasUnknownCritical: boolean
  /** Whether it has any extensions. Version 1 does not allow them. */
  readonly hasExtensions: boolean
}

/** Reads one entry of a list that has been parsed before. */
export function readEntryAt(bytes: Uint8Array, at: number): RevocationEntry {
  return readEntry(new Reader(new Span(bytes, at)))
}

/** Skips an empty SEQUENCE and returns whether the end of the entry is reached. */
function skipEmptySequence(reader: Reader): boolean {
  if (reader.isEmptySequence()) reader.next('crlEntryExtensions')
  return reader.atEnd()
}

const understoodInEntries: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.reasonCode,
  ExtensionId.invalidityDate,
  ExtensionId.certificateIssuer,
])

/** Reads the next entry of revokedCertificates (RFC 5280 5.1.2.6, 5.3). */
export function readEntry(reader: Reader): RevocationEntry {
  const element = 'revokedCertificates'
  const outer = reader.enter(Tag.sequence, element)
  readInteger(reader, 'userCertificate')
  const revocationTime = readTime(reader, 'revocationDate')
  let reason = 0
  let issuer: Span | undefined
  let hasUnknownCritical = false
  let hasExtensions = false
  // Accept an empty SEQUENCE in place of absent extensions: a real CA writes it, and it has no meaning.
  if (!skipEmptySequence(reader)) {
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
    hasUnknownCritical = extensions.firstCriticalOutside(understoodInEntries) !== undefined
  }
  reader.leave(outer, element)
  return { revocationTime, reason, issuer, hasUnknownCritical, hasExtensions }
}

/** The entries of a list that has been parsed. */
export interface EntryList {
  readonly bytes: Uint8Array
  readonly entries: Span | undefined
  readonly entryCount: number
  /** Whether entries may be of several issuers. */
  readonly isIndirect: boolean
  /** Whether an entry names an issuer although the list is not indirect. */
  readonly hasStrayIssuer: boolean
}

/**
 * A lookup that passes more bytes of entries than this is costly. In honest lists of any length, entries with the same hash are
 * few, and have about 40 to 300 bytes each.
 */
const maxChainBytes = 16384

/** A lookup spends one unit per this many entries that it passes, and per this many bytes of entries that it reads. */
const linksPerUnit = 8
const bytesPerUnit = 16

/** Spends units of the budget. Returns `false` if the budget is exhausted; the lookup then stops. */
export type Spend = (units: number) => boolean

/**
 * An index of entries by serial number: a hash table of entry offsets with linked lists, about twelve bytes per entry. It is
 * built at the first lookup.
 *
 * An entry of an indirect list that names no issuer belongs to the last issuer named before it (RFC 5280 5.3.3). So the index
 * stores where that issuer was named. If a list names issuers without being indirect, such an entry may belong to that issuer
 * or to the list's own: the lookup returns it for both.
 */
export class SerialIndex {
  readonly #bytes: Uint8Array
  /** By hash: 1 + the number of the first entry, or 0. */
  readonly #heads: Int32Array
  /** By entry: 1 + the number of the next entry with the same hash, or 0. */
  readonly #next: Int32Array
  readonly #offsets: Int32Array
  /** By entry: offset of the last entry so far that named an issuer, or 0. Only if entries name issuers. */
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
   * Whether looking up this serial number is costly. Only lists made for an attack have so many entries with one hash. Callers
   * check the signature of the list first.
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
   * All entries with this serial number (the content of the INTEGER).
   *
   * @param spend the budget for the work; unlimited if absent
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

import { hashOf } from '../bytes/hash.ts'
import type { Span } from '../bytes/span.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { type RevocationEntry, readEntryAt } from './revocation-entry.ts'

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

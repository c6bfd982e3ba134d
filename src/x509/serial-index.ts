import { hashRange, rangesEqual } from '../bytes/range.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { type RevocationEntry, readEntryAt } from './revocation-entry.ts'

/** Where a list's entries are; `isIndirect`: they may be of several issuers. */
export interface EntryRange {
  readonly bytes: Uint8Array
  readonly entriesStart: number
  readonly entriesEnd: number
  readonly entryCount: number
  readonly isIndirect: boolean
}

/**
 * Bytes of entries that one look-up may have to read. Chains of honest lists have a handful of entries, of some 40 to 300
 * bytes each, however long the list is.
 */
const maxChainBytes = 16384

/**
 * Entries by serial number: a hash table of entry offsets with chains, about twelve bytes an entry, made at the first
 * look-up. An indirect list names an issuer once for all the entries that follow (RFC 5280 5.3.3), so for those lists the
 * entry that named the issuer is kept beside each entry.
 */
export class SerialIndex {
  /** Entries are such that look-ups would be costly; nobody but an attacker, whose list is signed by nobody, makes it so. */
  readonly isCrowded: boolean
  private readonly bytes: Uint8Array
  /** 1 + the number of the first entry of a chain; 0: none. */
  private readonly heads: Int32Array
  /** 1 + the number of the next entry of the chain. */
  private readonly next: Int32Array
  private readonly offsets: Int32Array
  /** Offset of the entry that named the issuer; 0: the list's own. Only for indirect lists. */
  private readonly namedAt: Int32Array | undefined

  constructor({ bytes, entriesStart, entriesEnd, entryCount, isIndirect }: EntryRange) {
    this.bytes = bytes
    let size = 1
    while (size < entryCount) size *= 2
    this.heads = new Int32Array(size)
    this.next = new Int32Array(entryCount)
    this.offsets = new Int32Array(entryCount)
    this.namedAt = isIndirect ? new Int32Array(entryCount) : undefined
    const reader = new Reader(bytes, entriesStart, entriesEnd)
    const chainBytes = new Int32Array(size)
    let longest = 0
    let named = 0
    for (let number = 0; number < entryCount; number++) {
      const at = reader.position
      const outer = reader.enter(Tag.sequence, 'revokedCertificates')
      reader.expect(Tag.integer, 'userCertificate')
      const slot = hashRange(bytes, reader.start, reader.end) & (size - 1)
      this.offsets[number] = at
      this.next[number] = this.heads[slot]!
      this.heads[slot] = number + 1
      reader.position = reader.limit
      reader.leave(outer, 'revokedCertificates')
      chainBytes[slot]! += reader.position - at
      longest = Math.max(longest, chainBytes[slot]!)
      if (this.namedAt === undefined) continue
      if (readEntryAt(bytes, at).issuerEnd > 0) named = at
      this.namedAt[number] = named
    }
    this.isCrowded = longest > maxChainBytes
  }

  /** Every entry with this serial number (the INTEGER's content). */
  lookUp(serial: Uint8Array, start: number, end: number): readonly RevocationEntry[] {
    const found: RevocationEntry[] = []
    const slot = hashRange(serial, start, end) & (this.heads.length - 1)
    for (let link = this.heads[slot]!; link !== 0; link = this.next[link - 1]!) {
      const entry = readEntryAt(this.bytes, this.offsets[link - 1]!)
      if (!rangesEqual(this.bytes, entry.serialStart, entry.serialEnd, serial, start, end)) continue
      const named = this.namedAt?.[link - 1] ?? 0
      if (named === 0 || entry.issuerEnd > 0) found.push(entry)
      else {
        const { issuerStart, issuerEnd } = readEntryAt(this.bytes, named)
        found.push({ ...entry, issuerStart, issuerEnd })
      }
    }
    return found
  }
}

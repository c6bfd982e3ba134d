import { rangeIs } from '../bytes/range.ts'
import { latin1OfRange } from '../bytes/text.ts'
import { oidBytes, readOid } from '../der/oid.ts'
import { readDefaultFalse } from '../der/primitives.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import * as ExtensionId from './extension-id.ts'

/** From here on the numbers of extensions are not arcs of id-ce. */
const firstPrivateNumber = 100

const authorityInfoAccess = /* @__PURE__ */ oidBytes('1.3.6.1.5.5.7.1.1')
const subjectInfoAccess = /* @__PURE__ */ oidBytes('1.3.6.1.5.5.7.1.11')

/** No certificate in any public corpus has more than about twenty. */
const maxExtensions = 64

const stride = 5

/** The extensions of one certificate, list or list entry: ranges in the bytes, in order. */
export class ExtensionList {
  #records: number[] = []

  get length(): number {
    return this.#records.length / stride
  }

  idAt(index: number): number {
    return this.#records[index * stride]!
  }

  /** Offset of the OID's content; its end is {@link oidEndAt}. */
  oidStartAt(index: number): number {
    return this.#records[index * stride + 1]!
  }

  oidEndAt(index: number): number {
    return this.#records[index * stride + 2]!
  }

  /** First byte of the extension's own DER, inside the OCTET STRING. */
  valueStartAt(index: number): number {
    return this.#records[index * stride + 3]!
  }

  /** Byte after it; the sign of the stored number tells criticality. */
  valueEndAt(index: number): number {
    return Math.abs(this.#records[index * stride + 4]!)
  }

  criticalAt(index: number): boolean {
    return this.#records[index * stride + 4]! < 0
  }

  add(id: number, oidStart: number, oidEnd: number, valueStart: number, valueEnd: number, critical: boolean): void {
    this.#records.push(id, oidStart, oidEnd, valueStart, critical ? -valueEnd : valueEnd)
  }

  /** Gives back the room that was set aside for more. */
  trim(): void {
    this.#records = this.#records.slice()
  }

  /** Index of a known extension, or -1. */
  find(id: number): number {
    const records = this.#records
    for (let i = 0; i < records.length; i += stride) if (records[i] === id) return i / stride
    return -1
  }

  has(id: number): boolean {
    return this.find(id) >= 0
  }

  /** Whether the known extension is there and critical. */
  isCritical(id: number): boolean {
    const index = this.find(id)
    return index >= 0 && this.criticalAt(index)
  }

  /** Index of the first critical extension that is not among `understood`, or -1. */
  firstCriticalOutside(understood: ReadonlySet<number>): number {
    for (let i = 0; i < this.length; i++) if (this.criticalAt(i) && !understood.has(this.idAt(i))) return i
    return -1
  }
}

/**
 * Reads `Extensions` (RFC 5280 4.1): at least one, no OID twice. `readValue` is called inside each value and must read
 * it to its end; for an extension it does not know it moves to the end.
 */
export function readExtensions(
  reader: Reader,
  what: string,
  list: ExtensionList,
  readValue: (id: number, reader: Reader) => void,
): void {
  const outer = reader.enter(Tag.sequence, what)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
  let unknown: Set<string> | undefined
  while (!reader.atEnd()) {
    const extension = reader.enter(Tag.sequence, what)
    readOid(reader, what)
    const { bytes, start: oidStart, end: oidEnd } = reader
    const id = identify(bytes, oidStart, oidEnd)
    const critical = readDefaultFalse(reader, what)
    const value = reader.enter(Tag.octetString, what)
    const { start: valueStart, end: valueEnd } = reader
    if (reader.fault !== undefined) return
    if (list.length >= maxExtensions) return reader.fail('too_many', oidStart, what)
    if (list.has(id)) {
      if (id !== ExtensionId.unknown) return reader.fail('duplicate_extension', oidStart, what)
      // Their OIDs may be long and differ at the end, so they are looked up, not compared with one another.
      unknown ??= unknownIn(list, bytes)
      const oid = latin1OfRange(bytes, oidStart, oidEnd)
      if (unknown.has(oid)) return reader.fail('duplicate_extension', oidStart, what)
      unknown.add(oid)
    }
    list.add(id, oidStart, oidEnd, valueStart, valueEnd, critical)
    readValue(id, reader)
    reader.leave(value, what)
    reader.leave(extension, what)
  }
  reader.leave(outer, what)
}

function identify(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 3 && bytes[start] === 0x55 && bytes[start + 1] === 0x1d) {
    const arc = bytes[start + 2]!
    return arc < firstPrivateNumber ? arc : ExtensionId.unknown
  }
  if (rangeIs(bytes, start, end, authorityInfoAccess)) return ExtensionId.authorityInfoAccess
  return rangeIs(bytes, start, end, subjectInfoAccess) ? ExtensionId.subjectInfoAccess : ExtensionId.unknown
}

/** The OIDs of those that have no number here. */
function unknownIn(list: ExtensionList, bytes: Uint8Array): Set<string> {
  const oids = new Set<string>()
  for (let i = 0; i < list.length; i++) {
    if (list.idAt(i) === ExtensionId.unknown) oids.add(latin1OfRange(bytes, list.oidStartAt(i), list.oidEndAt(i)))
  }
  return oids
}

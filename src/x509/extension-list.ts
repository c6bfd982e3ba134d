import { latin1Of } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { oidBytes, readOid } from '../der/oid.ts'
import { readLooseBoolean } from '../der/primitives.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import * as ExtensionId from './ids/extension-id.ts'
import { mayBeUnused, readUnusedValue } from './unused-extension.ts'

/** Extension ids below this are arcs of id-ce; see `ids/extension-id.ts`. */
const firstPrivateNumber = 100

const authorityInfoAccess = /* @__PURE__ */ oidBytes('1.3.6.1.5.5.7.1.1')
const subjectInfoAccess = /* @__PURE__ */ oidBytes('1.3.6.1.5.5.7.1.11')

/** Certificates in public corpora have at most about twenty. */
const maxExtensions = 64

/** Numbers per extension. */
const stride = 5

/**
 * The extensions of a certificate, CRL or CRL entry, in order. To save memory, each is stored as five numbers: its id, start
 * and end of the OID, start and end of the value. The last is negative if the extension is critical.
 */
export class ExtensionList {
  readonly #bytes: Uint8Array
  #records: number[] = []

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get length(): number {
    return this.#records.length / stride
  }

  /** Negative if the extension is ignored. */
  idAt(index: number): number {
    return this.#records[index * stride]!
  }

  /** The content of the OID. */
  oidAt(index: number): Span {
    const at = index * stride
    return new Span(this.#bytes, this.#records[at + 1]!, this.#records[at + 2]!)
  }

  /** The DER inside the OCTET STRING. */
  valueAt(index: number): Span {
    const at = index * stride
    return new Span(this.#bytes, this.#records[at + 3]!, Math.abs(this.#records[at + 4]!))
  }

  isCriticalAt(index: number): boolean {
    return this.#records[index * stride + 4]! < 0
  }

  add(id: number, oid: Span, value: Span, critical: boolean): void {
    this.#records.push(id, oid.start, oid.end, value.start, critical ? -value.end : value.end)
  }

  /** Makes the last extension count as absent, because its value is empty or cannot be read. Look-ups by id do not find it. */
  ignoreLast(): void {
    const at = this.#records.length - stride
    this.#records[at] = ~this.#records[at]!
  }

  /** Whether an extension is present but counts as absent; see {@link ignoreLast}. */
  isIgnored(id: number): boolean {
    return this.#indexOf(~id) !== undefined
  }

  /** Frees the spare capacity of the array. */
  trim(): void {
    this.#records = this.#records.slice()
  }

  #indexOf(id: number): number | undefined {
    const records = this.#records
    for (let i = 0; i < records.length; i += stride) if (records[i] === id) return i / stride
    return undefined
  }

  /** The value of a known extension; see {@link valueAt}. */
  value(id: number): Span | undefined {
    const index = this.#indexOf(id)
    return index === undefined ? undefined : this.valueAt(index)
  }

  has(id: number): boolean {
    return this.#indexOf(id) !== undefined
  }

  /** Whether a known extension is present and critical. */
  isCritical(id: number): boolean {
    const index = this.#indexOf(id)
    return index !== undefined && this.isCriticalAt(index)
  }

  /** The index of the first critical extension that is not in `understood`. */
  firstCriticalOutside(understood: ReadonlySet<number>): number | undefined {
    for (let i = 0; i < this.length; i++) {
      const id = this.idAt(i)
      if (this.isCriticalAt(i) && !understood.has(id < 0 ? ~id : id)) return i
    }
    return undefined
  }
}

/**
 * Reads `Extensions` (RFC 5280 4.1): at least one, and no OID twice. `readValue` is called with the reader inside each value,
 * and must move it to the end of the value. An empty list, encodings of `critical` that are not DER, and faults in unused
 * extensions are deviations.
 */
export function readExtensions(
  reader: Reader,
  element: string,
  list: ExtensionList,
  readValue: (id: number, reader: Reader) => void,
): void {
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.deviate('empty_extensions', reader.header)
  let unknown: Set<string> | undefined
  while (!reader.atEnd()) {
    const extension = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    const oid = reader.content()
    const id = identify(oid)
    const critical = readCritical(reader, element)
    const value = reader.enter(Tag.octetString, element)
    if (reader.fault !== undefined) return
    if (list.length >= maxExtensions) return reader.fail('too_many', oid.start, element)
    if (list.has(id) || (reader.deviations !== undefined && list.isIgnored(id))) {
      if (id !== ExtensionId.unknown) return reader.fail('duplicate_extension', oid.start, element)
      // Unknown OIDs may be long and differ only at the end. Comparing them in pairs would be expensive, so use a set.
      unknown ??= unknownIn(list)
      const text = latin1Of(oid)
      if (unknown.has(text)) return reader.fail('duplicate_extension', oid.start, element)
      unknown.add(text)
    }
    list.add(id, oid, reader.rest(), critical)
    if (critical || !mayBeUnused(id)) readValue(id, reader)
    else readUnused(id, reader, list, element, readValue)
    reader.leave(value, element)
    reader.leave(extension, element)
  }
  reader.leave(outer, element)
}

/** Reads the value of an extension that may be unused. After a fault in its content, it is ignored. */
function readUnused(
  id: number,
  reader: Reader,
  list: ExtensionList,
  element: string,
  readValue: (id: number, reader: Reader) => void,
): void {
  const { position, limit, deviations } = reader
  const kept = deviations?.length ?? 0
  readValue(id, reader)
  if (reader.fault === undefined && reader.position === limit) return
  const [at, part] = reader.fault === undefined ? [reader.position, element] : [reader.faultOffset, reader.faultElement]
  reader.rewind(position, limit, kept)
  readUnusedValue(reader, id, part)
  reader.deviate('unused_extension_fault', at)
  list.ignoreLast()
}

/** `critical BOOLEAN DEFAULT FALSE`. */
function readCritical(reader: Reader, element: string): boolean {
  if (!reader.peek(Tag.boolean)) return false
  const critical = readLooseBoolean(reader, element)
  if (!critical) reader.deviate('critical_false_encoded', reader.header)
  return critical
}

function identify(oid: Span): number {
  if (oid.length === 3 && oid.at(0) === 0x55 && oid.at(1) === 0x1d) {
    const arc = oid.at(2)
    return arc < firstPrivateNumber ? arc : ExtensionId.unknown
  }
  if (oid.is(authorityInfoAccess)) return ExtensionId.authorityInfoAccess
  return oid.is(subjectInfoAccess) ? ExtensionId.subjectInfoAccess : ExtensionId.unknown
}

/** The OIDs of the unknown extensions. */
function unknownIn(list: ExtensionList): Set<string> {
  const oids = new Set<string>()
  for (let i = 0; i < list.length; i++) {
    if (list.idAt(i) === ExtensionId.unknown) oids.add(latin1Of(list.oidAt(i)))
  }
  return oids
}

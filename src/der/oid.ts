import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/** Content octets of an OBJECT IDENTIFIER constant, from its dotted text; decisions compare these bytes, never text. */
export function oidBytes(dotted: string): Uint8Array {
  const arcs = dotted.split('.').map(BigInt)
  const out: number[] = []
  const push = (arc: bigint): void => {
    const septets: number[] = []
    for (let rest = arc; septets.length === 0 || rest > 0n; rest >>= 7n) septets.unshift(Number(rest & 0x7fn))
    out.push(...septets.map((septet, i) => (i === septets.length - 1 ? septet : septet | 0x80)))
  }
  push(arcs[0]! * 40n + arcs[1]!)
  for (const arc of arcs.slice(2)) push(arc)
  return Uint8Array.from(out)
}

/** Reads an OBJECT IDENTIFIER; its content is left in the reader's range. */
export function readOid(reader: Reader, what: string): void {
  reader.expect(Tag.oid, what)
  if (reader.fault === undefined && !isOid(reader.bytes, reader.start, reader.end)) {
    reader.fail('bad_oid', reader.start, what)
  }
}

/** Whether the range is the content of a DER OBJECT IDENTIFIER: complete, minimal subidentifiers (X.690 8.19.2). */
export function isOid(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end || bytes[end - 1]! >= 0x80) return false
  for (let i = start; i < end; i++) {
    if (bytes[i] === 0x80 && (i === start || bytes[i - 1]! < 0x80)) return false
  }
  return true
}

/** Septets of an arc up to which it is written in decimal, which takes more time than it has digits. */
const longestDecimal = 64

/**
 * Dotted text of an OID's content, exact for arcs of any size, in time linear in its length (CVE-2023-2650): an arc of more
 * than 448 bits, which nobody has, is written in hexadecimal. For display.
 */
export function oidText(bytes: Uint8Array, start: number, end: number): string {
  const arcs: string[] = []
  for (let first = start, i = start; i < end; i++) {
    if ((bytes[i]! & 0x80) !== 0) continue
    const septets = i + 1 - first
    const arc = septets <= 7 ? smallArc(bytes, first, i + 1) : largeArc(bytes, first, i + 1)
    const isHuge = septets > longestDecimal
    if (arcs.length > 0) arcs.push(arcText(arc, isHuge))
    else if (arc < 80) arcs.push(arc < 40 ? '0' : '1', String(Number(arc) % 40))
    else arcs.push('2', arcText(typeof arc === 'bigint' ? arc - 80n : arc - 80, isHuge))
    first = i + 1
  }
  return arcs.join('.')
}

function arcText(arc: number | bigint, isHuge: boolean): string {
  return isHuge ? `0x${arc.toString(16)}` : String(arc)
}

/** At most seven septets: below 2^49. */
function smallArc(bytes: Uint8Array, start: number, end: number): number {
  let arc = 0
  for (let i = start; i < end; i++) arc = arc * 128 + (bytes[i]! & 0x7f)
  return arc
}

function largeArc(bytes: Uint8Array, start: number, end: number): bigint {
  let bits = '0b'
  for (let i = start; i < end; i++) bits += (bytes[i]! & 0x7f).toString(2).padStart(7, '0')
  return BigInt(bits)
}

/** An OID for a message: one of immoderate length only by its size. */
export function oidForMessage(bytes: Uint8Array, start: number, end: number): string {
  return end - start > 64 ? `(an OID of ${end - start} bytes)` : oidText(bytes, start, end)
}

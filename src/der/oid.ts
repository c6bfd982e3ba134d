import type { Span } from '../bytes/span.ts'
import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/** OBJECT IDENTIFIERs. Decisions compare their bytes; the dotted text is for display. */

/** The content of an OBJECT IDENTIFIER, from its dotted text. */
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

/** Reads an OBJECT IDENTIFIER, which becomes the reader's last element. */
export function readOid(reader: Reader, element: string): void {
  reader.expect(Tag.oid, element)
  if (reader.fault === undefined) checkOid(reader, element)
}

/** Checks that the last element is a DER OBJECT IDENTIFIER: complete and minimal subidentifiers (X.690 8.19.2). */
export function checkOid(reader: Reader, element: string): void {
  const { bytes, start, end } = reader
  if (start >= end || bytes[end - 1]! >= 0x80) return reader.fail('bad_oid', start, element)
  for (let i = start; i < end; i++) {
    if (bytes[i] === 0x80 && (i === start || bytes[i - 1]! < 0x80)) return reader.fail('bad_oid', start, element)
  }
}

/** The most septets of an arc that is written in decimal. Decimal conversion is slower than linear. */
const longestDecimal = 64

/**
 * The dotted text of an OID's content, for display. It is exact for arcs of any size and takes time linear in the length
 * (CVE-2023-2650). Arcs of more than 448 bits, which do not occur in practice, are written in hexadecimal.
 */
export function oidText({ bytes, start, end }: Span): string {
  const arcs: string[] = []
  for (let first = start, i = start; i < end; i++) {
    if ((bytes[i]! & 0x80) !== 0) continue
    const septets = bytes.subarray(first, i + 1)
    const arc = septets.length <= 7 ? smallArc(septets) : largeArc(septets)
    const isHuge = septets.length > longestDecimal
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
function smallArc(septets: Uint8Array): number {
  let arc = 0
  for (const septet of septets) arc = arc * 128 + (septet & 0x7f)
  return arc
}

function largeArc(septets: Uint8Array): bigint {
  let bits = '0b'
  for (const septet of septets) bits += (septet & 0x7f).toString(2).padStart(7, '0')
  return BigInt(bits)
}

/** An OID for a message. Only the size of a very long one is given. */
export function oidForMessage(oid: Span): string {
  return oid.length > 64 ? `(an OID of ${oid.length} bytes)` : oidText(oid)
}

import type { Reader } from './reader.ts'
import { Tag } from './tags.ts'

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
  if (start >= end || (bytes[end - 1]! & 0x80) !== 0) return false
  let first = true
  for (let i = start; i < end; i++) {
    if (first && bytes[i] === 0x80) return false
    first = (bytes[i]! & 0x80) === 0
  }
  return true
}

/** Dotted text of an OID's content, exact for arcs of any size (`Number` up to 2^53, `BigInt` beyond). For display. */
export function oidText(bytes: Uint8Array, start: number, end: number): string {
  const arcs: string[] = []
  let small = 0
  let large: bigint | undefined
  for (let i = start; i < end; i++) {
    const septet = bytes[i]! & 0x7f
    if (large === undefined && small > 2 ** 45) large = BigInt(small)
    if (large !== undefined) large = (large << 7n) | BigInt(septet)
    else small = small * 128 + septet
    if ((bytes[i]! & 0x80) !== 0) continue
    if (arcs.length > 0) arcs.push(String(large ?? small))
    else {
      const root = large !== undefined ? 2 : Math.min(2, Math.floor(small / 40))
      arcs.push(String(root), String((large ?? BigInt(small)) - BigInt(root * 40)))
    }
    small = 0
    large = undefined
  }
  return arcs.join('.')
}

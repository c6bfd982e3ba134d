import { type Span, spanOf } from './span.ts'

/** Numbers of any size as big-endian bytes. */

/** The unsigned number that the bytes are, eight of them at a time: twice as fast as by way of hexadecimal text. */
export function bigintOfBytes(number: Span | Uint8Array): bigint {
  const { bytes, start, end } = spanOf(number)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let value = 0n
  let at = start
  for (let head = (end - start) % 8; head > 0; head--) value = (value << 8n) | BigInt(bytes[at++]!)
  for (; at < end; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return value
}

/** The number on so many bytes, which must have room for it. */
export function bytesOfBigint(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let rest = value
  let at = length
  for (; at >= 8; at -= 8, rest >>= 64n) view.setBigUint64(at - 8, BigInt.asUintN(64, rest))
  for (; at > 0; at--, rest >>= 8n) bytes[at - 1] = Number(rest & 0xffn)
  return bytes
}

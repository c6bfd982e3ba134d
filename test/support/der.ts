import { oidBytes } from '../../src/der/oid.ts'

/** DER written by hand, so that tests can also write invalid DER. */

export function bytes(...parts: readonly (Uint8Array | readonly number[] | string)[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : Buffer.from(part)))),
  )
}

/** One element: tag, shortest length, content. */
export function tlv(tag: number, ...content: readonly (Uint8Array | readonly number[] | string)[]): Uint8Array {
  const body = bytes(...content)
  return bytes([tag], lengthOctets(body.length), body)
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

type Part = Uint8Array | readonly number[] | string

export const sequence = (...content: readonly Part[]): Uint8Array => tlv(0x30, ...content)
export const set = (...content: readonly Part[]): Uint8Array => tlv(0x31, ...content)
export const octetString = (...content: readonly Part[]): Uint8Array => tlv(0x04, ...content)
export const bitString = (...content: readonly Part[]): Uint8Array => tlv(0x03, [0], ...content)
export const nul = (): Uint8Array => tlv(0x05)
export const boolean = (value: boolean): Uint8Array => tlv(0x01, [value ? 0xff : 0x00])
export const oid = (dotted: string): Uint8Array => tlv(0x06, oidBytes(dotted))
/** `[n]` constructed. */
export const context = (number: number, ...content: readonly Part[]): Uint8Array => tlv(0xa0 | number, ...content)
/** `[n]` primitive. */
export const implicit = (number: number, ...content: readonly Part[]): Uint8Array => tlv(0x80 | number, ...content)

/** INTEGER, shortest two's complement. */
export function integer(value: bigint | number): Uint8Array {
  const number = BigInt(value)
  let width = 1
  while (BigInt.asIntN(8 * width, number) !== number) width++
  const unsigned = BigInt.asUintN(8 * width, number)
  return tlv(0x02, unsigned.toString(16).padStart(2 * width, '0'))
}

/** A string or time of any type, its characters as ISO 8859-1. */
export function text(tag: number, value: string): Uint8Array {
  return tlv(tag, Buffer.from(value, 'latin1'))
}

export const utf8 = (value: string): Uint8Array => tlv(0x0c, Buffer.from(value, 'utf8'))
export const printable = (value: string): Uint8Array => text(0x13, value)
export const utcTime = (value: string): Uint8Array => text(0x17, value)
export const generalizedTime = (value: string): Uint8Array => text(0x18, value)

/** BMPString. */
export function bmp(value: string): Uint8Array {
  return tlv(0x1e, Buffer.from(value, 'utf16le').swap16())
}

/** AlgorithmIdentifier; `nul()` or nothing as parameters. */
export function algorithm(dotted: string, ...parameters: readonly Uint8Array[]): Uint8Array {
  return sequence(oid(dotted), ...parameters)
}

/** A Name of single-valued RDNs: `['2.5.4.3', utf8('x')]`. */
export function name(...attributes: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  return sequence(...attributes.map(([type, value]) => set(sequence(oid(type), value))))
}

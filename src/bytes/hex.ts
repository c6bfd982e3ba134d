const digits = '0123456789abcdef'

/** Lower-case hexadecimal of a range, without separators. Joined: appending makes a rope, which takes ten times the heap. */
export function hexOfRange(bytes: Uint8Array, start: number, end: number): string {
  const pairs: string[] = []
  for (let i = start; i < end; i++) pairs.push(digits[bytes[i]! >> 4]! + digits[bytes[i]! & 15]!)
  return pairs.join('')
}

export function hexOf(bytes: Uint8Array): string {
  return hexOfRange(bytes, 0, bytes.length)
}

/** Bytes of a constant written in hexadecimal; spaces are allowed for legibility. For literals in this code only. */
export function bytesOfHex(hex: string): Uint8Array {
  const compact = hex.replaceAll(' ', '')
  const bytes = new Uint8Array(compact.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(compact.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

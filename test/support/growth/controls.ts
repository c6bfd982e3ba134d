import { type Growing, read } from './growing.ts'

/** Work that grows as it must not, and work that does not: what counts them must tell them apart. */

function pairs(bytes: Uint8Array): number {
  let equal = 0
  for (let i = 0; i < bytes.length; i += 10) for (let k = 0; k < i; k += 10) if (bytes[i] === bytes[k]) equal++
  return equal
}

function often(bytes: Uint8Array, times: number): number {
  let sum = 0
  for (let again = 0; again < times; again++) for (const byte of bytes) sum += byte
  return sum
}

function control(name: string, call: (bytes: Uint8Array) => unknown): Growing {
  return { name: `control: ${name}`, at: (size) => read(new Uint8Array(size).fill(0x41), (bytes) => String(call(bytes))) }
}

/** Those with a problem. */
export const badControls: readonly Growing[] = [
  control('every byte with every other', pairs),
  control('every byte a thousand times', (bytes) => often(bytes, 1000)),
  control('marks put in order', ({ length }) => `${'\u0301'.repeat(length)}${'\u0323'.repeat(length)}`.normalize('NFC').length),
  control('a list that is searched for each byte', (bytes) => {
    const seen: number[] = []
    return bytes.filter((_, i) => i % 10 === 0 && !seen.includes(i) && seen.push(i) > 0).length
  }),
  control(
    'a long key for each of many',
    ({ length }) => new Set(Array.from({ length: length / 100 }, (_, i) => 'x'.repeat(length) + i)).size,
  ),
]

/** Those without. */
export const goodControls: readonly Growing[] = [
  control('every byte', (bytes) => often(bytes, 1)),
  control('every byte a hundred times', (bytes) => often(bytes, 100)),
  control(
    'sorted texts',
    ({ length }) => Array.from({ length: length / 10 }, (_, i) => String((i * 7919) % length)).sort().length,
  ),
]

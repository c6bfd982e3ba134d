import { join } from './elements.ts'
import type { Random } from './random.ts'

/** Changes bytes without regard to their meaning. */
export type ByteMutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array

/** Octets at which parsers branch. */
const boundaries = [0x00, 0x01, 0x02, 0x1f, 0x20, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xa0, 0xfe, 0xff]

/** Usually one change: after several changes, the parser usually rejects the first. */
function few(random: Random): number {
  return random.oneIn(3) ? random.small(4) : 1
}

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice()
  for (let times = few(random); times > 0 && changed.length > 0; times--) {
    changed[random.below(changed.length)]! ^= 1 << random.below(8)
  }
  return changed
}

function setBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice()
  for (let times = few(random); times > 0 && changed.length > 0; times--) {
    changed[random.below(changed.length)] = random.oneIn(2) ? random.pick(boundaries) : random.byte()
  }
  return changed
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  return random.oneIn(4) ? bytes.slice(random.below(bytes.length + 1)) : bytes.slice(0, random.below(bytes.length + 1))
}

function insert(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1)
  const length = random.small(200)
  const added = random.oneIn(2) ? random.bytes(length) : new Uint8Array(length).fill(random.pick(boundaries))
  return join(bytes.subarray(0, at), added, bytes.subarray(at))
}

function duplicateRange(bytes: Uint8Array, random: Random): Uint8Array {
  const [from, to] = range(bytes, random)
  return join(bytes.subarray(0, to), bytes.subarray(from))
}

function deleteRange(bytes: Uint8Array, random: Random): Uint8Array {
  const [from, to] = range(bytes, random)
  return join(bytes.subarray(0, from), bytes.subarray(to))
}

function copyRange(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const [from, to] = range(other, random)
  const changed = bytes.slice()
  if (to - from <= changed.length) changed.set(other.subarray(from, to), random.below(changed.length - (to - from) + 1))
  return changed
}

/** The head of one input and the tail of another. */
function splice(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return join(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)))
}

function range(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = random.below(bytes.length + 1)
  return [from, Math.min(bytes.length, from + random.small(bytes.length + 1))]
}

/** The first ones are listed several times: they keep most of the input, so it gets further. */
export const byteMutations: readonly ByteMutation[] = [
  flipBits,
  flipBits,
  flipBits,
  setBytes,
  setBytes,
  truncate,
  insert,
  duplicateRange,
  deleteRange,
  copyRange,
  splice,
]

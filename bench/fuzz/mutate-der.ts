import { type Element, element, join, replaceElement } from './elements.ts'
import type { Random } from './random.ts'

/** A DER structure and its elements. */
export interface Structure {
  readonly der: Uint8Array
  readonly elements: readonly Element[]
}

/**
 * Changes one element of a DER structure. Most mutations correct the lengths around it, so that the parser reaches the
 * change and does not stop at a wrong length.
 */
type ElementMutation = (own: Structure, index: number, random: Random, other: Structure) => Uint8Array

const tags = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1c, 0x1e, 0x30, 0x31, 0x1f, 0x24,
  0x3f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xbf,
]

const content = ({ der, elements }: Structure, index: number): Uint8Array =>
  der.subarray(elements[index]!.start, elements[index]!.end)

const whole = ({ der, elements }: Structure, index: number): Uint8Array =>
  der.subarray(elements[index]!.header, elements[index]!.end)

const put = ({ der, elements }: Structure, index: number, by: Uint8Array): Uint8Array => replaceElement(der, elements, index, by)

const tagOf = ({ der, elements }: Structure, index: number): number => der[elements[index]!.header]!

const drop: ElementMutation = (own, index) => put(own, index, new Uint8Array())

const empty: ElementMutation = (own, index) => put(own, index, element(tagOf(own, index)))

const retag: ElementMutation = (own, index, random) => put(own, index, element(random.pick(tags), content(own, index)))

const graft: ElementMutation = (own, index, random, other) => put(own, index, whole(other, random.below(other.elements.length)))

const swapIn: ElementMutation = (own, index, random) => put(own, index, whole(own, random.below(own.elements.length)))

/** Repeats an element many times, to test budgets. */
const repeat: ElementMutation = (own, index, random) => {
  const times = 1 + random.small(400)
  return put(own, index, join(...new Array<Uint8Array>(times).fill(whole(own, index))))
}

const nest: ElementMutation = (own, index, random) => {
  const tag = random.pick([0x30, 0x31, 0xa0, 0xa4, tagOf(own, index)])
  let nested = whole(own, index)
  for (let depth = random.small(200); depth > 0; depth--) nested = element(tag, nested)
  return put(own, index, nested)
}

const grow: ElementMutation = (own, index, random) => {
  const extra = new Uint8Array(random.small(5000)).fill(random.pick([0x00, 0x20, 0x2a, 0x2e, 0x41, 0x80, 0xff]))
  const parts = random.oneIn(2) ? [extra, content(own, index)] : [content(own, index), extra]
  return put(own, index, element(tagOf(own, index), ...parts))
}

const scramble: ElementMutation = (own, index, random) => {
  const length = random.oneIn(2) ? content(own, index).length : random.small(64)
  return put(own, index, element(tagOf(own, index), random.bytes(Math.min(length, 4096))))
}

/** Replaces bytes with digits, for times, numbers in names and serial numbers. */
const rewriteDigits: ElementMutation = (own, index, random) => {
  const digits = content(own, index).map((byte) => (random.oneIn(4) ? 0x30 + random.below(10) : byte))
  return put(own, index, element(tagOf(own, index), digits))
}

/** Flips a bit of the content: the certificate stays well-formed, but its meaning changes. */
const flipContent: ElementMutation = ({ der, elements }, index, random) => {
  const { start, end } = elements[index]!
  const changed = der.slice()
  if (end > start) changed[start + random.below(end - start)]! ^= 1 << random.below(8)
  return changed
}

/** Writes length octets that are not minimal, indefinite, too long or wrong. The lengths around are corrected. */
const encodeLengthWrongly: ElementMutation = (own, index, random) => {
  const inside = content(own, index)
  const { length } = inside
  const head = Uint8Array.of(tagOf(own, index))
  const forms: readonly (readonly number[])[] = [
    [0x82, (length >> 8) & 0xff, length & 0xff],
    [0x83, 0, (length >> 8) & 0xff, length & 0xff],
    [0x80],
    [0x84, 0xff, 0xff, 0xff, 0xff],
    [0x84, 0x7f, 0xff, 0xff, 0xff],
    [0xff],
    [length & 0x7f],
    [(length + random.below(5) - 2) & 0xff],
  ]
  return put(own, index, join(head, Uint8Array.from(random.pick(forms)), inside))
}

/** Changes the length octet in place, without correcting anything around it. */
const editLength: ElementMutation = ({ der, elements }, index, random) => {
  const changed = der.slice()
  const at = elements[index]!.header + 1
  changed[at] = random.oneIn(2) ? changed[at]! + random.below(9) - 4 : random.pick([0x00, 0x7f, 0x80, 0x81, 0x84, 0xff])
  return changed
}

const mutations: readonly ElementMutation[] = [
  drop,
  empty,
  retag,
  graft,
  graft,
  swapIn,
  repeat,
  nest,
  grow,
  scramble,
  scramble,
  rewriteDigits,
  flipContent,
  flipContent,
  flipContent,
  encodeLengthWrongly,
  editLength,
]

export function mutateElement(own: Structure, random: Random, other: Structure): Uint8Array {
  return random.pick(mutations)(own, random.below(own.elements.length), random, other)
}

import { type ByteMutation, byteMutations } from './mutate-bytes.ts'
import { mutateElement, type Structure } from './mutate-der.ts'
import { mutateLines } from './mutate-pem.ts'
import type { Random } from './random.ts'
import type { Seeds } from './seeds.ts'

/** One input, and the seed that it was made from. */
export type FuzzInput =
  | { readonly kind: 'certificate' | 'list'; readonly bytes: Uint8Array; readonly seed: Uint8Array }
  | { readonly kind: 'text'; readonly text: string }

/** Makes an input: 70 % are certificates, 15 % revocation lists and 15 % PEM texts. */
export function makeInput(seeds: Seeds, random: Random): FuzzInput {
  const kind = random.below(100)
  if (kind >= 85) return { kind: 'text', text: makeText(seeds, random) }
  const family = kind < 70 ? seeds.certificates : seeds.lists
  const seed = random.pick(family)
  // A mutation of a certificate sometimes copies from a list, so that parsers see a mix of both.
  const other = random.pick(random.oneIn(20) ? seeds.lists : seeds.certificates)
  return { kind: kind < 70 ? 'certificate' : 'list', bytes: mutate(seed, random, other), seed: seed.der }
}

/** Usually one change: a parser that rejects the first would not reach the second. */
function mutate(seed: Structure, random: Random, other: Structure): Uint8Array {
  const structured = random.oneIn(2)
  let bytes = structured ? mutateElement(seed, random, other) : mutateBytes(seed.der, random, other.der)
  while (random.oneIn(5)) bytes = mutateBytes(bytes, random, other.der)
  return bytes
}

function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const mutation: ByteMutation = random.pick(byteMutations)
  return mutation(bytes, random, other)
}

/** A text with changed lines, with an added mutated certificate in valid PEM, or with changed bytes. */
function makeText(seeds: Seeds, random: Random): string {
  const text = random.pick(seeds.texts)
  switch (random.below(4)) {
    case 0: {
      const other = Buffer.from(random.pick(seeds.texts), 'latin1')
      return latin1(mutateBytes(Buffer.from(text, 'latin1'), random, other))
    }
    case 1: {
      const der = mutate(random.pick(seeds.certificates), random, random.pick(seeds.certificates))
      const body = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')
      return `${text}-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
    }
    default:
      return mutateLines(text, random)
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

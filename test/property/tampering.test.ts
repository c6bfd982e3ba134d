import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, type Truststore, verifyChain } from '../../src/index.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'

const presentedPolicy: Policy = { ...profiles.rfc5280, conformance: 'practical' }

/** Where a test flips bits, and what must go on refusing the result. */
interface Target {
  readonly name: string
  readonly der: Uint8Array
  readonly store: Truststore
  /** The chain with the bent certificate in its place. */
  readonly chain: (bent: Uint8Array) => readonly Uint8Array[]
}

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Tamper,CN=Root' })
const intermediate = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Tamper,CN=Intermediate' }, root)
const rsaRoot = mint({ ca: true, key: keyPair('rsa2048'), subject: 'O=Tamper,CN=RSA Root' })

function leafOf(name: string, issuer: Minted, pss = false): Target {
  const { der } = mint({ key: keyPair('p256', 2), pss, subjectAltNames: [{ dns: 'a.example' }], ca: false }, issuer)
  const store = buildTruststore([root.der, rsaRoot.der, intermediate.der])
  return { name, der, store, chain: (bent) => [bent] }
}

const pinned = mint({ key: keyPair('p256', 3), subject: 'O=Tamper,CN=Pinned' })
const below = mint({ key: keyPair('p256', 2) }, intermediate)

const targets: readonly Target[] = [
  leafOf('a leaf under an EC root', root),
  leafOf('a leaf under an intermediate', intermediate),
  leafOf('a leaf under an RSA root', rsaRoot),
  leafOf('a leaf signed with RSASSA-PSS', rsaRoot, true),
  { name: 'a pinned leaf', der: pinned.der, store: buildTruststore(pinned.der), chain: (bent) => [bent] },
  {
    name: 'an intermediate that the peer sends',
    der: intermediate.der,
    store: buildTruststore(root.der, { policy: presentedPolicy }),
    chain: (bent) => [below.der, bent],
  },
]

function flip(der: Uint8Array, bit: number): Uint8Array {
  const bent = der.slice()
  bent[bit >> 3]! ^= 0x80 >> (bit & 7)
  return bent
}

describe.each(targets)('$name', ({ der, store, chain }) => {
  it('is accepted as it is', () => {
    expect(verifyChain(store, chain(der))).toMatchObject({ ok: true })
  })

  it('is refused with any one bit flipped', () => {
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        expect(verifyChain(store, chain(flip(der, bit))).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('is refused with bytes overwritten, cut out or put in', () => {
    const edit = fc.record({ at: fc.nat(der.length - 1), drop: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) })
    fc.assert(
      fc.property(edit, ({ at, drop, put }) => {
        const bent = Uint8Array.from([...der.subarray(0, at), ...put, ...der.subarray(at + drop)])
        fc.pre(Buffer.compare(bent, der) !== 0)
        expect(verifyChain(store, chain(bent)).ok).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})

describe('every bit of the end of a signature', () => {
  it.each(targets)('of $name counts', ({ der, store, chain }) => {
    // The signature ends a certificate; these bytes are the whole of s in ECDSA and a part of the number in RSA.
    for (let bit = (der.length - 32) * 8; bit < der.length * 8; bit++) {
      if (verifyChain(store, chain(flip(der, bit))).ok) throw new Error(`bit ${bit} does not count`)
    }
  })
})

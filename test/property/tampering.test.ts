import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, type Truststore, verifyChain } from '../../src/index.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'

const presentedPolicy: Policy = { ...profiles.rfc5280, conformance: 'practical' }

/** A certificate to change, and the truststore that must reject the result. */
interface Target {
  readonly name: string
  readonly der: Uint8Array
  readonly store: Truststore
  /** The chain with the altered certificate in its place. */
  readonly chain: (altered: Uint8Array) => readonly Uint8Array[]
}

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Tamper,CN=Root' })
const intermediate = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Tamper,CN=Intermediate' }, root)
const rsaRoot = mint({ ca: true, key: keyPair('rsa2048'), subject: 'O=Tamper,CN=RSA Root' })

function leafOf(name: string, issuer: Minted, pss = false): Target {
  const { der } = mint({ key: keyPair('p256', 2), pss, subjectAltNames: [{ dns: 'a.example' }], ca: false }, issuer)
  const store = buildTruststore([root.der, rsaRoot.der, intermediate.der])
  return { name, der, store, chain: (altered) => [altered] }
}

const pinned = mint({ key: keyPair('p256', 3), subject: 'O=Tamper,CN=Pinned' })
const below = mint({ key: keyPair('p256', 2) }, intermediate)

const targets: readonly Target[] = [
  leafOf('a leaf under an EC root', root),
  leafOf('a leaf under an intermediate', intermediate),
  leafOf('a leaf under an RSA root', rsaRoot),
  leafOf('a leaf signed with RSASSA-PSS', rsaRoot, true),
  { name: 'a pinned leaf', der: pinned.der, store: buildTruststore(pinned.der), chain: (altered) => [altered] },
  {
    name: 'a presented intermediate',
    der: intermediate.der,
    store: buildTruststore(root.der, { policy: presentedPolicy }),
    chain: (altered) => [below.der, altered],
  },
]

function flip(der: Uint8Array, bit: number): Uint8Array {
  const altered = der.slice()
  altered[bit >> 3]! ^= 0x80 >> (bit & 7)
  return altered
}

describe.each(targets)('$name', ({ der, store, chain }) => {
  it('is accepted unchanged', () => {
    expect(verifyChain(store, chain(der))).toMatchObject({ ok: true })
  })

  it('is rejected with any bit flipped', () => {
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        expect(verifyChain(store, chain(flip(der, bit))).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('is rejected with bytes overwritten, removed or inserted', () => {
    const edit = fc.record({ at: fc.nat(der.length - 1), drop: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) })
    fc.assert(
      fc.property(edit, ({ at, drop, put }) => {
        const altered = Uint8Array.from([...der.subarray(0, at), ...put, ...der.subarray(at + drop)])
        fc.pre(Buffer.compare(altered, der) !== 0)
        expect(verifyChain(store, chain(altered)).ok).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})

describe('every bit at the end of the signature', () => {
  it.each(targets)('of $name matters', ({ der, store, chain }) => {
    // The signature is the end of the certificate. These bytes are all of s in ECDSA, and part of the number in RSA.
    for (let bit = (der.length - 32) * 8; bit < der.length * 8; bit++) {
      if (verifyChain(store, chain(flip(der, bit))).ok) throw new Error(`accepted with bit ${bit} flipped`)
    }
  })
})

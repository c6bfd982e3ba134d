import { describe, expect, it } from 'vitest'
import { buildTruststore, profiles, type Truststore, verifyChain } from '../../../src/index.ts'
import { keyPair, type Minted, mint } from '../../support/mint.ts'
import { leaf, presented, storeFor, storeOf } from '../../support/rejected-chain.ts'

/** What the message says about a missing issuer. */

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes!).toString('hex')
const wanted = mint({ ca: true, key: keyPair('p256', 80), subject: 'O=Near,CN=Wanted' })
const stranger = mint({ ca: true, key: keyPair('p256', 81), subject: 'O=Near,CN=Stranger' })
const client = leaf({}, wanted)
const wantedText = `CN=Wanted,O=Near, key id ${hex(wanted.keyId)}`

function namesake(slot: number, subjectKeyId: boolean | Uint8Array = true): Minted {
  return mint({ ca: true, key: keyPair('p256', 82 + slot), subject: wanted.subject, subjectKeyId, authorityKeyId: false })
}

function refusal(chain: readonly Minted[], ...trusted: readonly Minted[]): readonly [string, number, string] {
  const verdict = verifyChain(
    storeFor(presented, ...trusted),
    chain.map(({ der }) => der),
  )
  if (verdict.ok) throw new Error('accepted')
  return [verdict.code, verdict.index, verdict.message.replace(/^[^:]*: /, '')]
}

const prefix = 'its issuer is not in the truststore: '

describe('the message about a missing issuer', () => {
  it('control: with the issuer, the chain is accepted', () => {
    expect(verifyChain(storeOf(wanted, stranger), client.der)).toMatchObject({ ok: true })
  })

  it('has its name and key id', () => {
    expect(refusal([client], stranger)).toEqual(['unknown_issuer', 0, `${prefix}${wantedText}`])
    expect(refusal([leaf({ authorityKeyId: false }, wanted)], stranger)).toEqual([
      'unknown_issuer',
      0,
      `${prefix}CN=Wanted,O=Near`,
    ])
  })

  it('names CAs of the same name with other keys', () => {
    const one = namesake(0)
    expect(refusal([client], stranger, one)).toEqual([
      'unknown_issuer',
      0,
      `${prefix}${wantedText}; under that name it has key id ${hex(one.keyId)}`,
    ])
  })

  it('names at most three CAs of the same name', () => {
    const all = [0, 1, 2, 3, 4].map((slot) => namesake(slot))
    const ids = all.map(({ keyId }) => `key id ${hex(keyId)}`)
    expect(refusal([client], ...all.slice(0, 3))[2]).toBe(
      `${prefix}${wantedText}; under that name it has ${ids.slice(0, 3).join('; ')}`,
    )
    expect(refusal([client], ...all)[2]).toBe(
      `${prefix}${wantedText}; under that name it has ${ids.slice(0, 3).join('; ')} and 2 more`,
    )
  })

  it('names CAs of the same name, some without a key id', () => {
    const silent = namesake(0, false)
    const one = namesake(1)
    // Without key id it might have been the one, so its signature was tried.
    const [code, index, message] = refusal([client], silent, one)
    expect([code, index]).toEqual(['signature_mismatch', 0])
    expect(message).toBe('the signature was not made by the key of CN=Wanted,O=Near')
    // Above a CA of the truststore the message has them all.
    const lower = mint({ ca: true, key: keyPair('p256', 89), subject: 'O=Near,CN=Lower' }, wanted)
    const verdict = verifyChain(storeOf(stranger, lower, silent, one), leaf({}, lower).der)
    expect(verdict).toMatchObject({
      code: 'incomplete_chain',
      index: 1,
      message: `CA certificate CN=Lower,O=Near: its issuer is not in the truststore: ${wantedText}; under that name it has key id unknown; key id ${hex(one.keyId)}`,
    })
  })

  it('names a CA with the same key id under another name', () => {
    const renamed = mint({ ca: true, key: wanted.key, subject: 'O=Near,CN=Renamed' })
    expect(refusal([client], stranger, renamed)).toEqual([
      'unknown_issuer',
      0,
      `${prefix}${wantedText}; with that key id it has CN=Renamed,O=Near`,
    ])
    const copies = [0, 1, 2, 3].map((i) => mint({ ca: true, key: wanted.key, subject: `CN=Copy ${i}` }))
    expect(refusal([client], ...copies)[2]).toBe(
      `${prefix}${wantedText}; with that key id it has CN=Copy 0; CN=Copy 1; CN=Copy 2 and 1 more`,
    )
  })

  it('of an intermediate that the peer sent is told at its place', () => {
    const lower = mint({ ca: true, key: keyPair('p256', 89), subject: 'O=Near,CN=Lower' }, wanted)
    expect(refusal([leaf({}, lower), lower], stranger)).toEqual(['unknown_issuer', 1, `${prefix}${wantedText}`])
  })
})

const root = mint({ ca: true, key: keyPair('p256', 90), subject: 'O=Out,CN=Root' })
const upper = mint({ ca: true, key: keyPair('p256', 91), subject: 'O=Out,CN=Upper' }, root)
const lower = mint({ ca: true, key: keyPair('p256', 92), subject: 'O=Out,CN=Lower' }, upper)

function messageOf(store: Truststore, ...chain: readonly Uint8Array[]): string {
  const verdict = verifyChain(store, chain)
  if (verdict.ok) throw new Error('accepted')
  return verdict.message
}

describe('presented intermediates that the policy does not use', () => {
  const direct = leaf({}, upper)
  const below = leaf({}, lower)
  const advice = 'this policy takes issuers from the truststore alone: add'

  it('are named if they lead to a listed root, with their place in the chain', () => {
    const verdict = verifyChain(storeOf(root), [direct.der, upper.der])
    expect(verdict).toMatchObject({ ok: false, code: 'unknown_issuer', index: 0 })
    expect(messageOf(storeOf(root), direct.der, upper.der)).toMatch(
      new RegExp(
        `^leaf certificate .*: its issuer is not in the truststore: CN=Upper,.*; ${advice} certificate 1 of the chain, CN=Upper,O=Out, to the truststore$`,
      ),
    )
    expect(messageOf(storeOf(root), direct.der, stranger.der, root.der, upper.der)).toContain(
      `${advice} certificate 3 of the chain, `,
    )
  })

  it('are all named if two are missing', () => {
    const both = `${advice} certificate 2 of the chain, CN=Lower,O=Out, and certificate 1 of the chain, CN=Upper,O=Out, to the`
    expect(messageOf(storeOf(root), below.der, upper.der, lower.der)).toContain(both)
    // One of them is listed.
    const message = messageOf(storeOf(root, lower), below.der, lower.der, upper.der)
    expect(message).toMatch(/^CA certificate CN=Lower,O=Out: its issuer is not in the truststore/)
    expect(message).toContain(`${advice} certificate 2 of the chain, CN=Upper,O=Out, to the truststore`)
  })

  it('are the certificates whose addition makes the chain acceptable', () => {
    expect(verifyChain(storeOf(root, upper), direct.der).ok).toBe(true)
    expect(verifyChain(storeOf(root, upper, lower), below.der).ok).toBe(true)
  })

  it.each<[string, Truststore, readonly Minted[]]>([
    ['their root is not listed', storeOf(stranger), [direct, upper, root]],
    ['another key signed them', storeOf(root), [direct, mint({ ca: true, subject: upper.subject, key: upper.key }, stranger)]],
    ['they are no CAs', storeOf(root), [direct, mint({ subject: upper.subject, key: upper.key }, root)]],
    [
      'they have expired',
      storeOf(root),
      [direct, mint({ ca: true, subject: upper.subject, key: upper.key, notAfter: new Date(0), notBefore: new Date(0) }, root)],
    ],
    ['the path would be too long', storeFor({ ...profiles.apiGateway, maxChainLength: 1 }, root), [direct, upper]],
    [
      'the budget ends',
      storeFor({ ...profiles.apiGateway, budget: { ...profiles.apiGateway.budget, signatures: 1 } }, root),
      [direct, upper],
    ],
  ])('are not named if %s', (_, store, chain) => {
    const verdict = verifyChain(
      store,
      chain.map(({ der }) => der),
    )
    expect(verdict).toMatchObject({ ok: false, code: 'unknown_issuer', message: expect.not.stringContaining('add') })
  })

  it('are not remembered', () => {
    const store = storeOf(root)
    messageOf(store, direct.der, upper.der)
    const { code, message } = verifyChain(store, [direct.der]) as { readonly code: string; readonly message: string }
    expect([code, message.includes('add')]).toEqual(['unknown_issuer', false])
  })
})

describe('certificates that the build left out', () => {
  const weak = mint({ ca: true, key: keyPair('rsa1024'), subject: 'O=Out,CN=Weak' })
  const finding = 'left out when the truststore was built: rsa_too_small: RSA key of 1024 bits, at least 2048 are required'
  const line = root.pem.split('\n').length

  it('are named with their finding if a client of theirs is rejected', () => {
    const store = buildTruststore(root.pem + weak.pem)
    expect(verifyChain(store, leaf({}, weak).der)).toMatchObject({ code: 'unknown_issuer' })
    expect(messageOf(store, leaf({}, weak).der)).toContain(
      `; certificate 1 of the bundle (line ${line}) has the name of its issuer, but was ${finding}`,
    )
    expect(messageOf(storeOf(root, weak), leaf({ authorityKeyId: false }, weak).der)).toContain(
      `; certificate 1 of the bundle has the name of its issuer, but was ${finding}`,
    )
  })

  it('are named above a listed intermediate, and beside a CA of the same name', () => {
    const under = mint({ ca: true, subject: 'O=Out,CN=Under' }, weak)
    expect(verifyChain(storeOf(root, weak, under), leaf({}, under).der)).toMatchObject({
      code: 'incomplete_chain',
      message: expect.stringContaining(`but was ${finding}`),
    })
    const namesakeOfWeak = mint({ ca: true, subject: weak.subject, subjectKeyId: false, authorityKeyId: false })
    expect(verifyChain(storeOf(namesakeOfWeak, weak), leaf({}, weak).der)).toMatchObject({
      code: 'signature_mismatch',
      message: expect.stringContaining(`but was ${finding}`),
    })
  })

  it('are named if the peer sends one of them', () => {
    const pinned = mint({ subject: 'CN=Pinned', notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01'), bend: flip })
    const message = messageOf(storeOf(root, pinned), pinned.der)
    expect(message).toContain(
      '; it is certificate 1 of the bundle, but was left out when the truststore was built: bad_self_signature: ',
    )
  })

  it('are not named for clients of others, nor if the key identifiers differ', () => {
    const store = buildTruststore(root.pem + weak.pem)
    expect(messageOf(store, client.der)).not.toContain('left out')
    expect(messageOf(store, leaf({ authorityKeyId: Uint8Array.of(1) }, weak).der)).not.toContain('left out')
  })

  it('because they could not be read may be the issuer', () => {
    const store = buildTruststore([root.der, wanted.der.slice(0, -1)])
    expect(messageOf(store, client.der)).toMatch(
      /; certificate 1 of the bundle could not be read, and may be the issuer: non_der_encoding: .+/,
    )
  })
})

describe('a presented certificate that could not be read', () => {
  it('is named with its place, its fault and the byte', () => {
    const broken = lower.der.slice(0, -1)
    expect(verifyChain(storeFor(presented, root), [leaf({}, lower).der, upper.der, broken])).toMatchObject({
      code: 'unknown_issuer',
      message: expect.stringMatching(/; certificate 2 of the chain could not be read: .+ \(byte \d+\)$/),
    })
    expect(verifyChain(storeFor(presented, root), [leaf({}, lower).der, upper.der, lower.der])).toMatchObject({ ok: true })
  })
})

/** Changes the last byte, which belongs to the signature. */
function flip(der: Uint8Array): Uint8Array {
  const copy = der.slice()
  copy[copy.length - 1]! ^= 1
  return copy
}

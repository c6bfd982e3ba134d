import { describe, expect, it } from 'vitest'
import { verifyChain } from '../../../src/index.ts'
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

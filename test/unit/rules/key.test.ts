import { describe, expect, it } from 'vitest'
import { type Policy, profiles } from '../../../src/index.ts'
import { analysed } from '../../support/analysed.ts'
import { keyPair, mint } from '../../support/mint.ts'
import { modulusOf, rsaSpki } from '../../support/spki.ts'

const modulus = modulusOf(keyPair('rsa2048'))

function findingsOn(spki: Uint8Array, policy: Policy = profiles.apiGateway): readonly string[] {
  const { der } = mint({ ca: true, spki, key: keyPair('p256'), signWith: keyPair('p256'), subject: 'CN=Key' })
  const { findings } = analysed(der, { policy })
  // Nobody has the private key of this certificate.
  return findings.map(({ code }) => code).filter((code) => code !== 'bad_self_signature')
}

describe('the rules about RSA keys', () => {
  it.each([3n, 5n, 65537n, 2n ** 32n - 1n])('allow the exponent %d', (exponent) => {
    expect(findingsOn(rsaSpki(modulus, exponent))).toEqual([])
  })

  it.each([0n, 1n, 2n, 65536n, 2n ** 32n + 1n, -3n])('refuse the exponent %d', (exponent) => {
    expect(findingsOn(rsaSpki(modulus, exponent))).toEqual(['rsa_bad_exponent'])
  })

  it.each([3n, 7n, 743n, 751n])('refuse a modulus with the factor %d', (factor) => {
    expect(findingsOn(rsaSpki(modulus * factor, 65537n))).toEqual(['rsa_modulus_even_or_small_factor'])
  })

  it('allow a modulus whose least factor is 757', () => {
    expect(findingsOn(rsaSpki(modulus * 757n, 65537n))).toEqual([])
  })

  it('count bits from the first one that is set', () => {
    const policy = { ...profiles.apiGateway, minRsaBits: 2048, maxRsaBits: 2048 }
    expect(findingsOn(rsaSpki(modulus, 65537n), policy)).toEqual([])
    expect(findingsOn(rsaSpki(2n ** 2046n + 1n, 65537n), policy)).toContain('rsa_too_small')
    expect(findingsOn(rsaSpki(2n ** 2048n + 1n, 65537n), policy)).toContain('rsa_too_large')
  })

  it('take little time for a giant modulus', () => {
    const start = performance.now()
    expect(findingsOn(rsaSpki(2n ** 200_000n + 1n, 65537n))).toEqual(['rsa_too_large'])
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('refuse a key without modulus or exponent as malformed', () => {
    expect(findingsOn(rsaSpki(-modulus, 65537n))).toEqual(['unsupported_key_algorithm'])
    expect(findingsOn(rsaSpki(0n, 65537n))).toContain('rsa_too_small')
  })
})

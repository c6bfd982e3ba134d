import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { algorithmName } from '../../../src/crypto/algorithm-names.ts'
import { buildTruststore, lintTruststore, verifyChain } from '../../../src/index.ts'
import { oid, sequence } from '../../support/der.ts'
import { keyPair, mint } from '../../support/mint.ts'

describe('algorithmName', () => {
  it.each([
    ['1.3.101.112', 'Ed25519 (1.3.101.112)'],
    ['1.3.101.113', 'Ed448 (1.3.101.113)'],
    ['2.16.840.1.101.3.4.3.17', 'ML-DSA-44 (2.16.840.1.101.3.4.3.17)'],
    ['2.16.840.1.101.3.4.3.18', 'ML-DSA-65 (2.16.840.1.101.3.4.3.18)'],
    ['2.16.840.1.101.3.4.3.19', 'ML-DSA-87 (2.16.840.1.101.3.4.3.19)'],
    ['2.16.840.1.101.3.4.3.20', 'SLH-DSA-SHA2-128s (2.16.840.1.101.3.4.3.20)'],
    ['2.16.840.1.101.3.4.3.31', 'SLH-DSA-SHAKE-256f (2.16.840.1.101.3.4.3.31)'],
    ['1.2.840.10040.4.1', 'DSA (1.2.840.10040.4.1)'],
    ['1.2.840.10040.4.3', '1.2.840.10040.4.3'],
    ['2.16.840.1.101.3.4.3.24', 'SLH-DSA-SHA2-256s (2.16.840.1.101.3.4.3.24)'],
    ['2.16.840.1.101.3.4.3.27', 'SLH-DSA-SHAKE-128f (2.16.840.1.101.3.4.3.27)'],
    ['2.16.840.1.101.3.4.3.32', '2.16.840.1.101.3.4.3.32'],
    ['1.3.36.3.3.2.8.1.1.13', 'brainpoolP512r1 (1.3.36.3.3.2.8.1.1.13)'],
    ['1.3.36.3.3.2.8.1.1.8', 'brainpoolP256t1 (1.3.36.3.3.2.8.1.1.8)'],
    ['1.3.36.3.3.2.8.1.1.0', '1.3.36.3.3.2.8.1.1.0'],
    ['1.3.36.3.3.2.8.1.1.15', '1.3.36.3.3.2.8.1.1.15'],
    ['1.3.101.114', '1.3.101.114'],
    ['1.3.101.0', '1.3.101.0'],
    ['1.3.101.110.5', '1.3.101.110.5'],
    ['2.16.840.1.101.3.4.3.5', '2.16.840.1.101.3.4.3.5'],
    ['1.2.3', '1.2.3'],
    ['P-521', 'P-521'],
    ['(an OID of 70 bytes)', '(an OID of 70 bytes)'],
    ['', ''],
  ])('%s is %s', (text, name) => {
    expect(algorithmName(text)).toBe(name)
  })

  const hasOpenSsl = spawnSync('openssl', ['version']).status === 0
  it.skipIf(!hasOpenSsl)('agrees with OpenSSL on what both know', () => {
    const prefixes: readonly [string, number][] = [
      ['1.3.101.', 110],
      ['2.16.840.1.101.3.4.3.', 1],
      ['1.3.36.3.3.2.8.1.1.', 1],
    ]
    const oids = prefixes.flatMap(([prefix, first]) => Array.from({ length: 16 }, (_, i) => `${prefix}${first + i}`))
    let compared = 0
    for (const dotted of oids) {
      const name = / *(.*) \(/.exec(algorithmName(dotted))?.[1]
      const der = Buffer.from(oid(dotted))
      const { stdout } = spawnSync('openssl', ['asn1parse', '-inform', 'DER'], { input: der, encoding: 'latin1' })
      const theirs = /OBJECT +:(\S+)/.exec(stdout)?.[1]
      if (name === undefined || theirs === undefined || /^[\d.]+$/.test(theirs)) continue
      expect([dotted, theirs.toLowerCase().replaceAll('_', '-')]).toEqual([dotted, name.toLowerCase()])
      compared++
    }
    expect(compared).toBeGreaterThan(15)
  })
})

describe('a message names the algorithm', () => {
  const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Names' })
  const store = buildTruststore(root.pem)
  const mlDsa = sequence(sequence(oid('2.16.840.1.101.3.4.3.18')), Uint8Array.of(3, 2, 0, 1))

  it('of a client, in the verdict', () => {
    const said = (chain: Uint8Array): string => {
      const verdict = verifyChain(store, chain)
      return verdict.ok ? 'accepted' : verdict.message
    }
    expect(said(mint({ key: keyPair('ed25519') }, root).der)).toContain('neither RSA nor EC, but Ed25519 (1.3.101.112)')
    expect(said(mint({ spki: mlDsa }, root).der)).toContain('neither RSA nor EC, but ML-DSA-65 (2.16.840.1.101.3.4.3.18)')
    expect(said(mint({ key: keyPair('p521') }, root).der)).toContain('the EC key is on P-521;')
    expect(said(mint({ key: keyPair('secp256k1') }, root).der)).toContain('the EC key is on secp256k1;')
  })

  it('of a CA, in the findings', () => {
    const said = (pem: string): string =>
      lintTruststore(pem, { platform: 'alb' })
        .findings.map(({ message }) => message)
        .join('\n')
    const ed25519 = said(mint({ ca: true, key: keyPair('ed25519') }).pem)
    expect(ed25519).toContain('signature algorithm Ed25519 (1.3.101.112) is not supported')
    expect(ed25519).toContain('key algorithm Ed25519 (1.3.101.112) is not supported')
    expect(said(mint({ ca: true, spki: mlDsa }, root).pem)).toContain(
      'public key algorithm ML-DSA-65 (2.16.840.1.101.3.4.3.18) is not',
    )
  })
})

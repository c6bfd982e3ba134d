import { describe, expect, it } from 'vitest'
import { type LintCode, lintCertificate, type Policy, profiles } from '../../../src/index.ts'
import { rsaPss } from '../../support/algorithms.ts'
import { analysed } from '../../support/analysed.ts'
import { type CertificateSpec, type KeyPair, keyPair, type Minted, mint } from '../../support/mint.ts'
import { pssEncoded, signEncoded } from '../../support/rsa.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const rsaRoot = mint({ ca: true, key: keyPair('rsa2048'), subject: 'CN=RSA Root' })

function codesOf(...certificates: readonly Minted[]): readonly string[] {
  return analysed(certificates.map(({ der }) => der)).findings.map(({ code }) => code)
}

describe('the rules about signatures', () => {
  it('take any issuer of the name whose key did sign, whatever the key identifiers say', () => {
    const wrongHint = mint({ ca: true, subject: 'CN=A', authorityKeyId: Uint8Array.of(1, 2, 3) }, root)
    expect(codesOf(root, wrongHint)).toEqual([])
    const noHint = mint({ ca: true, subject: 'CN=A', authorityKeyId: false }, root)
    expect(codesOf(root, noHint)).toEqual([])
  })

  it('is not reported as forged if key identifiers point to another CA of that name', () => {
    const stranger = mint({ ca: true, subject: 'CN=Root' })
    expect(codesOf(root, mint({ ca: true, subject: 'CN=A' }, stranger))).toEqual(['incomplete_chain'])
  })

  it('is not reported as forged if any of several issuers may have signed it', () => {
    const stranger = mint({ ca: true, subject: 'CN=Root' })
    const noHint = mint({ ca: true, subject: 'CN=A', authorityKeyId: false }, stranger)
    expect(codesOf(root, noHint)).toEqual(['incomplete_chain'])
  })

  it('name the hash of RSASSA-PSS', () => {
    const weak = mint({ ca: true, subject: 'CN=A', hash: 'sha1', pss: true }, rsaRoot)
    const { findings } = analysed([rsaRoot.der, weak.der])
    expect(findings).toMatchObject([{ code: 'weak_signature_hash', message: 'signature uses RSASSA-PSS with sha1', index: 1 }])
  })

  it('tell which certificate of the bundle is at fault, and leave it out of the paths of others', () => {
    const forged = mint({ ca: true, subject: 'CN=A', signWith: keyPair('p256', 9) }, root)
    const below = mint({ ca: true, subject: 'CN=B' }, forged)
    const { findings } = analysed([root.der, below.der, forged.der])
    expect(findings).toMatchObject([{ code: 'signature_not_by_named_issuer', index: 2, subject: 'CN=A' }])
    expect(findings[0]?.message).toContain('certificate 0 of the bundle')
  })

  it('see a root that is self-issued but was signed by its former key as what it is', () => {
    const former = mint({ ca: true, subject: 'CN=Rolled', key: keyPair('p256', 2) })
    const rolled = mint({ ca: true, subject: 'CN=Rolled', key: keyPair('p256', 3) }, former)
    expect(codesOf(former, rolled)).toEqual([])
    expect(codesOf(rolled)).toEqual(['no_trust_anchor', 'incomplete_chain'])
  })
})

describe('a signature algorithm outside the policy', () => {
  const own = keyPair('rsa2048', 1)
  const former = mint({ ca: true, subject: 'CN=Own', key: keyPair('rsa2048', 2) })
  const mixture = rsaPss('SHA-256', 'SHA-384', 32)
  /** RSASSA-PSS with one hash for the message, and another one for its mask. */
  const mixed = ({ privateKey }: KeyPair): CertificateSpec => ({
    signatureAlgorithm: mixture,
    signature: (tbs) => signEncoded(privateKey, pssEncoded(2048, 'sha256', 'sha384', new Uint8Array(32), tbs)),
  })
  const kinds: readonly (readonly [LintCode, string, (signer: KeyPair) => CertificateSpec])[] = [
    ['weak_signature_hash', 'SHA-1', () => ({ hash: 'sha1' })],
    ['weak_signature_hash', 'RSASSA-PSS with SHA-1', () => ({ hash: 'sha1', pss: true })],
    ['algid_params_wrong', 'RSASSA-PSS with two hashes', mixed],
  ]

  /** The severities of the code, and which certificates of the bundle are usable. */
  function found(code: LintCode, policy: Policy, ...bundle: readonly Minted[]): readonly unknown[] {
    const { findings, nodes } = analysed(
      bundle.map(({ der }) => der),
      { policy },
    )
    return [
      ...findings.filter((finding) => finding.code === code).map(({ severity }) => severity),
      nodes.map(({ index }) => index),
    ]
  }

  it.each(kinds)('%s: %s is accepted on a self-signed certificate, and makes any other unusable', (code, _, by) => {
    const self = mint({ ca: true, subject: 'CN=Own', key: own, ...by(own) })
    const rekeyed = mint({ ca: true, subject: 'CN=Own', key: own, ...by(former.key) }, former)
    const silent = mint({ ca: true, subject: 'CN=Own', key: own, authorityKeyId: false, ...by(former.key) }, former)
    const below = mint({ ca: true, subject: 'CN=Below', key: own, ...by(former.key) }, former)
    const itself = code === 'weak_signature_hash' ? ['warning'] : []
    for (const trust of ['roots', 'every-ca', 'every-certificate'] as const) {
      const policy = { ...profiles.apiGateway, trust }
      expect(found(code, policy, self)).toEqual([...itself, [0]])
      expect(found(code, policy, former, self)).toEqual([...itself, [0, 1]])
      for (const other of [rekeyed, silent, below]) {
        expect(found(code, policy, former, other)).toEqual(['error', [0]])
        // Who signed it is not known: it is not itself, which is what counts.
        expect(found(code, policy, other)).toEqual(['error', []])
      }
    }
  })

  it('is verified with MD5 too: a rollover certificate is no root', () => {
    const found = (issuer?: Minted): unknown => {
      const md5 = mint({ ca: true, subject: 'CN=Own', key: own, hash: 'md5' }, issuer)
      return analysed([md5.der]).findings.map(({ code, severity }) => `${severity} ${code}`)
    }
    expect(found()).toEqual(['warning weak_signature_hash'])
    expect(found(former)).toContain('error weak_signature_hash')
    const forged = mint({ ca: true, subject: 'CN=Own', key: own, hash: 'md5', signature: new Uint8Array(256).fill(1) })
    expect(analysed([forged.der]).nodes).toEqual([])
  })

  it('treats a single self-issued certificate like a self-signed one', () => {
    const alone = mint({ ca: true, subject: 'CN=Own', key: own, hash: 'sha1' })
    const codes = lintCertificate(alone.der).findings.map(({ code, severity }) => `${severity} ${code}`)
    expect(codes).toContain('warning weak_signature_hash')
  })
})

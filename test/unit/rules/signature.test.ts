import { describe, expect, it } from 'vitest'
import { analysed } from '../../support/analysed.ts'
import { keyPair, type Minted, mint } from '../../support/mint.ts'

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

  it('do not call it forged when key identifiers say that another CA of the name issued it', () => {
    const stranger = mint({ ca: true, subject: 'CN=Root' })
    expect(codesOf(root, mint({ ca: true, subject: 'CN=A' }, stranger))).toEqual(['incomplete_chain'])
  })

  it('do not call it forged when nothing says which of several issuers it was', () => {
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
    expect(codesOf(rolled)).toEqual(['incomplete_chain'])
  })
})

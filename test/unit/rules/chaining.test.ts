import { describe, expect, it } from 'vitest'
import { profiles } from '../../../src/index.ts'
import { analysed } from '../../support/analysed.ts'
import { keyPair, mint } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Bundle,CN=Root' })
const other = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Bundle,CN=Other Root' })

describe('the rules about neighbours', () => {
  it('report two issuers of one subject in the words of API Gateway', () => {
    const one = mint({ ca: true, subject: 'O=Bundle,CN=Twin' }, root)
    const two = mint({ ca: true, subject: 'O=Bundle,CN=Twin' }, other)
    const { findings } = analysed([root.der, other.der, one.der, two.der])
    expect(findings).toMatchObject([
      {
        code: 'subject_issuer_conflict',
        index: 3,
        message: 'The certificate subject CN=Twin,O=Bundle conflicts with an existing certificate from a different issuer.',
      },
    ])
  })

  it('compare subjects and issuers as RFC 5280 7.1 does', () => {
    const one = mint({ ca: true, subject: [['CN', 'Twin', 'utf8']] }, root)
    const two = mint({ ca: true, subject: [['CN', ' TWIN ', 'printable']] }, other)
    const { findings } = analysed([root.der, other.der, one.der, two.der])
    expect(findings.map(({ code }) => code)).toEqual(['subject_issuer_conflict'])
    const same = mint({ ca: true, subject: [['CN', 'Twin', 'bmp']], issuer: 'O=BUNDLE,CN=root' }, root)
    expect(analysed([root.der, one.der, same.der]).findings).toEqual([])
  })

  it('say nothing of a renewed certificate', () => {
    const again = mint({ ca: true, key: keyPair('p256'), subject: 'O=Bundle,CN=Root' })
    expect(analysed([root.der, again.der]).findings).toEqual([])
  })

  it('miss an issuer only where paths must end at a root', () => {
    const intermediate = mint({ ca: true, subject: 'CN=I', authorityKeyId: false }, root)
    const codes = (policy = profiles.apiGateway): readonly string[] =>
      analysed(intermediate.der, { policy }).findings.map(({ code }) => code)
    expect(codes()).toEqual(['no_trust_anchor', 'incomplete_chain'])
    expect(codes({ ...profiles.apiGateway, trust: 'every-ca' })).toEqual([])
    expect(codes(profiles.rfc5280)).toEqual([])
  })

  it('name the issuer that is missing, and its key', () => {
    const intermediate = mint({ ca: true, subject: 'CN=I' }, root)
    const finding = analysed(intermediate.pem).findings.find(({ code }) => code === 'incomplete_chain')
    const keyId = Buffer.from(root.keyId!).toString('hex')
    expect(finding?.message).toBe(`its issuer is not in the truststore: CN=Root,O=Bundle, key id ${keyId}`)
  })
})

describe('findings', () => {
  it('stand in bundle order, those about the whole first, with index and line', () => {
    const expired = mint({ ca: true, subject: 'CN=Old', notBefore: new Date(0), notAfter: new Date(86_400_000) })
    const broken = expired.pem.replace('MII', 'M!I')
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
    const text = root.pem + broken + expired.pem + root.pem + key
    const lineOf = (at: number): number => text.slice(0, at).split('\n').length
    expect(analysed(text).findings).toMatchObject([
      { code: 'private_key_in_bundle', line: lineOf(text.indexOf(key)) },
      { code: 'pem_syntax_invalid', index: 1, line: lineOf(text.indexOf('M!I')) },
      { code: 'expired', index: 2, line: lineOf(text.indexOf(expired.pem)), subject: 'CN=Old' },
      { code: 'duplicate_certificate', index: 3, line: lineOf(text.lastIndexOf(root.pem)) },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { lintCertificate } from '../../../../src/index.ts'
import { type CertificateSpec, keyPair, mint } from '../../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })

function codesOn(spec: CertificateSpec): readonly string[] {
  const { der } = mint({ subject: 'CN=Subject', key: keyPair('p256', 1), subjectAltNames: [{ dns: 'a.example' }], ...spec }, root)
  return lintCertificate(der).findings.map(({ code }) => code)
}

const rsa = keyPair('rsa2048')

describe('key usage', () => {
  it.each<[string, CertificateSpec]>([
    ['an EC client that signs and agrees', { keyUsage: ['digitalSignature', 'nonRepudiation', 'keyAgreement'] }],
    [
      'an RSA client that signs and encrypts',
      { key: rsa, keyUsage: ['digitalSignature', 'keyEncipherment', 'dataEncipherment'] },
    ],
    ['an RSA CA that signs', { key: rsa, ca: true, keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'] }],
    ['no keyUsage in a client', { keyUsage: [] }],
    ['a purpose that is not known', { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth', '1.2.3.4'] }],
  ])('is sound: %s', (_, spec) => expect(codesOn(spec)).toEqual([]))

  it.each<[string, CertificateSpec]>([
    ['an EC key that encrypts keys', { keyUsage: ['digitalSignature', 'keyEncipherment'] }],
    ['an EC key that encrypts data', { keyUsage: ['digitalSignature', 'dataEncipherment'] }],
    ['an RSA key that agrees on keys', { key: rsa, keyUsage: ['digitalSignature', 'keyAgreement'] }],
    ['an RSA key that only deciphers', { key: rsa, keyUsage: ['digitalSignature', 'decipherOnly'] }],
    ['an RSA CA that encrypts', { key: rsa, ca: true, keyUsage: ['keyCertSign', 'keyEncipherment'] }],
    ['an EC CA that encrypts', { ca: true, keyUsage: ['keyCertSign', 'keyEncipherment'] }],
  ])('does not fit: %s', (_, spec) => expect(codesOn(spec)).toEqual(['key_usage_unfit_for_key']))

  it('serves a purpose where one bit does', () => {
    expect(codesOn({ keyUsage: ['nonRepudiation'], extendedKeyUsage: ['clientAuth', 'emailProtection'] })).toEqual([
      'ku_no_digital_signature',
    ])
    expect(codesOn({ keyUsage: ['nonRepudiation'], extendedKeyUsage: ['clientAuth', '1.2.3.4'] })).toEqual([
      'ku_no_digital_signature',
    ])
    expect(codesOn({ keyUsage: ['keyAgreement'] })).toEqual(['ku_no_digital_signature'])
    expect(codesOn({ keyUsage: ['nonRepudiation'] })).toEqual(['ku_eku_inconsistent', 'ku_no_digital_signature'])
  })
})

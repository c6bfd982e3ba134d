import { describe, expect, it } from 'vitest'
import { type LintCertificateOptions, lintCertificate, parseCertificate, profiles } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, mint } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const client = mint({ subject: 'CN=Client', subjectAltNames: [{ dns: 'client.example' }] }, root)

function codes(spec: CertificateSpec, options: LintCertificateOptions = {}): readonly string[] {
  const { der } = mint({ subject: 'CN=Client', subjectAltNames: [{ dns: 'client.example' }], ...spec }, root)
  return lintCertificate(der, options).findings.map(({ code, severity }) => `${severity} ${code}`)
}

describe('lintCertificate', () => {
  it('finds nothing in a good client, in every input form', () => {
    const parsed = parseCertificate(client.der)
    if (!parsed.ok) throw new Error(parsed.message)
    for (const input of [client.der, client.pem, Buffer.from(client.pem), parsed.value]) {
      expect(lintCertificate(input)).toEqual({ findings: [], counts: { error: 0, warning: 0, info: 0 }, accepted: true })
    }
  })

  it('runs the rules that decide about use, and those of linting alone', () => {
    expect(
      codes({
        key: keyPair('rsa1024'),
        notAfter: new Date('2026-01-01'),
        notBefore: new Date('2025-12-01'),
        subjectAltNames: [],
      }),
    ).toEqual(['warning expired', 'error rsa_too_small', 'info no_san'])
  })

  it('needs no issuer and no truststore', () => {
    expect(lintCertificate(root.der).findings).toEqual([])
    expect(lintCertificate(mint({ ca: true, subject: 'CN=I' }, root).der).findings).toEqual([])
  })

  it('lints a certificate by its stated role, or by the requested one', () => {
    const spec: CertificateSpec = { ca: true, keyUsage: ['digitalSignature', 'keyCertSign'], extendedKeyUsage: ['clientAuth'] }
    expect(codes(spec)).toEqual([])
    expect(codes(spec, { as: 'ca' })).toEqual([])
    expect(codes(spec, { as: 'leaf' })).toEqual(['warning leaf_is_ca'])
    expect(codes({ extendedKeyUsage: ['serverAuth'] }, { as: 'ca' })).toEqual([])
  })

  it('checks purposes by the policy', () => {
    expect(codes({ extendedKeyUsage: ['serverAuth'] }, { policy: profiles.webServer })).toEqual([])
    expect(codes({ extendedKeyUsage: ['serverAuth'] })).toEqual(['warning eku_missing_client_auth'])
    expect(codes({ extendedKeyUsage: ['any'] })).toEqual([])
  })

  it('names the certificate, and no place in a bundle', () => {
    const [finding] = lintCertificate(mint({ subject: 'CN=Client' }, root).der).findings
    expect(finding).toMatchObject({ code: 'no_san', subject: 'CN=Client' })
    expect(finding).not.toHaveProperty('index')
    expect(finding?.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  })

  it('applies waivers', () => {
    const { der } = mint({ subject: 'CN=Client' }, root)
    expect(lintCertificate(der, { waive: [{ code: 'no_san' }] }).findings).toEqual([])
    expect(lintCertificate(der, { waive: [{ code: 'no_san', until: 0 }] }).findings).toHaveLength(2)
  })

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'empty_bundle'],
    ['text', 'hello', 'pem_syntax_invalid'],
    ['two certificates', root.pem + client.pem, 'pem_syntax_invalid'],
    ['cut DER', client.der.slice(0, 300), 'non_der_encoding'],
  ])('never throws: %s', (_, input, code) => {
    expect(lintCertificate(input)).toMatchObject({ findings: [{ code, severity: 'error' }], accepted: false })
  })

  it.each<[unknown, object, string]>([
    [undefined, {}, 'lintCertificate: input'],
    [{}, {}, 'lintCertificate: input'],
    [client.der, { as: 'client' }, "options.as must be 'leaf' or 'ca', got client"],
    [client.der, { platform: 'alb' }, 'options.platform is not an option'],
    [client.der, { expiresWithinDays: -1 }, 'options.expiresWithinDays must be a number of days'],
    [client.der, { at: 'now' }, 'options.at must be a valid Date'],
  ])('%j with %j is a TypeError', (input, options, message) => {
    const lint = (): unknown => lintCertificate(input as string, options)
    expect(lint).toThrow(TypeError)
    expect(lint).toThrow(message)
  })
})

import { describe, expect, it } from 'vitest'
import { buildTruststore, profiles } from '../../../src/index.ts'
import { analysed } from '../../support/analysed.ts'
import { type CertificateSpec, keyPair, mint } from '../../support/mint.ts'

const unknown = { oid: '1.3.6.1.4.1.99999.7', critical: true, value: Uint8Array.of(5, 0) }

function findingsOn(spec: CertificateSpec, policy = profiles.apiGateway): readonly string[] {
  const { der } = mint({ key: keyPair('p256'), subject: 'CN=Extension', ...spec })
  return analysed(der, { policy }).findings.map(({ code, severity }) => `${severity} ${code}`)
}

describe('the rules about extensions', () => {
  it('are errors if the policy enforces anchor constraints, otherwise warnings', () => {
    const lax = { ...profiles.apiGateway, enforceAnchorConstraints: false }
    for (const [spec, code] of [
      [{ ca: true, extensions: [unknown] }, 'unknown_critical_extension'],
      [{ keyUsage: ['keyCertSign'] }, 'ca_basic_constraints_missing'],
      [{ ca: true, keyUsage: ['cRLSign'] }, 'key_cert_sign_not_set'],
    ] as const) {
      expect(findingsOn(spec)).toEqual([`error ${code}`])
      expect(findingsOn(spec, lax)).toEqual([`warning ${code}`])
    }
  })

  it('accept an unknown extension that is not critical, and a known one that is', () => {
    expect(findingsOn({ ca: true, extensions: [{ ...unknown, critical: false }] })).toEqual([])
    const critical = { extendedKeyUsage: true, subjectAltName: true, nameConstraints: true, certificatePolicies: true }
    const spec: CertificateSpec = {
      ca: true,
      critical,
      extendedKeyUsage: ['clientAuth'],
      subjectAltNames: [{ dns: 'ca.example' }],
      nameConstraints: { permitted: [{ dns: 'example' }] },
      certificatePolicies: ['1.2.3.4'],
    }
    expect(findingsOn(spec)).toEqual([])
  })

  it('warn of critical distribution points, whose clients are refused unless lists are asked', () => {
    const spec = { ca: true, crlDistributionPoints: ['http://a.example/crl'], critical: { crlDistributionPoints: true } }
    expect(findingsOn(spec)).toEqual(['warning unknown_critical_extension'])
    expect(findingsOn({ ...spec, extensions: [unknown] })).toEqual(['error unknown_critical_extension'])
  })

  it('name the extension that is not understood', () => {
    const { der } = mint({ ca: true, extensions: [unknown] })
    expect(analysed(der).findings[0]?.message).toContain('1.3.6.1.4.1.99999.7')
  })

  it('require a CA certificate only for certificates with keyCertSign', () => {
    expect(findingsOn({ ca: false })).toEqual([])
    expect(findingsOn({})).toEqual([])
    expect(findingsOn({ ca: true, keyUsage: [] })).toEqual([])
  })

  it('allow a pinned leaf to have no subject when it has other names', () => {
    const pinned = mint({ subject: '', subjectAltNames: [{ dns: 'a.example' }] })
    expect(buildTruststore(pinned.der).certificates).toHaveLength(1)
    expect(analysed(pinned.der).findings).toEqual([])
  })
})

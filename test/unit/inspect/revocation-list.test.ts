import { describe, expect, it } from 'vitest'
import { parseRevocationList } from '../../../src/index.ts'
import { renderText } from '../../../src/inspect/index.ts'
import { encode, primitive, sequence } from '../../support/asn1.ts'
import { mint, mintCrl } from '../../support/mint.ts'

const issuer = mint({ subject: 'C=US,O=Example,CN=Root', ca: true, subjectKeyId: Uint8Array.of(1, 2) })
const times = { thisUpdate: new Date('2026-01-02T03:04:05Z'), nextUpdate: new Date('2026-01-09T03:04:05Z') }
const date = new Date('2026-01-01T00:00:00Z')

describe('the text of a revocation list', () => {
  it('is that of openssl crl -text', () => {
    const invalidity = encode(primitive(24, Buffer.from('20251231000000Z')))
    const { der, pem } = mintCrl({
      issuer,
      ...times,
      crlNumber: 300,
      revoked: [
        { serial: 0x2a1n, date, reason: 1, extensions: [{ oid: '2.5.29.24', value: invalidity }] },
        { serial: 0x80n, date, certificateIssuer: 'C=DE,O=Other' },
      ],
      idp: { uri: 'http://a/b.crl', onlyContainsUserCerts: true, indirect: true, onlySomeReasons: [1, 4] },
    })
    const text = renderText(pem)
    expect(text.split('\n').slice(0, 39)).toEqual([
      'Certificate Revocation List (CRL):',
      '        Version 2 (0x1)',
      '        Signature Algorithm: ecdsa-with-SHA256',
      '        Issuer: C=US,O=Example,CN=Root',
      '        Last Update: Jan  2 03:04:05 2026 GMT',
      '        Next Update: Jan  9 03:04:05 2026 GMT',
      '        CRL extensions:',
      '            X509v3 Authority Key Identifier:',
      '                01:02',
      '            X509v3 CRL Number:',
      '                300',
      '            X509v3 Issuing Distribution Point: critical',
      '                Full Name:',
      '                  URI:http://a/b.crl',
      '                Only User Certificates',
      '                Only Some Reasons:',
      '                  Key Compromise, Superseded',
      '                Indirect CRL',
      'Revoked Certificates:',
      '    Serial Number: 02A1',
      '        Revocation Date: Jan  1 00:00:00 2026 GMT',
      '        CRL entry extensions:',
      '            X509v3 CRL Reason Code:',
      '                Key Compromise',
      '            Invalidity Date:',
      '                Dec 31 00:00:00 2025 GMT',
      '    Serial Number: 80',
      '        Revocation Date: Jan  1 00:00:00 2026 GMT',
      '        CRL entry extensions:',
      '            X509v3 Certificate Issuer: critical',
      '                DirName:C=DE,O=Other',
      '    Signature Algorithm: ecdsa-with-SHA256',
      '    Signature Value:',
      ...text.split('\n').slice(33, 39),
    ])
    const parsed = parseRevocationList(der)
    expect(parsed.ok && renderText(parsed.value)).toBe(text)
    expect(renderText(der)).toBe(text)
  })

  it('says where there is no entry and no next update', () => {
    const text = renderText(mintCrl({ issuer, nextUpdate: null, crlNumber: 2n ** 150n }).der)
    expect(text).toContain('Next Update: NONE\n')
    expect(text).toContain('\nNo Revoked Certificates.\n')
    expect(text).toContain(`X509v3 CRL Number:\n                40:00${':00'.repeat(17)}\n`)
  })

  it('lists so many entries and counts the others', () => {
    const revoked = Array.from({ length: 30 }, (_, i) => ({ serial: BigInt(i + 1), date }))
    const { der } = mintCrl({ issuer, revoked })
    expect(renderText(der).match(/Serial Number/g)).toHaveLength(30)
    const text = renderText(der, { maxEntries: 10 })
    expect(text.match(/Serial Number/g)).toHaveLength(10)
    expect(text).toContain('    (20 more of 30 entries)\n    Signature Algorithm')
  })

  it('draws what an extension should not have been', () => {
    const value = encode(sequence())
    const { der } = mintCrl({ issuer, extensions: [{ oid: '1.3.6.1.5.5.7.1.1', value: encode(primitive(5, new Uint8Array())) }] })
    expect(renderText(der)).toContain('Authority Information Access:\n                NULL\n')
    expect(renderText(mintCrl({ issuer, extensions: [{ oid: '2.5.29.17', value }] }).der)).toContain(
      'X509v3 Subject Alternative Name:\n                SEQUENCE\n',
    )
  })
})

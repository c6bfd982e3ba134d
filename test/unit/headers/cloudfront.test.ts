import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatCloudFront, parseCloudFront } from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'
import { parsed, valued } from '../../support/parsed.ts'

const dates = { notBefore: new Date('2023-09-21T01:50:17Z'), notAfter: new Date('2024-09-20T01:50:17Z') }
const root = mint({ subject: 'C=US,ST=Washington,L=Seattle,O=mTLS,OU=rootCA,CN=rootcamtls.com', ca: true })
const leaf = mint(
  { ...dates, subject: 'C=US,ST=Washington,O=mTLS,OU=client-3,CN=client_.com', serial: 0x4a3f5c92d1e87b6cn },
  root,
)

/** The form of Amazon's documentation. */
const headers: Readonly<Record<string, string>> = {
  'CloudFront-Viewer-Cert-Serial-Number': '4a:3f:5c:92:d1:e8:7b:6c',
  'CloudFront-Viewer-Cert-Issuer': 'CN=rootcamtls.com,OU=rootCA,O=mTLS,L=Seattle,ST=Washington,C=US',
  'CloudFront-Viewer-Cert-Subject': 'CN=client_.com,OU=client-3,O=mTLS,ST=Washington,C=US',
  'CloudFront-Viewer-Cert-Present': '1',
  'CloudFront-Viewer-Cert-Sha256': createHash('sha256').update(leaf.der).digest('hex'),
  'CloudFront-Viewer-Cert-Validity': 'NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z',
  'CloudFront-Viewer-Cert-Pem': encodeURIComponent(leaf.pem),
}

describe('CloudFront-Viewer-Cert-*', () => {
  it('are read and written', () => {
    expect(headers['CloudFront-Viewer-Cert-Pem']).toMatch(
      /^-----BEGIN%20CERTIFICATE-----%0AMII.*%0A-----END%20CERTIFICATE-----%0A$/,
    )
    const { leaf: certificate, subject } = valued(parseCloudFront(headers))
    expect(certificate.raw).toEqual(leaf.der)
    expect(subject).toBe('CN=client_.com,OU=client-3,O=mTLS,ST=Washington,C=US')
    expect(formatCloudFront(parsed(leaf.der))).toEqual({ ok: true, value: headers })
  })

  it.each([
    ['Present', '0', 'inconsistent_headers'],
    ['Present', 'true', 'malformed_header'],
    ['Serial-Number', '4a:3f:5c:92:d1:e8:7b:6d', 'inconsistent_headers'],
    ['Serial-Number', '4a:3f:5c:92:d1:e8:7b6c', 'malformed_header'],
    ['Sha256', '0'.repeat(64), 'inconsistent_headers'],
    ['Sha256', '0', 'malformed_header'],
    ['Validity', 'NotBefore=2023-09-21T01:50:17Z;NotAfter=2025-09-20T01:50:17Z', 'inconsistent_headers'],
    ['Pem', encodeURIComponent(root.pem), 'inconsistent_headers'],
    ['Pem', encodeURIComponent(root.pem + leaf.pem), 'malformed_header'],
  ])('%s %s is refused', (name, value, code) => {
    expect(parseCloudFront({ ...headers, [`CloudFront-Viewer-Cert-${name}`]: value })).toMatchObject({ ok: false, code })
  })

  it('say that there is no certificate', () => {
    expect(parseCloudFront({})).toMatchObject({ ok: false, code: 'no_certificate' })
    expect(parseCloudFront({ 'CloudFront-Viewer-Cert-Present': '0' })).toMatchObject({ ok: false, code: 'no_certificate' })
    const { 'CloudFront-Viewer-Cert-Pem': _, ...withoutPem } = headers
    expect(parseCloudFront(withoutPem)).toMatchObject({ ok: false, code: 'inconsistent_headers' })
  })
})

import { describe, expect, it } from 'vitest'
import {
  formatCloudflareHeaders,
  formatCloudflareTlsClientAuth,
  parseCloudflareHeaders,
  parseCloudflareTlsClientAuth,
} from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'
import { parsed, valued } from '../../support/parsed.ts'

const root = mint({ ca: true })
const issuer = mint({ ca: true }, root)
const leaf = mint({ subject: 'C=US,O=Example,CN=client', serial: 0x0a1bn }, issuer)
const certificate = parsed(leaf.der)
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')

/** Every field of Cloudflare's documentation, of a client with a certificate. */
const auth = {
  certPresented: '1',
  certVerified: 'SUCCESS',
  certRevoked: '0',
  certIssuerDN: 'CN=CA',
  certSubjectDN: 'CN=client,O=Example,C=US',
  certIssuerDNRFC2253: 'CN=CA',
  certSubjectDNRFC2253: 'CN=client,O=Example,C=US',
  certIssuerDNLegacy: '/CN=CA',
  certSubjectDNLegacy: '/C=US/O=Example/CN=client',
  certSerial: '0A1B',
  certIssuerSerial: '01',
  certSKI: 'AB',
  certIssuerSKI: 'AB',
  certFingerprintSHA1: '00',
  certFingerprintSHA256: certificate.fingerprint,
  certNotBefore: 'Dec 22 19:39:00 2018 GMT',
  certNotAfter: 'Dec 22 19:39:00 2019 GMT',
  certRFC9440: `:${base64(leaf.der)}:`,
  certRFC9440TooLarge: false,
  certChainRFC9440: `:${base64(issuer.der)}:`,
  certChainRFC9440TooLarge: false,
}

/** And of one without. */
const placeholder = {
  ...Object.fromEntries(Object.keys(auth).map((field) => [field, ''])),
  certPresented: '0',
  certVerified: 'NONE',
  certRevoked: '0',
  certRFC9440TooLarge: false,
  certChainRFC9440TooLarge: false,
}

describe('request.cf.tlsClientAuth', () => {
  it('is read', () => {
    const read = valued(parseCloudflareTlsClientAuth(auth))
    expect(read.leaf.raw).toEqual(leaf.der)
    expect(read).toMatchObject({ chain: [leaf.der, issuer.der], verified: 'SUCCESS', revoked: false })
    expect(valued(parseCloudflareTlsClientAuth({ ...auth, certChainRFC9440: '' })).chain).toEqual([leaf.der])
  })

  it('tells of certificates that Cloudflare could not verify', () => {
    const failed = { ...auth, certVerified: 'FAILED:self signed certificate', certRevoked: '1' }
    expect(parseCloudflareTlsClientAuth(failed)).toMatchObject({
      ok: true,
      value: { verified: 'FAILED:self signed certificate', revoked: true },
    })
  })

  it('is written', () => {
    const written = valued(formatCloudflareTlsClientAuth(certificate, [issuer.der]))
    expect(auth).toMatchObject(written)
    expect(valued(parseCloudflareTlsClientAuth(valued(formatCloudflareTlsClientAuth(certificate)))).chain).toEqual([leaf.der])
  })

  it.each([undefined, null, placeholder])('without a certificate: %j', (value) => {
    expect(parseCloudflareTlsClientAuth(value)).toMatchObject({ ok: false, code: 'no_certificate' })
  })

  it.each([
    [{ certRFC9440: '', certRFC9440TooLarge: true }, 'oversized_header'],
    [{ certChainRFC9440: '', certChainRFC9440TooLarge: true }, 'oversized_header'],
    [{ certPresented: 1 }, 'malformed_header'],
    [{ certRevoked: '' }, 'malformed_header'],
    [{ certVerified: 'NONE' }, 'malformed_header'],
    [{ certRFC9440: '' }, 'malformed_header'],
    [{ certRFC9440: `:${base64(leaf.der)}:, :${base64(leaf.der)}:` }, 'malformed_header'],
    [{ certRFC9440: ':AAAA:' }, 'malformed_certificate'],
    [{ certChainRFC9440: 'x' }, 'malformed_header'],
    [{ certSerial: '0A1C' }, 'inconsistent_headers'],
    [{ certFingerprintSHA256: '0'.repeat(64) }, 'inconsistent_headers'],
  ])('%j is refused', (fields, code) => {
    expect(parseCloudflareTlsClientAuth({ ...auth, ...fields })).toMatchObject({ ok: false, code })
  })

  it('that is no object is refused', () => {
    expect(parseCloudflareTlsClientAuth('1')).toMatchObject({ ok: false, code: 'malformed_header' })
  })
})

describe('Cf-Client-Cert-*', () => {
  const headers = { 'Cf-Client-Cert-Der-Base64': base64(leaf.der), 'Cf-Client-Cert-Sha256': certificate.fingerprint }

  it('are read and written', () => {
    expect(valued(parseCloudflareHeaders(headers)).raw).toEqual(leaf.der)
    expect(formatCloudflareHeaders(certificate)).toEqual({ ok: true, value: headers })
  })

  it.each([
    [{}, 'no_certificate'],
    [{ 'Cf-Client-Cert-Sha256': certificate.fingerprint }, 'inconsistent_headers'],
    [{ ...headers, 'Cf-Client-Cert-Sha256': '0'.repeat(64) }, 'inconsistent_headers'],
    [{ ...headers, 'Cf-Client-Cert-Der-Base64': ` ${base64(leaf.der)} x` }, 'malformed_header'],
    [{ ...headers, 'Cf-Client-Cert-Der-Base64': `${base64(leaf.der)},${base64(leaf.der)}` }, 'malformed_header'],
    [{ ...headers, 'Cf-Client-Cert-Der-Base64': 'AAAA' }, 'malformed_certificate'],
  ])('%j is refused', (given, code) => {
    expect(parseCloudflareHeaders(given)).toMatchObject({ ok: false, code })
  })
})

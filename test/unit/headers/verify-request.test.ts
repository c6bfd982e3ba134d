import { describe, expect, it } from 'vitest'
import { formats } from '../../../src/headers/formats.ts'
import {
  formatClientCert,
  formatCloudflareTlsClientAuth,
  formatXfcc,
  type HeaderFrom,
  verifyRequest,
} from '../../../src/headers/index.ts'
import { buildTruststore, profiles } from '../../../src/index.ts'
import { mint } from '../../support/mint.ts'
import { parsed, valued } from '../../support/parsed.ts'
import { headerFormats, issuer, leaf, proxyRequests as requests, root } from '../../support/proxy-requests.ts'

const store = buildTruststore(root.pem, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
const listed = buildTruststore(root.pem + issuer.pem)
const stranger = buildTruststore(mint({ ca: true }).pem)
const certificate = parsed(leaf.der)
const trustedProxy = true
const all = Object.keys(requests) as HeaderFrom[]

describe('verifyRequest', () => {
  it('knows every system', () => expect(Object.keys(formats).sort()).toEqual([...all].sort()))

  it.each(all)('%s: accepts clients that the truststore trusts', (from) => {
    const { good, chain } = requests[from]
    const verdict = verifyRequest(good, listed, { from, trustedProxy })
    expect(verdict).toMatchObject({ ok: true })
    if (verdict.ok) expect(verdict.leaf.raw).toEqual(leaf.der)
    expect(verifyRequest(good, store, { from, trustedProxy })).toMatchObject(
      chain ? { ok: true } : { ok: false, code: 'unknown_issuer' },
    )
  })

  it.each(all)('%s: rejects other clients, and verifies at the given time', (from) => {
    const { good } = requests[from]
    expect(verifyRequest(good, stranger, { from, trustedProxy })).toMatchObject({ ok: false, code: 'unknown_issuer' })
    const at = new Date('2999-01-01')
    expect(verifyRequest(good, listed, { from, trustedProxy, at })).toMatchObject({ ok: false, code: 'expired', index: 0 })
  })

  it.each(all)('%s: reports that there is no certificate', (from) => {
    for (const request of [requests[from].none, {}, { headers: new Headers() }]) {
      expect(verifyRequest(request, listed, { from, trustedProxy })).toMatchObject({ ok: false, code: 'no_certificate' })
    }
  })

  it.each(headerFormats)('%s: reads fetch and renamed headers', (from) => {
    const good = requests[from].good as Readonly<Record<string, string>>
    const request = new Request('https://a.example/', { headers: { ...good } })
    expect(verifyRequest(request, listed, { from, trustedProxy })).toMatchObject({ ok: true })
    const renamed = Object.fromEntries(Object.entries(good).map(([name, value]) => [`x-renamed-${name}`, value]))
    const headers = Object.fromEntries(Object.entries(formats[from].headers).map(([role, name]) => [role, `X-Renamed-${name}`]))
    expect(verifyRequest(renamed, listed, { from, trustedProxy, headers })).toMatchObject({ ok: true })
    expect(verifyRequest(good, listed, { from, trustedProxy, headers })).toMatchObject({ ok: false, code: 'no_certificate' })
  })

  it.each(headerFormats)('%s: refuses a second header', (from) => {
    const good = requests[from].good as Readonly<Record<string, string>>
    // The one list by its RFC (RFC 9440 2.3) may.
    for (const name of Object.keys(good).filter((each) => each !== 'Client-Cert-Chain')) {
      const twice = { ...good, [name]: [good[name], good[name]] }
      expect(verifyRequest(twice, listed, { from, trustedProxy })).toMatchObject({ ok: false, code: 'duplicate_header' })
      const joined = new Headers({ ...good })
      joined.append(name, good[name] ?? '')
      const verdict = verifyRequest({ headers: joined }, listed, { from, trustedProxy })
      // Google's list of intermediates cannot be told from a longer one; a chain can do without them.
      if (name !== 'X-Client-Cert-Chain') expect([name, verdict.ok]).toEqual([name, false])
    }
  })

  it('refuses what the proxy knows to be revoked', () => {
    const auth = { ...valued(formatCloudflareTlsClientAuth(certificate)), certRevoked: '1' }
    const worker = verifyRequest({ cf: { tlsClientAuth: auth } }, listed, { from: 'cloudflare', trustedProxy })
    expect(worker).toMatchObject({ ok: false, code: 'refused_by_proxy' })
    const headers = { ...requests.nginx.good, 'X-SSL-Client-Verify': 'FAILED:certificate revoked' }
    expect(verifyRequest(headers, listed, { from: 'nginx', trustedProxy })).toMatchObject({ ok: false, code: 'refused_by_proxy' })
    const failed = { ...requests.nginx.good, 'X-SSL-Client-Verify': 'FAILED:unable to verify the first certificate' }
    expect(verifyRequest(failed, listed, { from: 'nginx', trustedProxy })).toMatchObject({ ok: true })
  })

  it('refuses headers that contradict each other', () => {
    const good = requests.nginx.good
    for (const [from, request] of [
      ['nginx', { ...good, 'X-SSL-Client-Verify': 'NONE' }],
      ['nginx', { 'X-SSL-Client-Verify': 'SUCCESS' }],
      ['nginx', { ...good, 'X-SSL-Client-Verify': 'yes' }],
      ['rfc9440', { 'Client-Cert-Chain': ':AAAA:' }],
    ] as const) {
      expect(verifyRequest(request, listed, { from, trustedProxy })).toMatchObject({
        ok: false,
        code: expect.stringMatching(/^(inconsistent_headers|malformed_header)$/),
      })
    }
  })

  it('refuses what nginx knows to be revoked, whatever came with it as a second header', () => {
    for (const values of [
      ['FAILED:certificate revoked', 'SUCCESS'],
      ['FAILED:certificate revoked', 'x'],
      ['FAILED:certificate has expired', 'FAILED:certificate revoked'],
    ]) {
      const headers = new Headers(requests.nginx.good as Record<string, string>)
      headers.delete('x-ssl-client-verify')
      for (const value of values) headers.append('x-ssl-client-verify', value)
      const verdict = verifyRequest({ headers }, listed, { from: 'nginx', trustedProxy })
      expect(verdict).toMatchObject({ ok: false, code: 'refused_by_proxy' })
    }
  })

  it('refuses a second header beside what nginx says of a failure', () => {
    for (const verify of [
      'FAILED:certificate has expired, SUCCESS',
      'FAILED:certificate has expired, ',
      ', FAILED:x',
      'SUCCESS,SUCCESS',
    ]) {
      const headers = { ...requests.nginx.good, 'X-SSL-Client-Verify': verify }
      expect(verifyRequest(headers, listed, { from: 'nginx', trustedProxy })).toMatchObject({
        ok: false,
        code: 'malformed_header',
      })
    }
  })

  it('believes one hop of Envoy, and needs a certificate from it', () => {
    const element = { by: [], chain: [leaf.der], uri: [], dns: [] }
    const two = { 'x-forwarded-client-cert': valued(formatXfcc([element, element])) }
    expect(verifyRequest(two, listed, { from: 'envoy', trustedProxy })).toMatchObject({ ok: false, code: 'duplicate_header' })
    const hashOnly = { 'x-forwarded-client-cert': `Hash=${certificate.fingerprint}` }
    expect(verifyRequest(hashOnly, listed, { from: 'envoy', trustedProxy })).toMatchObject({ ok: false, code: 'no_certificate' })
    const cert = { 'x-forwarded-client-cert': valued(formatXfcc([{ by: [], cert: leaf.der, uri: [], dns: [] }])) }
    expect(verifyRequest(cert, listed, { from: 'envoy', trustedProxy })).toMatchObject({ ok: true })
  })

  it('verifies clients under a policy of any purpose', () => {
    const policy = { ...profiles.apiGateway, purpose: 'server' } as const
    const store = buildTruststore(root.pem, { policy })
    const server = mint({ subject: 'CN=server', extendedKeyUsage: ['serverAuth'] }, root)
    const request = { 'client-cert': valued(formatClientCert(server.der)) }
    const options = { from: 'rfc9440', trustedProxy } as const
    expect(verifyRequest(request, store, options)).toMatchObject({ ok: false, code: 'extended_key_usage_violation' })
    expect(verifyRequest(request, store, { ...options, purpose: 'any' })).toMatchObject({ ok: true })
  })

  it('throws for mistakes, whether there is a certificate or not', () => {
    const good = requests.rfc9440.good
    for (const request of [good, {}]) {
      for (const options of [
        { from: 'rfc9440' },
        { from: 'rfc9440', trustedProxy: false },
        { from: 'rfc9440', trustedProxy: 'yes' },
        { from: 'apache', trustedProxy },
        { from: 'toString', trustedProxy },
        { from: 'rfc9440', trustedProxy, headers: { leaf: 'a' } },
        { from: 'rfc9440', trustedProxy, headers: { certificate: '' } },
        { from: 'rfc9440', trustedProxy, purpos: 'client' },
        { from: 'rfc9440', trustedProxy, at: 'now' },
      ]) {
        expect(() => verifyRequest(request, listed, options as never)).toThrow(TypeError)
      }
      expect(() => verifyRequest(request, {} as never, { from: 'rfc9440', trustedProxy })).toThrow(/must be a Truststore/)
    }
    expect(() => verifyRequest(undefined as never, listed, { from: 'rfc9440', trustedProxy })).toThrow(TypeError)
    expect(() => verifyRequest(good, listed, { from: 'rfc9440' } as never)).toThrow(/trustedProxy must be true/)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formats } from '../../src/headers/formats.ts'
import {
  formatAlbPassthrough,
  formatClientCert,
  type HeaderFrom,
  matchIdentity,
  parseSpiffeId,
  parseXfcc,
  verifyRequest,
} from '../../src/headers/index.ts'
import { buildTruststore } from '../../src/index.ts'
import { valueParsers } from '../support/header-parsers.ts'
import { mint } from '../support/mint.ts'
import { parsed, valued } from '../support/parsed.ts'

/** Attacks by clients that can write into a header, or into a certificate that ends up in one. */

const root = mint({ ca: true })
const leaf = mint({ subject: 'CN=client' }, root)
const store = buildTruststore(root.pem)

describe('hostile header values', () => {
  const megabyte = 1_000_000
  const patterns = [
    '%',
    '%2',
    '%25',
    '%%',
    '%0A',
    '"',
    '\\"',
    '\\',
    ',',
    ';',
    ':',
    '=',
    '::',
    ':A',
    'a=',
    'URI="',
    ' ',
    '\t',
    '+',
    '-',
    'A',
    '/',
  ]
  const frames: readonly (readonly [string, string])[] = [
    ['', ''],
    ['Subject="', ''],
    ['URI=a,', ''],
    [':', ':'],
    ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'],
    ['-----BEGIN%20CERTIFICATE-----%0A', '%0A-----END%20CERTIFICATE-----'],
  ]

  it.each(Object.entries(valueParsers))('%s: a megabyte of anything is rejected unread', (_, parse) => {
    for (const pattern of patterns) {
      const value = pattern.repeat(megabyte / pattern.length)
      expect(quickly(() => parse(value), 500)).toMatchObject({ ok: false, code: 'oversized_header' })
    }
  })

  it.each(Object.entries(valueParsers))('%s: the longest value allowed is read in linear time', (_, parse) => {
    for (const pattern of patterns) {
      for (const [before, after] of frames) {
        const room = 65_536 - before.length - after.length
        const value = before + pattern.repeat(Math.floor(room / pattern.length)) + after
        // Only plain base64 can pass as a certificate here; `verifyChain` parses it later.
        if (quickly(() => parse(value), 1000).ok) expect(['A', '+', '/']).toContain(pattern)
      }
    }
  })

  it.each(Object.entries(valueParsers))('%s: any value gives a result and no exception', (_, parse) => {
    const alphabet = fc.constantFrom(...'%"\\,;:=+-/ \tABab09é\0\n')
    const value = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: alphabet, maxLength: 60 }))
    fc.assert(
      fc.property(value, (text) => {
        const result = parse(text)
        if (!result.ok) {
          expect(result.message).toMatch(/^[ -~]+$/)
          expect(result.offset ?? 0).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('requests of any shape give a result', () => {
    const request = fc.oneof(
      fc.object({
        maxDepth: 4,
        key: fc.oneof(fc.string(), fc.constantFrom('headers', 'cf', 'tlsClientAuth', 'requestContext', 'identity', 'clientCert')),
      }),
      fc.dictionary(fc.constantFrom(...Object.values(formats).flatMap(({ headers }) => Object.values(headers))), fc.string()),
    )
    fc.assert(
      fc.property(request, fc.constantFrom(...(Object.keys(formats) as HeaderFrom[])), (from, format) => {
        try {
          expect(verifyRequest(from as object, store, { from: format, trustedProxy: true }).ok).toBe(false)
        } catch (error) {
          // A header that is not a string is a mistake in the code; clients cannot send one.
          expect(String(error)).toMatch(/^TypeError: .* must be a string, got /)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('a hundred thousand headers are read quickly', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x-${i}`, 'a']))
    expect(quickly(() => verifyRequest(many, store, { from: 'alb', trustedProxy: true }), 3000)).toMatchObject({
      code: 'no_certificate',
    })
    const repeated = { 'x-amzn-mtls-clientcert': new Array<string>(1_000_000).fill('a') }
    expect(quickly(() => verifyRequest(repeated, store, { from: 'alb', trustedProxy: true }), 3000)).toMatchObject({
      code: 'duplicate_header',
    })
  })

  it('thousands of certificates exhaust the budget of verifyChain', () => {
    const value = {
      'Client-Cert': valued(formatClientCert(leaf.der)),
      'Client-Cert-Chain': new Array<string>(5000).fill(':MAA=:').join(','),
    }
    expect(verifyRequest(value, store, { from: 'rfc9440', trustedProxy: true })).toMatchObject({
      ok: false,
      code: 'budget_exhausted',
    })
  })
})

describe('a certificate in a header', () => {
  it('is not used unless the caller says that the proxy is trusted', () => {
    const request = { 'Client-Cert': valued(formatClientCert(leaf.der)) }
    for (const trustedProxy of [undefined, false, 1, 'true']) {
      expect(() => verifyRequest(request, store, { from: 'rfc9440', trustedProxy } as never)).toThrow(TypeError)
    }
  })

  it('is verified with the truststore, whatever the proxy says', () => {
    const forged = mint({ subject: 'CN=client', issuer: 'CN=root' })
    const request = { 'X-Amzn-Mtls-Clientcert': valued(formatAlbPassthrough([forged.der])) }
    expect(verifyRequest(request, store, { from: 'alb', trustedProxy: true })).toMatchObject({ ok: false })
  })

  it('is only read from the requested header', () => {
    const request = {
      'Client-Cert': valued(formatClientCert(leaf.der)),
      'X-Amzn-Mtls-Clientcert': valued(formatAlbPassthrough([leaf.der])),
      'X-SSL-Client-Cert': valued(formatAlbPassthrough([leaf.der])),
    }
    for (const from of [
      'envoy',
      'alb-verify',
      'cloudfront',
      'google-cloud',
      'cloudflare',
      'cloudflare-headers',
      'api-gateway',
    ] as const) {
      expect(verifyRequest(request, store, { from, trustedProxy: true })).toMatchObject({ ok: false, code: 'no_certificate' })
    }
  })
})

describe('XFCC elements injected through a subject', () => {
  const hash = '0'.repeat(64)

  it.each([
    ['a quote in the name', `Subject="CN=a\\";URI=spiffe://victim/x;Subject=\\"b"`],
    ['a backslash at the end of the name', `Subject="CN=a\\\\";URI=spiffe://victim/x`],
    ['backslashes before a quote', `Subject="CN=a\\\\\\";URI=spiffe://victim/x;Subject=\\\\\\"b"`],
    ['a quote that was not escaped', `Subject="CN=a";URI=spiffe://victim/x;Subject="b"`],
    ['a comma outside quotes', `Subject=CN=a,URI=spiffe://victim/x`],
  ])('%s', (_, value) => {
    const result = parseXfcc(`Hash=${hash};${value};URI=spiffe://real/y`)
    // Either rejected, or all of it stayed inside the subject.
    if (result.ok) expect(result.value).toMatchObject([{ uri: ['spiffe://real/y'] }])
    else expect(result.code).toBe('malformed_header')
  })
})

describe('identities that resemble others', () => {
  const match = (uri: string, allowed: string): boolean =>
    matchIdentity(parsed(mint({ subjectAltNames: [{ uri }] }).der), { uri: allowed }).ok

  it.each([
    'spiffe://example.org/admin/',
    'spiffe://example.org//admin',
    'spiffe://example.org/./admin',
    'spiffe://example.org/x/../admin',
    'spiffe://example.org:443/admin',
    'spiffe://a@example.org/admin',
    'spiffe://EXAMPLE.org/admin',
    'SPIFFE://example.org/admin',
    'spiffe://example.org/%61dmin',
    'spiffe://example.org/admin?x',
    'spiffe://example.org/admin#x',
    'spiffe://example.org/admin ',
    'spiffe://example.org.evil/admin',
    'spiffe://evil/example.org/admin',
  ])('%s does not match spiffe://example.org/admin', (uri) => {
    expect(match(uri, 'spiffe://example.org/admin')).toBe(false)
  })

  it('a SPIFFE ID of any size is read in linear time', () => {
    for (const part of ['/', '/a', '.', 'a', '%']) quickly(() => parseSpiffeId(`spiffe://a${part.repeat(1_000_000)}`), 500)
  })

  it('a certificate with thousands of names is compared with thousands of allowed ones quickly', () => {
    const subjectAltNames = Array.from({ length: 2000 }, (_, i) => ({ dns: `a${i}.example` }))
    const certificate = parsed(mint({ subjectAltNames }).der)
    const dns = Array.from({ length: 20_000 }, (_, i) => `b${i}.example`)
    expect(quickly(() => matchIdentity(certificate, { dns }), 2000).ok).toBe(false)
  })
})

/** Limits that a busy machine meets and quadratic work exceeds many times. */
function quickly<T>(run: () => T, most: number): T {
  const start = performance.now()
  const value = run()
  expect(performance.now() - start).toBeLessThan(most)
  return value
}

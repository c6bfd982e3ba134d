import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatGoogleCloud, parseGoogleCloud } from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'
import { parsed, valued } from '../../support/parsed.ts'

const dates = { notBefore: new Date('2022-07-01T18:05:09Z'), notAfter: new Date('2032-07-01T18:05:09Z') }
const root = mint({ ca: true })
const issuer = mint({ ca: true }, root)
const leaf = mint({ ...dates, subject: 'CN=client', serial: 0x1234n }, issuer)
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')

const headers: Readonly<Record<string, string>> = {
  'X-Client-Cert-Present': 'true',
  'X-Client-Cert-Chain-Verified': 'true',
  'X-Client-Cert-Hash': createHash('sha256').update(leaf.der).digest('base64'),
  'X-Client-Cert-Serial-Number': '1234',
  'X-Client-Cert-Valid-Not-Before': '2022-07-01T18:05:09+00:00',
  'X-Client-Cert-Valid-Not-After': '2032-07-01T18:05:09+00:00',
  'X-Client-Cert-Leaf': `:${base64(leaf.der)}:`,
  'X-Client-Cert-Chain': `:${base64(issuer.der)}:`,
}

describe('custom headers of Google Cloud', () => {
  it('are read and written', () => {
    const read = valued(parseGoogleCloud(headers))
    expect(read.leaf.raw).toEqual(leaf.der)
    expect(read).toMatchObject({ chain: [leaf.der, issuer.der], chainVerified: true })
    expect(formatGoogleCloud(parsed(leaf.der), [issuer.der])).toEqual({ ok: true, value: headers })
    const { 'X-Client-Cert-Chain': _, ...withoutChain } = headers
    expect(formatGoogleCloud(parsed(leaf.der))).toEqual({ ok: true, value: withoutChain })
  })

  it('have the names that the operator gives them, and may be fewer', () => {
    const read = parseGoogleCloud({ 'X-Leaf': headers['X-Client-Cert-Leaf'] ?? '' }, { leaf: 'x-leaf' })
    expect(read).toMatchObject({ ok: true, value: { chain: [leaf.der] } })
  })

  it('tell of a chain that Google could not verify', () => {
    const failed = {
      ...headers,
      'X-Client-Cert-Chain-Verified': 'false',
      'X-Client-Cert-Error': 'client_cert_validation_not_performed',
    }
    expect(parseGoogleCloud(failed)).toMatchObject({
      ok: true,
      value: { chainVerified: false, error: 'client_cert_validation_not_performed' },
    })
  })

  it('tell that there is none', () => {
    const none = { 'X-Client-Cert-Present': 'false', 'X-Client-Cert-Error': 'client_cert_not_provided', 'X-Client-Cert-Leaf': '' }
    expect(parseGoogleCloud(none)).toMatchObject({
      ok: false,
      code: 'no_certificate',
      message: expect.stringContaining('client_cert_not_provided'),
    })
    expect(parseGoogleCloud({})).toMatchObject({ ok: false, code: 'no_certificate' })
  })

  it.each([
    ['Leaf', '', 'oversized_header'],
    ['Leaf', 'x', 'malformed_header'],
    ['Leaf', ':AAAA:', 'malformed_certificate'],
    ['Leaf', `:${base64(issuer.der)}:`, 'inconsistent_headers'],
    ['Present', 'false', 'inconsistent_headers'],
    ['Present', '1', 'malformed_header'],
    ['Chain-Verified', 'yes', 'malformed_header'],
    ['Hash', base64(new Uint8Array(32)), 'inconsistent_headers'],
    ['Hash', 'AAAA', 'malformed_header'],
    ['Hash', '!', 'malformed_header'],
    ['Serial-Number', '1235', 'inconsistent_headers'],
    ['Valid-Not-Before', '2022-07-01T18:05:10+00:00', 'inconsistent_headers'],
    ['Valid-Not-After', '2032-07-01', 'malformed_header'],
    ['Valid-Not-After', '2032-07-01T18:05:09+01:00', 'malformed_header'],
    ['Chain', ':AA:', 'malformed_header'],
  ])('%s %s is refused', (name, value, code) => {
    expect(parseGoogleCloud({ ...headers, [`X-Client-Cert-${name}`]: value })).toMatchObject({ ok: false, code })
  })
})

import { describe, expect, it } from 'vitest'
import { checkOwnership } from '../../../src/index.ts'
import { type CertificateSpec, type GeneralNameSpec, type Minted, mint } from '../../support/mint.ts'

const at = new Date('2026-06-01T00:00:00Z')
const valid = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2026-12-31T23:59:59Z') }
const past = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2026-05-31T23:59:59Z') }
const future = { notBefore: new Date('2026-06-01T00:00:01Z'), notAfter: new Date('2027-01-01T00:00:00Z') }

function certificate(names: readonly (string | GeneralNameSpec)[], spec: CertificateSpec = {}): Minted {
  const subjectAltNames = names.map((name) => (typeof name === 'string' ? { dns: name } : name))
  return mint({ subject: 'CN=api.example.com', extendedKeyUsage: ['serverAuth'], subjectAltNames, ...valid, ...spec })
}

const api = certificate(['api.example.com'])

/** Status and codes, as `STATUS code, code`. */
function essence(domain: string, server: Minted, owner: Minted, time: Date = at): string {
  const { status, reasons } = checkOwnership(domain, server.der, owner.pem, time)
  return [status, reasons.map(({ code }) => code).join(', ')].join(' ').trim()
}

describe('checkOwnership', () => {
  it.each<[string, string, readonly (string | GeneralNameSpec)[], readonly string[], string]>([
    ['the same name', 'api.example.com', ['api.example.com'], ['api.example.com'], 'AVAILABLE'],
    ['another case and a final dot', 'API.Example.com.', ['Api.example.COM'], ['api.EXAMPLE.com'], 'AVAILABLE'],
    ['an owner with a wildcard', 'api.example.com', ['api.example.com'], ['*.example.com'], 'AVAILABLE'],
    ['two names under one wildcard', 'api.example.com', ['api.example.com', 'b.example.com'], ['*.example.com'], 'AVAILABLE'],
    ['an owner of more names', 'api.example.com', ['api.example.com'], ['www.example.com', 'api.example.com'], 'AVAILABLE'],
    ['a wildcard domain', '*.example.com', ['*.example.com'], ['*.example.com'], 'AVAILABLE'],
    [
      'e-mail and URI, which no domain is',
      'a.b.c',
      ['a.b.c', { email: 'x@y.z' }, { uri: 'spiffe://a/b' }],
      ['a.b.c'],
      'AVAILABLE',
    ],
    [
      'a server with a name too many',
      'api.example.com',
      ['api.example.com', 'other.example.com'],
      ['api.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_not_owned',
    ],
    [
      'a server wildcard under a plain name',
      'api.example.com',
      ['*.example.com'],
      ['api.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_not_owned',
    ],
    [
      'a server wildcard one label deeper',
      'api.example.com',
      ['api.example.com', '*.api.example.com'],
      ['*.example.com', 'api.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_not_owned',
    ],
    [
      'a server with an address',
      'api.example.com',
      ['api.example.com', { ip: '192.0.2.1' }],
      ['api.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_not_owned',
    ],
    [
      'a server with a name that is none',
      'api.example.com',
      ['api.example.com', 'a..b'],
      ['api.example.com', 'a..b'],
      'PENDING_CERTIFICATE_REIMPORT server_name_not_owned',
    ],
    [
      'a server for another domain',
      'api.example.com',
      ['www.example.com'],
      ['*.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_mismatch',
    ],
    [
      'a wildcard domain whose server has a plain name',
      '*.example.com',
      ['api.example.com'],
      ['*.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_mismatch',
    ],
    [
      'a server without names, whatever its common name',
      'api.example.com',
      [],
      ['api.example.com'],
      'PENDING_CERTIFICATE_REIMPORT server_name_mismatch',
    ],
    [
      'an owner of another domain',
      'api.example.com',
      ['api.example.com'],
      ['example.com'],
      'PENDING_OWNERSHIP_VERIFICATION ownership_name_mismatch, server_name_not_owned',
    ],
    [
      'a wildcard that would have to stand for two labels',
      'v1.api.example.com',
      ['v1.api.example.com'],
      ['*.example.com'],
      'PENDING_OWNERSHIP_VERIFICATION ownership_name_mismatch, server_name_not_owned',
    ],
    [
      'a wildcard of a whole top-level domain',
      'example.com',
      ['example.com'],
      ['*.com'],
      'PENDING_OWNERSHIP_VERIFICATION ownership_name_mismatch, server_name_not_owned',
    ],
  ])('%s', (_, domain, serverNames, ownerNames, expected) => {
    expect(essence(domain, certificate(serverNames), certificate(ownerNames))).toBe(expected)
  })

  it('checks the dates of both, the ownership certificate first', () => {
    const names = ['api.example.com']
    expect(essence('api.example.com', api, certificate(names, past))).toBe(
      'PENDING_OWNERSHIP_VERIFICATION ownership_certificate_expired',
    )
    expect(essence('api.example.com', api, certificate(names, future))).toBe(
      'PENDING_OWNERSHIP_VERIFICATION ownership_certificate_not_yet_valid',
    )
    expect(essence('api.example.com', certificate(names, past), api)).toBe(
      'PENDING_CERTIFICATE_REIMPORT server_certificate_expired',
    )
    expect(essence('api.example.com', certificate(names, future), api)).toBe(
      'PENDING_CERTIFICATE_REIMPORT server_certificate_not_yet_valid',
    )
    expect(essence('api.example.com', certificate(names, past), certificate(names, past))).toBe(
      'PENDING_OWNERSHIP_VERIFICATION ownership_certificate_expired, server_certificate_expired',
    )
  })

  it('counts the last second of validity', () => {
    const owner = certificate(['api.example.com'], past)
    expect(essence('api.example.com', api, owner, new Date('2026-05-31T23:59:59.999Z'))).toBe('AVAILABLE')
    expect(essence('api.example.com', api, owner, new Date('2026-06-01T00:00:00Z'))).toMatch(/expired/)
  })

  it('tells what is wrong with the values at fault', () => {
    const server = certificate(['api.example.com', 'a.example.net', 'b.example.net'])
    expect(checkOwnership('api.example.com', server.pem, certificate(['x.example.com'], past).pem, at).reasons).toEqual([
      { code: 'ownership_certificate_expired', message: 'the ownership certificate expired on 2026-05-31T23:59:59Z' },
      {
        code: 'ownership_name_mismatch',
        message: 'the ownership certificate is not for api.example.com: subjectAltName has x.example.com',
      },
      {
        code: 'server_name_not_owned',
        message:
          'the server certificate has names that the ownership certificate does not cover: api.example.com, a.example.net, b.example.net',
      },
    ])
  })

  it.each<[string, string | Uint8Array]>([
    ['text', 'hello'],
    ['nothing', ''],
    ['DER of something else', api.der.subarray(4)],
    ['two certificates', api.pem + api.pem],
  ])('%s means that there is no certificate', (_, input) => {
    const owner = checkOwnership('api.example.com', api.der, input, at)
    expect(owner.status).toBe('PENDING_OWNERSHIP_VERIFICATION')
    expect(owner.reasons.map(({ code }) => code)).toEqual(['ownership_certificate_malformed'])
    const server = checkOwnership('api.example.com', input, api.der, at)
    expect(server.status).toBe('PENDING_CERTIFICATE_REIMPORT')
    expect(server.reasons.map(({ code }) => code)).toEqual(['server_certificate_malformed'])
  })

  it('gives up on certificates of thousands of names, as not covered', () => {
    const names = Array.from({ length: 2000 }, (_, i) => `n${i}.example.com`)
    const many = certificate(['api.example.com', ...names])
    expect(essence('api.example.com', many, many)).toBe('PENDING_CERTIFICATE_REIMPORT server_name_not_owned')
  })

  it.each<[string, unknown, unknown, unknown, unknown, string]>([
    ['no domain', undefined, api.der, api.der, at, 'domain must be a DNS name'],
    ['an empty domain', '', api.der, api.der, at, 'domain must be a DNS name'],
    ['an address', '192.0.2.1', api.der, api.der, at, 'domain must be a DNS name'],
    ['a wildcard address', '*.192.0.2.1', api.der, api.der, at, 'domain must be a DNS name'],
    ['a wildcard inside', 'a.*.com', api.der, api.der, at, 'domain must be a DNS name'],
    ['a U-label', 'bücher.example', api.der, api.der, at, 'got "b?cher.example"'],
    ['no server certificate', 'a.b.c', undefined, api.der, at, 'must be a string or Uint8Array'],
    ['no ownership certificate', 'a.b.c', api.der, null, at, 'must be a string or Uint8Array'],
    ['an invalid date', 'a.b.c', api.der, api.der, new Date(Number.NaN), 'checkOwnership: at must be a valid Date'],
  ])('%s is a TypeError', (_, domain, server, owner, time, message) => {
    const check = (): unknown => checkOwnership(domain as string, server as string, owner as string, time as Date)
    expect(check).toThrow(TypeError)
    expect(check).toThrow(message)
  })
})

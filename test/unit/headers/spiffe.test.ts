import { describe, expect, it } from 'vitest'
import { parseSpiffeId, spiffeIdOf } from '../../../src/headers/index.ts'
import { type CertificateSpec, mint } from '../../support/mint.ts'
import { parsed } from '../../support/parsed.ts'

describe('parseSpiffeId', () => {
  it.each([
    ['spiffe://example.org', 'example.org', ''],
    ['spiffe://example.org/service/a', 'example.org', '/service/a'],
    ['spiffe://k8s-west.example.com/ns/staging/sa/default', 'k8s-west.example.com', '/ns/staging/sa/default'],
    ['spiffe://a_b-c.1/...', 'a_b-c.1', '/...'],
    [`spiffe://${'a'.repeat(255)}/${'B'.repeat(1783)}`, 'a'.repeat(255), `/${'B'.repeat(1783)}`],
  ])('%s', (id, trustDomain, path) => {
    expect(parseSpiffeId(id)).toEqual({ ok: true, value: { id, trustDomain, path } })
  })

  it.each([
    '',
    'spiffe:',
    'spiffe://',
    'spiffe:///a',
    'SPIFFE://example.org/a',
    'Spiffe://example.org/a',
    'https://example.org/a',
    'spiffe:/example.org/a',
    ' spiffe://example.org/a',
    'spiffe://example.org/a ',
    'spiffe://Example.org/a',
    'spiffe://example.org:80/a',
    'spiffe://user@example.org/a',
    'spiffe://exämple.org/a',
    'spiffe://example.org%2fa',
    'spiffe://example.org/',
    'spiffe://example.org/a/',
    'spiffe://example.org//a',
    'spiffe://example.org/a//b',
    'spiffe://example.org/.',
    'spiffe://example.org/a/../b',
    'spiffe://example.org/a?b',
    'spiffe://example.org/a#b',
    'spiffe://example.org/a%41',
    'spiffe://example.org/a\\b',
    'spiffe://example.org/a\0',
    'spiffe://example.org\n/a',
    `spiffe://${'a'.repeat(256)}/a`,
    `spiffe://a/${'b'.repeat(2038)}`,
  ])('%j is refused', (text) => {
    expect(parseSpiffeId(text)).toMatchObject({ ok: false, message: expect.any(String) })
  })

  it('wants a string', () => expect(() => parseSpiffeId(undefined as never)).toThrow(TypeError))
})

describe('spiffeIdOf', () => {
  const uri = 'spiffe://example.org/service/a'
  const idOf = (spec: CertificateSpec): unknown => spiffeIdOf(parsed(mint({ subjectAltNames: [{ uri }], ...spec }).der))

  it('is the one URI of a leaf, whatever other names it has', () => {
    expect(idOf({ subjectAltNames: [{ dns: 'a' }, { uri }, { email: 'a@b' }] })).toMatchObject({ ok: true, value: { id: uri } })
    expect(idOf({ ca: false, keyUsage: ['digitalSignature', 'keyEncipherment'] })).toMatchObject({ ok: true })
  })

  it.each([
    ['two URIs', { subjectAltNames: [{ uri }, { uri: 'https://example.org' }] }],
    ['the same twice', { subjectAltNames: [{ uri }, { uri }] }],
    ['no URI', { subjectAltNames: [{ dns: 'spiffe://example.org/service/a' }] }],
    ['another scheme', { subjectAltNames: [{ uri: 'https://example.org/service/a' }] }],
    ['a malformed ID', { subjectAltNames: [{ uri: `${uri}/` }] }],
    ['no path', { subjectAltNames: [{ uri: 'spiffe://example.org' }] }],
    ['a CA', { ca: true }],
    ['a CA whose key may not sign', { ca: true, keyUsage: ['digitalSignature'] }],
    ['keyCertSign', { keyUsage: ['digitalSignature', 'keyCertSign'] }],
    ['cRLSign', { keyUsage: ['digitalSignature', 'cRLSign'] }],
  ] as const)('%s: none', (_, spec) => {
    expect(idOf(spec)).toMatchObject({ ok: false })
  })
})

import { describe, expect, it } from 'vitest'
import {
  formatNginxEscapedCert,
  formatNginxLegacyCert,
  formatNginxVerify,
  parseNginxEscapedCert,
  parseNginxLegacyCert,
  parseNginxVerify,
} from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'

const leaf = mint({ subject: 'CN=client' })

describe('$ssl_client_escaped_cert', () => {
  it('is URL-encoded PEM', () => {
    expect(parseNginxEscapedCert(encodeURIComponent(leaf.pem))).toEqual({ ok: true, value: leaf.der })
    expect(formatNginxEscapedCert(leaf.der)).toEqual({ ok: true, value: encodeURIComponent(leaf.pem) })
  })

  it('is one certificate', () => {
    expect(parseNginxEscapedCert(encodeURIComponent(leaf.pem + leaf.pem))).toMatchObject({ ok: false, code: 'malformed_header' })
    expect(parseNginxEscapedCert('')).toMatchObject({ ok: false, code: 'malformed_header' })
  })
})

describe('$ssl_client_cert', () => {
  it.each([
    ['as nginx writes it', leaf.pem.trimEnd().replaceAll('\n', '\n\t')],
    ['with CRLF', leaf.pem.trimEnd().replaceAll('\n', '\r\n\t')],
    ['unfolded to tabs', leaf.pem.trimEnd().replaceAll('\n', '\t')],
    ['unfolded to blanks', leaf.pem.replaceAll('\n', ' ')],
    ['in one piece', leaf.pem.replaceAll('\n', '')],
  ])('%s', (_, value) => {
    expect(parseNginxLegacyCert(value)).toEqual({ ok: true, value: leaf.der })
  })

  it('is written unfolded', () => {
    expect(formatNginxLegacyCert(leaf.der)).toEqual({ ok: true, value: leaf.pem.trimEnd().replaceAll('\n', '\t') })
  })

  it.each([
    leaf.pem + leaf.pem,
    `a${leaf.pem}`,
    `${leaf.pem}a`,
    leaf.pem.replace('MII', 'M!I'),
    '-----BEGIN CERTIFICATE----------END CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----',
    encodeURIComponent(leaf.pem),
    '',
  ])('%j is refused', (value) => {
    expect(parseNginxLegacyCert(value)).toMatchObject({ ok: false, code: 'malformed_header' })
  })

  it('wants a string', () => expect(() => parseNginxLegacyCert(null as never)).toThrow(TypeError))
})

describe('$ssl_client_verify', () => {
  it.each([
    ['SUCCESS', { status: 'success' }],
    ['NONE', { status: 'none' }],
    ['FAILED:certificate has expired', { status: 'failed', reason: 'certificate has expired' }],
  ] as const)('%s', (value, verify) => {
    expect(parseNginxVerify(value)).toEqual({ ok: true, value: verify })
    expect(formatNginxVerify(verify)).toEqual({ ok: true, value })
  })

  it.each(['', 'success', 'SUCCESS ', 'FAILED', 'FAILED:', 'SUCCESS, NONE'])('%j is refused', (value) => {
    expect(parseNginxVerify(value)).toMatchObject({ ok: false, code: 'malformed_header' })
  })

  it('rejects a reason that is empty or has control characters', () => {
    expect(formatNginxVerify({ status: 'failed', reason: '' })).toMatchObject({ ok: false })
    expect(formatNginxVerify({ status: 'failed', reason: 'a\nb' })).toMatchObject({ ok: false })
  })
})

import { describe, expect, it } from 'vitest'
import { formatClientCert, formatClientCertChain, parseClientCert, parseClientCertChain } from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')
const root = mint({ ca: true })
const leaf = mint({ subject: 'CN=client' }, root)

describe('Client-Cert', () => {
  it('is one byte sequence (RFC 9440 2.2, appendix A)', () => {
    expect(parseClientCert(`:${base64(leaf.der)}:`)).toEqual({ ok: true, value: leaf.der })
    expect(formatClientCert(leaf.der)).toEqual({ ok: true, value: `:${base64(leaf.der)}:` })
  })

  it.each([
    ['', 0],
    [':', 0],
    ['::', 0],
    ['MIIB', 0],
    [':MIIB', 0],
    ['MIIB:', 0],
    [':MIIB:;a=1', 0],
    [' :MIIB:', 0],
    [':MIIB: ', 0],
    [':MI IB:', 3],
    [':MIIB:, :MIIB:', 6],
    [':MIIB:,:MIIB:', 5],
    [':MII=B:', 4],
    [':MII:', 4],
    [':MIJ=:', 4],
    [':M-_B:', 2],
    [':MIIB::', 5],
    ['"MIIB"', 0],
    [':MIIB:\n', 6],
    [':MIIBé:', 5],
  ])('%j is refused at %i', (value, offset) => {
    const result = parseClientCert(value)
    expect(result).toMatchObject({ ok: false, code: 'malformed_header', offset: expect.any(Number) })
    expect(result.ok || Math.abs((result.offset ?? -9) - offset)).toBeLessThanOrEqual(2)
  })

  it('wants a string, and bytes', () => {
    expect(() => parseClientCert(undefined as never)).toThrow(TypeError)
    expect(() => formatClientCert('MIIB' as never)).toThrow(TypeError)
  })
})

describe('Client-Cert-Chain', () => {
  it('is a list of byte sequences without the leaf', () => {
    const value = `:${base64(root.der)}:, :${base64(leaf.der)}:`
    expect(parseClientCertChain(value)).toEqual({ ok: true, value: [root.der, leaf.der] })
    expect(formatClientCertChain([root.der, leaf.der])).toEqual({ ok: true, value })
    expect(parseClientCertChain(value.replace(', ', ',\t '))).toEqual({ ok: true, value: [root.der, leaf.der] })
    expect(parseClientCertChain(`:${base64(root.der)}:`)).toEqual({ ok: true, value: [root.der] })
  })

  it.each([':MIIB:,', ',:MIIB:', ':MIIB:,,:MIIB:', ':MIIB: :MIIB:', ':MIIB:, x', ':MIIB:, ::', ', ,'])(
    '%j is refused',
    (value) => {
      expect(parseClientCertChain(value)).toMatchObject({ ok: false, code: 'malformed_header' })
    },
  )

  it('is not written empty', () => {
    expect(formatClientCertChain([])).toMatchObject({ ok: false, code: 'malformed_header' })
  })
})

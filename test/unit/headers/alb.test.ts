import { describe, expect, it } from 'vitest'
import { formatAlbPassthrough, formatAlbVerify, parseAlbPassthrough, parseAlbVerify } from '../../../src/headers/index.ts'
import { keyPair, mint } from '../../support/mint.ts'
import { parsed, valued } from '../../support/parsed.ts'

const dates = { notBefore: new Date('2023-09-21T01:50:17Z'), notAfter: new Date('2024-09-20T01:50:17Z') }
const root = mint({ subject: 'C=US,ST=Washington,O=mTLS,CN=rootcamtls.com', ca: true })
const leaf = mint(
  { ...dates, subject: 'C=US,ST=Washington,O=mTLS,CN=client_.com', serial: 0x03a5b1n, key: keyPair('rsa2048', 1) },
  root,
)

/** URL-encoded PEM with `+=/` left as they are, written without the code under test. */
function albPem(...pems: readonly string[]): string {
  return encodeURIComponent(pems.join('')).replace(/%2B|%3D|%2F/g, decodeURIComponent)
}

describe('passthrough mode', () => {
  it('is the chain as URL-encoded PEM, leaf first', () => {
    const value = albPem(leaf.pem, root.pem)
    expect(value).toMatch(/^-----BEGIN%20CERTIFICATE-----%0AMII[A-Za-z0-9+/%]+/)
    expect(value).toMatch(/[+/]/)
    expect(parseAlbPassthrough(value)).toEqual({ ok: true, value: [leaf.der, root.der] })
    expect(formatAlbPassthrough([leaf.der, root.der])).toEqual({ ok: true, value })
  })

  it('without a final line break, with CRLF, with everything encoded', () => {
    expect(parseAlbPassthrough(albPem(leaf.pem.trimEnd()))).toEqual({ ok: true, value: [leaf.der] })
    expect(parseAlbPassthrough(albPem(leaf.pem.replaceAll('\n', '\r\n')))).toEqual({ ok: true, value: [leaf.der] })
    const all = Buffer.from(leaf.pem).toString('hex').replace(/../g, '%$&')
    expect(parseAlbPassthrough(all)).toEqual({ ok: true, value: [leaf.der] })
  })

  it('a plus sign is a plus sign, never a blank', () => {
    const value = albPem(leaf.pem)
    const plus = value.indexOf('+')
    expect(plus).toBeGreaterThan(0)
    expect(parseAlbPassthrough(value)).toEqual({ ok: true, value: [leaf.der] })
    expect(parseAlbPassthrough(`${value.slice(0, plus)} ${value.slice(plus + 1)}`)).toMatchObject({
      ok: false,
      code: 'malformed_header',
      offset: plus,
    })
  })

  const pem = albPem(leaf.pem)
  it.each([
    ['plain PEM', leaf.pem, 'malformed_header'],
    ['a half escape', `${pem}%0`, 'malformed_header'],
    ['a wrong escape', `${pem}%zz`, 'malformed_header'],
    ['a signed escape', `${pem}%+1`, 'malformed_header'],
    ['text before', `a${pem}`, 'malformed_header'],
    ['text between', `${pem}x%0A${pem}`, 'malformed_header'],
    ['text after', `${pem}x`, 'malformed_header'],
    ['a private key', albPem(leaf.pem, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'), 'malformed_header'],
    ['an old label', pem.replaceAll('CERTIFICATE', 'X509%20CERTIFICATE'), 'malformed_header'],
    ['no end', pem.slice(0, 200), 'malformed_header'],
    ['two headers joined', `${pem}, ${pem}`, 'malformed_header'],
    ['a NUL', `${pem}%00`, 'malformed_header'],
    ['nothing', '', 'malformed_header'],
    ['no PEM', 'hello', 'malformed_header'],
  ])('%s is refused', (_, value, code) => {
    expect(parseAlbPassthrough(value)).toMatchObject({ ok: false, code })
  })
})

describe('verify mode', () => {
  const headers: Readonly<Record<string, string>> = {
    'X-Amzn-Mtls-Clientcert-Serial-Number': '03A5B1',
    'X-Amzn-Mtls-Clientcert-Issuer': 'CN=rootcamtls.com,O=mTLS,ST=Washington,C=US',
    'X-Amzn-Mtls-Clientcert-Subject': 'CN=client_.com,O=mTLS,ST=Washington,C=US',
    'X-Amzn-Mtls-Clientcert-Validity': 'NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z',
    'X-Amzn-Mtls-Clientcert-Leaf': albPem(leaf.pem),
  }

  it('is five headers', () => {
    const { leaf: certificate, subject, issuer } = valued(parseAlbVerify(headers))
    expect(certificate.raw).toEqual(leaf.der)
    expect(subject).toBe('CN=client_.com,O=mTLS,ST=Washington,C=US')
    expect(issuer).toBe('CN=rootcamtls.com,O=mTLS,ST=Washington,C=US')
    expect(formatAlbVerify(parsed(leaf.der))).toEqual({
      ok: true,
      value: { ...headers, 'X-Amzn-Mtls-Clientcert-Serial-Number': '03a5b1' },
    })
  })

  it('of which the leaf is enough', () => {
    const { 'X-Amzn-Mtls-Clientcert-Leaf': pem = '' } = headers
    const read = valued(parseAlbVerify({ headers: new Headers({ 'x-amzn-mtls-clientcert-leaf': pem }) }))
    expect(Object.keys(read)).toEqual(['leaf'])
  })

  it.each([
    ['Serial-Number', '03A5B2', 'inconsistent_headers'],
    ['Serial-Number', 'x', 'malformed_header'],
    ['Validity', 'NotBefore=2023-09-21T01:50:18Z;NotAfter=2024-09-20T01:50:17Z', 'inconsistent_headers'],
    ['Validity', 'NotBefore=2023-09-21;NotAfter=2024-09-20', 'malformed_header'],
    ['Leaf', albPem(root.pem), 'inconsistent_headers'],
    ['Leaf', albPem(leaf.pem, root.pem), 'malformed_header'],
    ['Leaf', albPem(leaf.pem.replace('MII', 'MIJ')), 'malformed_certificate'],
  ])('%s %s is refused', (name, value, code) => {
    expect(parseAlbVerify({ ...headers, [`X-Amzn-Mtls-Clientcert-${name}`]: value })).toMatchObject({ ok: false, code })
  })

  it('that says nothing, or everything but the leaf', () => {
    expect(parseAlbVerify({ host: 'a' })).toMatchObject({ ok: false, code: 'no_certificate' })
    const { 'X-Amzn-Mtls-Clientcert-Leaf': _, ...others } = headers
    expect(parseAlbVerify(others)).toMatchObject({ ok: false, code: 'inconsistent_headers' })
  })

  it('does not read the header of the other mode', () => {
    expect(parseAlbVerify({ 'X-Amzn-Mtls-Clientcert': albPem(leaf.pem) })).toMatchObject({ ok: false, code: 'no_certificate' })
  })
})

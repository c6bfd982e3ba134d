import { describe, expect, it } from 'vitest'
import { lintCertificate } from '../../../../src/index.ts'
import { type GeneralNameSpec, keyPair, mint } from '../../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })

function findingsOn(...subjectAltNames: readonly GeneralNameSpec[]): readonly string[] {
  const { der } = mint({ subject: 'CN=Client', key: keyPair('p256', 1), subjectAltNames }, root)
  return lintCertificate(der, { as: 'leaf' }).findings.map(({ code, message }) => `${code}: ${message}`)
}

describe('alternative names', () => {
  it.each<GeneralNameSpec>([
    { dns: 'localhost' },
    { dns: 'a-b.example.com' },
    { dns: 'xn--mnchen-3ya.example' },
    { dns: '*.example.com' },
    { dns: `${'a'.repeat(63)}.example` },
    { email: 'someone@example.com' },
    { email: 'some.one+tag@localhost' },
    { ip: '192.0.2.1' },
    { ip: '2001:db8::1' },
    { uri: 'https://example.com/path?query#fragment' },
    { uri: 'https://user@example.com:8443' },
    { uri: 'https://192.0.2.1/' },
    { uri: 'https://[2001:db8::1]:443/' },
    { uri: 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6' },
    { uri: 'mailto:someone@example.com' },
    { uri: 'spiffe://prod/service/a' },
    { uri: 'spiffe://example.org' },
    { directory: 'O=Example' },
    { registeredId: '1.2.3' },
  ])('%j is sound', (name) => expect(findingsOn(name)).toEqual([]))

  it.each<[GeneralNameSpec, string]>([
    [{ dns: '' }, 'DNS name "" is not'],
    [{ dns: 'a b.example' }, 'DNS name "a b.example" is not'],
    [{ dns: 'a_b.example' }, 'DNS name'],
    [{ dns: '.example.com' }, 'DNS name'],
    [{ dns: 'example.com.' }, 'DNS name'],
    [{ dns: '-a.example' }, 'DNS name'],
    [{ dns: `${'a'.repeat(64)}.example` }, 'DNS name'],
    [{ dns: `${'a.'.repeat(126)}aa` }, 'DNS name'],
    [{ email: 'nobody' }, 'e-mail address "nobody" is not a mailbox'],
    [{ email: 'a@' }, 'e-mail address'],
    [{ email: 'A <a@example.com>' }, 'e-mail address'],
    [{ email: `a@${'a'.repeat(64)}.example` }, 'e-mail address'],
    [{ uri: '/relative' }, 'URI "/relative" is not absolute'],
    [{ uri: 'https://' }, 'has no host'],
    [{ uri: 'https:///path' }, 'has no host'],
    [{ uri: 'https://intranet/' }, 'has a host that is neither'],
    [{ uri: 'https://*.example.com/' }, 'has a host that is neither'],
    [{ uri: 'https://exa mple.com/' }, 'has a character that is not allowed'],
    [{ uri: 'https://example.com/%zz' }, 'has a character that is not allowed'],
  ])('%j is malformed', (name, words) => {
    const found = findingsOn(name)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^san_malformed: /)
    expect(found[0]).toContain(words)
  })

  it('are reported once a form', () => {
    expect(findingsOn({ dns: 'a b' }, { dns: 'c d' }, { email: 'x' }, { uri: 'y' })).toEqual([
      'san_malformed: DNS name "a b" is not in preferred name syntax; e-mail address "x" is not a mailbox; URI "y" is not absolute',
    ])
  })

  it.each(['*', '**.example.com', 'a.*.example.com', 'a*.example.com', '*a.example.com', '*.*.example.com'])(
    'a wildcard that is not the whole first label: %s',
    (dns) => {
      expect(findingsOn({ dns })).toEqual([`wildcard_not_leftmost: wildcard in "${dns}" is not the whole first label`])
    },
  )

  it.each([
    'spiffe://example.org/a?b',
    'spiffe://example.org/a#b',
    'spiffe://example.org:443/a',
    'spiffe://Example.org/a',
    'spiffe://example.org/a/',
    'spiffe://example.org/a//b',
    'spiffe://example.org/../b',
    'spiffe:///a',
    'SPIFFE://example.org/a',
  ])('a SPIFFE id that is none: %s', (uri) => {
    expect(findingsOn({ uri })).toEqual([`spiffe_uri_invalid: "${uri}" is not a valid SPIFFE ID`])
  })

  it('a SPIFFE id beside another URI', () => {
    const found = findingsOn({ uri: 'https://example.com' }, { uri: 'spiffe://example.org/a' })
    expect(found).toEqual(['spiffe_uri_invalid: 2 URIs, but the SPIFFE ID "spiffe://example.org/a" must be the only one'])
  })

  it('do not flood a message', () => {
    const [found = ''] = findingsOn({ dns: `${'a_'.repeat(2000)}` })
    expect(found.length).toBeLessThan(200)
  })
})

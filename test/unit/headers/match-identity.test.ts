import { describe, expect, it } from 'vitest'
import { type AllowedIdentities, identityMatcher, matchIdentity } from '../../../src/headers/index.ts'
import { type CertificateSpec, keyPair, mint } from '../../support/mint.ts'
import { parsed } from '../../support/parsed.ts'

const key = keyPair('p256')
const matches = (spec: CertificateSpec, allowed: AllowedIdentities): boolean =>
  matchIdentity(parsed(mint({ key, ...spec }).der), allowed).ok

describe('URIs', () => {
  it('are equal to the character', () => {
    const spec = { subjectAltNames: [{ uri: 'https://example.org/a' }, { uri: 'urn:x' }] }
    expect(matches(spec, { uri: 'https://example.org/a' })).toBe(true)
    expect(matches(spec, { uri: ['urn:y', 'urn:x'] })).toBe(true)
    for (const uri of [
      'https://example.org/A',
      'https://EXAMPLE.org/a',
      'https://example.org/a/',
      'https://example.org/%61',
      'https://example.org',
    ]) {
      expect(matches(spec, { uri })).toBe(false)
    }
  })

  it('with the scheme spiffe need an X.509-SVID', () => {
    const uri = 'spiffe://example.org/a'
    expect(matches({ subjectAltNames: [{ uri }, { dns: 'b' }] }, { uri })).toBe(true)
    expect(matches({ subjectAltNames: [{ uri }, { uri: 'spiffe://example.org/b' }] }, { uri })).toBe(false)
    expect(matches({ subjectAltNames: [{ uri }, { uri: 'https://example.org' }] }, { uri })).toBe(false)
    expect(matches({ subjectAltNames: [{ uri }], ca: true }, { uri })).toBe(false)
    expect(matches({ subjectAltNames: [{ uri: 'spiffe://EXAMPLE.org/a' }] }, { uri })).toBe(false)
    expect(matches({ subjectAltNames: [{ uri: `${uri}/b` }] }, { uri })).toBe(false)
  })

  it('do not match names of other forms', () => {
    expect(matches({ subjectAltNames: [{ dns: 'urn:x' }, { email: 'urn:x' }], subject: 'CN=urn:x' }, { uri: 'urn:x' })).toBe(
      false,
    )
  })
})

describe('DNS names', () => {
  it('are equal without regard to ASCII case', () => {
    expect(matches({ subjectAltNames: [{ dns: 'Client.Example.COM' }] }, { dns: 'client.example.com' })).toBe(true)
    expect(matches({ subjectAltNames: [{ dns: 'client.example.com' }] }, { dns: ['a', 'CLIENT.example.com'] })).toBe(true)
    for (const dns of ['example.com', '.example.com', 'client.example.com.', 'x.client.example.com', 'client.example.co']) {
      expect(matches({ subjectAltNames: [{ dns: 'client.example.com' }] }, { dns })).toBe(false)
    }
  })

  it('with a wildcard are no identity but that wildcard', () => {
    expect(matches({ subjectAltNames: [{ dns: '*.example.com' }] }, { dns: 'client.example.com' })).toBe(false)
    expect(matches({ subjectAltNames: [{ dns: 'client.example.com' }] }, { dns: '*.example.com' })).toBe(false)
    expect(matches({ subjectAltNames: [{ dns: '*.example.com' }] }, { dns: '*.EXAMPLE.com' })).toBe(true)
  })

  it('cannot be smuggled in one another, nor in the common name', () => {
    expect(matches({ subjectAltNames: [{ dns: 'a.example, DNS:b.example' }] }, { dns: ['a.example', 'b.example'] })).toBe(false)
    expect(matches({ subject: 'CN=a.example', subjectAltNames: [] }, { dns: 'a.example' })).toBe(false)
  })
})

describe('e-mail addresses', () => {
  it("are equal regardless of the host's case (RFC 5280 7.5)", () => {
    const spec = { subjectAltNames: [{ email: 'Some.One@Example.com' }] }
    expect(matches(spec, { email: 'Some.One@example.COM' })).toBe(true)
    expect(matches(spec, { email: 'some.one@Example.com' })).toBe(false)
    expect(matches({ subject: 'emailAddress=a@b.c' }, { email: 'a@b.c' })).toBe(false)
    expect(matches({ subjectAltNames: [{ email: 'a@evil@b.c' }] }, { email: 'a@b.c' })).toBe(false)
  })
})

describe('subjects', () => {
  it('are equal as names: type, case and blanks as RFC 5280 7.1 has it', () => {
    const subject = [
      ['C', 'US', 'printable'],
      ['O', 'Example  Inc', 'printable'],
      ['CN', 'Client ONE', 'utf8'],
    ] as const
    for (const allowed of [
      'CN=Client ONE,O=Example  Inc,C=US',
      'CN=client one,O=Example Inc,C=us',
      'cn=client one,2.5.4.10=Example Inc,c=US',
      'CN=client\\20one,O=Example Inc,C=US',
      'CN=#0c0a436c69656e74204f4e45,O=Example Inc,C=US',
    ]) {
      expect([allowed, matches({ subject }, { subject: allowed })]).toEqual([allowed, true])
    }
    for (const allowed of [
      'C=US,O=Example Inc,CN=client one',
      'CN=client one,O=Example Inc',
      'CN=client one\\,O=Example Inc,C=US',
      'CN=one,O=Example Inc,C=US',
    ]) {
      expect([allowed, matches({ subject }, { subject: allowed })]).toEqual([allowed, false])
    }
  })

  it('are never strings: an attribute cannot imitate a name', () => {
    expect(matches({ subject: [['CN', 'admin,O=Example']] }, { subject: 'CN=admin,O=Example' })).toBe(false)
    expect(matches({ subject: [['CN', 'admin+OU=x']] }, { subject: 'CN=admin+OU=x' })).toBe(false)
    expect(
      matches(
        {
          subject: [
            [
              ['CN', 'admin'],
              ['OU', 'x'],
            ],
          ],
        },
        { subject: 'OU=x+CN=admin' },
      ),
    ).toBe(true)
  })

  it('as the certificate writes its own', () => {
    for (const subject of [
      [['CN', ' #a, "b"+c;<d>=\\ ']],
      [['CN', 'ünï\u202e\n']],
      [['1.2.3.4', 'x']],
      [
        ['DC', 'com'],
        ['DC', 'example'],
        ['emailAddress', 'a@b.c'],
      ],
    ] as const) {
      const certificate = parsed(mint({ key, subject }).der)
      expect(matchIdentity(certificate, { subject: certificate.subject })).toMatchObject({ ok: true })
    }
  })
})

describe('fingerprints', () => {
  it('are SHA-256 in hexadecimal', () => {
    const certificate = parsed(mint({ key }).der)
    const { fingerprint } = certificate
    const colons = fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:')
    expect(matchIdentity(certificate, { fingerprint })).toEqual({ ok: true, matched: { fingerprint } })
    expect(matchIdentity(certificate, { fingerprint: ['0'.repeat(64), colons] })).toMatchObject({ ok: true })
    expect(matchIdentity(certificate, { fingerprint: '0'.repeat(64) })).toMatchObject({ ok: false })
  })
})

describe('several lists', () => {
  const spec = { subject: 'CN=a', subjectAltNames: [{ dns: 'a.example' }, { uri: 'urn:a' }] }

  it('must all have a match', () => {
    expect(matches(spec, { dns: 'a.example', uri: 'urn:a', subject: 'CN=a' })).toBe(true)
    expect(matches(spec, { dns: 'a.example', uri: 'urn:b' })).toBe(false)
    expect(matches(spec, { dns: 'b.example', uri: 'urn:a' })).toBe(false)
    expect(matchIdentity(parsed(mint({ key, ...spec }).der), { dns: ['b.example', 'A.example'], uri: 'urn:a' })).toEqual({
      ok: true,
      matched: { dns: 'a.example', uri: 'urn:a' },
    })
  })

  it('tell which had none', () => {
    expect(matchIdentity(parsed(mint({ key, ...spec }).der), { dns: 'a.example', email: 'a@b' })).toEqual({
      ok: false,
      message: 'allowed.email does not contain an e-mail address of the certificate',
    })
  })

  it('that are empty let nobody in', () => {
    expect(matches(spec, { dns: [] })).toBe(false)
    expect(matches(spec, { dns: 'a.example', uri: [] })).toBe(false)
    expect(() => matches(spec, {})).toThrow('would match everyone')
  })

  it('that are missing although they were meant do not let more in', () => {
    expect(() => matches(spec, { dns: undefined } as never)).toThrow('allowed.dns is undefined')
    expect(() => matches(spec, { dns: 'a.example', uri: undefined } as never)).toThrow('allowed.uri is undefined')
  })
})

describe('mistakes', () => {
  it.each([
    { uri: 'spiffe://Example.org/a' },
    { uri: 'SPIFFE://example.org/a' },
    { uri: 'spiffe://example.org/*' },
    { uri: '' },
    { uri: 'a b' },
    { dns: 'exämple.org' },
    { dns: '' },
    { dns: ['a.example', 5] },
    { email: 'example.org' },
    { email: '@example.org' },
    { subject: '' },
    { subject: 'client' },
    { subject: 'CN=a, O=b' },
    { subject: '/C=US/CN=a' },
    { subject: 'XX=a' },
    { fingerprint: 'abc' },
    { fingerprint: `${'0'.repeat(63)}g` },
    { uris: 'urn:a' },
    { commonName: 'a' },
    null,
  ])('%j is a TypeError, since it can match nothing', (allowed) => {
    expect(() => identityMatcher(allowed as never)).toThrow(TypeError)
  })

  it('a certificate that is none', () => {
    expect(() => matchIdentity({ subject: 'CN=a' } as never, { subject: 'CN=a' })).toThrow(TypeError)
  })

  it('changing the list afterwards changes nothing', () => {
    const dns = ['a.example']
    const matcher = identityMatcher({ dns })
    dns.push('b.example')
    expect(matcher(parsed(mint({ key, subjectAltNames: [{ dns: 'b.example' }] }).der)).ok).toBe(false)
  })
})

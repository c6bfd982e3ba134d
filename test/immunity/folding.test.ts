import { describe, expect, it } from 'vitest'
import { buildTruststore, profiles, verifyChain } from '../../src/index.ts'
import { sequence, set, tlv } from '../support/der.ts'
import { keyPair, mint, type NameSpec } from '../support/mint.ts'

/** Case folding must neither make an unknown name match nor hide an excluded one. */

const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root' })
const store = buildTruststore(root.der, { policy: { ...profiles.rfc5280, conformance: 'practical' } })

describe('non-ASCII letters whose lower case is ASCII', () => {
  const leaf = mint({ subject: 'CN=l', extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'kelvin.example' }] }, root)
  const judge = (serverName: string) => verifyChain(store, leaf.der, { purpose: 'server', serverName }).ok

  it('do not match a server name', () => {
    expect(judge('kelvin.example')).toBe(true)
    expect(judge('KELVIN.example')).toBe(true)
    expect(judge('\u212Aelvin.example')).toBe(false)
  })
})

describe('an excluded directory name', () => {
  const ca = mint(
    { ca: true, key: keyPair('p256', 2), subject: 'CN=CA', nameConstraints: { excluded: [{ directory: 'O=Evil' }] } },
    root,
  )
  const judge = (tag: number, value: string): string => {
    const name = sequence(set(sequence(tlv(0x06, '55040a'), tlv(tag, Buffer.from(value)))))
    const extension = { oid: '2.5.29.17', value: sequence(tlv(0xa4, name)) }
    const leaf = mint({ subject: 'CN=l', extensions: [extension] }, ca)
    const verdict = verifyChain(store, [leaf.der, ca.der])
    return verdict.ok ? 'accepted' : verdict.code
  }

  it.each([0x0c, 0x13, 0x14, 0x19, 0x1b, 0x15, 0x04])('is found in a value with tag %i', (tag) => {
    expect(judge(tag, 'evil')).toBe('name_constraint_violation')
    expect(judge(tag, 'Good')).toBe('accepted')
  })
})

describe('an excluded directory name that is equal by RFC 4518', () => {
  it.each([
    ['Evil', 'E\u00ADvil'],
    ['Evil', 'E\u200Bvil'],
    ['Evil', 'Evil\uFE00'],
    ['Evil', 'Ev\u0001il'],
    ['Evil Corp', 'evil\u0085\u200B corp'],
    ['Evil', '\uFF25\u{1D54D}il'],
    ['Stra\u00DFe', 'STRASSE'],
    ['\u039F\u0394\u039F\u03A3', '\u03BF\u03B4\u03BF\u03C3'],
    ['\u0390', '\u03AA\u0301'],
  ])('is found: %j as %j', (excluded, value) => {
    const ca = mint(
      { ca: true, key: keyPair('p256', 2), subject: 'CN=CA', nameConstraints: { excluded: [{ directory: [['O', excluded]] }] } },
      root,
    )
    const codeOf = (name: string): string => {
      const verdict = verifyChain(store, [mint({ subject: [['O', name]] }, ca).der, ca.der])
      return verdict.ok ? 'accepted' : verdict.code
    }
    expect([codeOf(value), codeOf(`${value}!`)]).toEqual(['name_constraint_violation', 'accepted'])
  })
})

describe('combining marks on one letter', () => {
  const marked = (count: number, last = '') => `a${'\u0301\u0323'.repeat(count / 2)}${last}`
  const under = (excluded: NameSpec, subject: NameSpec): string => {
    const ca = mint(
      { ca: true, key: keyPair('p256', 2), subject: 'CN=CA', nameConstraints: { excluded: [{ directory: excluded }] } },
      root,
    )
    const verdict = verifyChain(store, [mint({ subject }, ca).der, ca.der])
    return verdict.ok ? 'accepted' : verdict.message.replace(/^[^:]*: |, by the name.*$/g, '')
  }
  const cannot = 'a directory name of 1 RDNs cannot be compared with a directory name of 1 RDNs'

  it('are folded in numbers that occur in text', () => {
    const other = `a${'\u0323\u0301'.repeat(15)}`
    expect(under([['O', marked(30)]], [['O', other]])).toBe('a directory name of 1 RDNs is excluded')
    expect(under([['O', marked(30)]], [['O', `${other}!`]])).toBe('accepted')
    expect(under([['O', 'a\u0323\u0301']], [['O', 'A\u0301\u0323']])).toBe('a directory name of 1 RDNs is excluded')
    expect(under([['O', 'b']], [['O', marked(30)]])).toBe('accepted')
  })

  it.each([
    ['accents', marked(32)],
    ['half-width sound marks, which are letters', `a${'\u0301\uFF9E'.repeat(16)}`],
    ['with invisible characters between them', `a${'\u0301\u034F\u00AD'.repeat(31)}`],
    ['vowel signs', `a${'\u093E'.repeat(31)}`],
  ])('cannot be compared beyond that, so the name is rejected: %s', (_what, value) => {
    expect(under([['O', 'b']], [['O', value]])).toBe(cannot)
    expect(under([['O', value]], [['O', 'b']])).toBe(cannot)
    expect(under([['O', value]], [['O', value]])).toBe(cannot)
  })

  it('do not matter if the name is outside anyway, or constraints are on other forms', () => {
    const subject: NameSpec = [
      ['O', 'a'],
      ['CN', marked(1000)],
    ]
    expect(under([['O', 'b']], subject)).toBe('accepted')
    expect(under([['O', 'a']], subject)).toBe('a directory name of 2 RDNs is excluded')
    const ca = mint(
      { ca: true, key: keyPair('p256', 2), subject: 'CN=CA', nameConstraints: { excluded: [{ dns: 'evil.example' }] } },
      root,
    )
    expect(verifyChain(store, [mint({ subject }, ca).der, ca.der]).ok).toBe(true)
  })
})

describe('messages', () => {
  it('contain no control characters of the peer', () => {
    const ca = mint(
      { ca: true, key: keyPair('p256', 3), subject: 'CN=CA', nameConstraints: { permitted: [{ email: 'good.example' }] } },
      root,
    )
    const leaf = mint({ subject: [['emailAddress', 'a\nCRITICAL forged\u001b[31m@b', 'ia5']] }, ca)
    const verdict = verifyChain(store, [leaf.der, ca.der])
    expect(verdict.ok).toBe(false)
    if (!verdict.ok) expect(verdict.message).not.toMatch(/[^ -~]/)
  })

  it('are short, whatever the peer sends', () => {
    const long = 'a'.repeat(50_000)
    const verdicts = [
      verifyChain(store, mint({ subject: 'CN=l', subjectAltNames: [{ dns: long }] }, root).der, {
        serverName: 'a.example',
        purpose: 'any',
      }),
      verifyChain(store, mint({ subject: 'CN=l', issuer: 'CN=Nobody', authorityKeyId: new Uint8Array(50_000) }).der),
    ]
    for (const verdict of verdicts) {
      expect(verdict.ok).toBe(false)
      if (!verdict.ok) expect(verdict.message.length).toBeLessThan(1000)
    }
    expect(verdicts).toMatchObject([{ code: 'name_mismatch' }, { code: 'unknown_issuer' }])
  })
})

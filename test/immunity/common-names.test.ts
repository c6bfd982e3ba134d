import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRevocationList } from '../../src/index.ts'
import { sequence, set, tlv } from '../support/der.ts'
import { type CertificateSpec, keyPair, mint, mintCrl, type NameSpec } from '../support/mint.ts'
import { presented, storeFor } from '../support/rejected-chain.ts'
import { type Constraints, caSpec, client, dns, email, root, store, under, violation } from './constrained.ts'
import { judge } from './judge.ts'

/**
 * Applications identify clients by their common names, so DNS name constraints apply to common names that look like host names:
 * for clients only, and only if no SAN is a DNS name.
 */

type StringType = 'utf8' | 'printable' | 'ia5' | 'bmp' | 'universal' | 't61'

const called = (value: string, type: StringType = 'utf8'): CertificateSpec => ({ subject: [['CN', value, type]] })
const good: Constraints = { permitted: dns('good.example') }
const evil: Constraints = { excluded: dns('evil.example') }

describe('a common name that looks like a host name', () => {
  it('must be within permitted and outside excluded DNS subtrees', () => {
    expect([under(good, called('a.good.example')), under(good, called('evil.example'))]).toEqual(['accepted', violation])
    expect([under(evil, called('good.example')), under(evil, called('a.EVIL.example'))]).toEqual(['accepted', violation])
    expect(under({ excluded: dns('') }, called('good.example'))).toBe(violation)
    expect(under({ excluded: dns('.') }, called('good.example'))).toBe(violation)
    expect(under({ permitted: dns('.', 'good.example') }, called('good.example'))).toBe(violation)
  })

  it('is checked in any string type', () => {
    for (const type of ['utf8', 'printable', 'ia5', 'bmp', 'universal', 't61'] as const) {
      const verdicts = [under(good, called('good.example', type)), under(evil, called('evil.example', type))]
      expect([type, ...verdicts]).toEqual([type, 'accepted', violation])
    }
  })

  it('is checked if there are several, in every position', () => {
    const names: readonly NameSpec[] = [
      'CN=evil.example,CN=good.example',
      'CN=good.example,CN=evil.example',
      'CN=evil.example,O=Immunity,CN=client',
      [
        [
          ['CN', 'good.example'],
          ['O', 'a'],
          ['CN', 'evil.example'],
        ],
      ],
    ]
    for (const subject of names) expect([under(good, { subject }), under(evil, { subject })]).toEqual([violation, violation])
  })

  it('is one by OpenSSL’s rules: several labels, hyphens inside', () => {
    const refused = ['evil.example', 'e.x', '_evil.example', 'ev-il.1', '192.0.2.1', `${'a'.repeat(64)}.good.example`]
    const ignored = [
      'evil',
      'evil.example.',
      '.evil.example',
      '*.evil.example',
      'evil .example',
      '-evil.example',
      'evil-.example',
      'evil..example',
      'ëvil.example',
      '',
    ]
    expect(refused.filter((name) => under(good, called(name)) !== violation)).toEqual([])
    expect(ignored.filter((name) => under(good, called(name)) !== 'accepted')).toEqual([])
  })

  it('may be one that is not text', () => {
    const raw = (tag: number): CertificateSpec => {
      const subject = sequence(set(sequence(tlv(0x06, '550403'), tlv(tag, Buffer.from('evil.example')))))
      // The encoder does not know these types, so a subject of the same length is replaced.
      const subjectOf = (bytes: Uint8Array): Uint8Array => {
        const at = Buffer.from(bytes).indexOf(Buffer.from('evil.example')) - 2
        return Uint8Array.from([...bytes.subarray(0, at), ...subject.subarray(subject.length - 14), ...bytes.subarray(at + 14)])
      }
      return { ...called('evil.example'), bendTbs: subjectOf }
    }
    for (const tag of [0x04, 0x15, 0x19, 0x1b]) {
      expect([tag, under(good, raw(tag)), under(evil, raw(tag)), under({ excluded: dns('other.example') }, raw(tag))]).toEqual([
        tag,
        violation,
        violation,
        violation,
      ])
      expect(under({ permitted: email('good.example') }, raw(tag))).toBe('accepted')
    }
  })
})

describe('common names are checked', () => {
  it('only if no SAN is a DNS name', () => {
    expect(under(good, { ...called('evil.example'), subjectAltNames: dns('good.example') })).toBe('accepted')
    expect(under(good, { ...called('evil.example'), subjectAltNames: email('a@good.example') })).toBe(violation)
  })

  it('only against DNS name constraints', () => {
    expect(under({ permitted: email('good.example') }, called('evil.example'))).toBe('accepted')
    expect(under({ excluded: [{ uri: 'evil.example' }] }, called('evil.example'))).toBe('accepted')
  })

  it('for the client only, not for CAs', () => {
    const upper = mint({ ...caSpec, nameConstraints: good }, root)
    const lower = mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=ca.evil.example' }, upper)
    expect(judge(store, [client(lower, called('good.example')), lower, upper])).toBe('accepted')
    expect(judge(store, [client(lower, called('evil.example')), lower, upper])).toBe(violation)
    expect(judge(store, [lower, upper], { purpose: 'any' })).toBe(violation)
  })

  it('for the purposes client and any; a server is never identified by it', () => {
    const ca = mint({ ...caSpec, nameConstraints: good }, root)
    const leaf = client(ca, { ...called('evil.example'), extendedKeyUsage: ['clientAuth', 'serverAuth'] })
    expect(judge(store, [leaf, ca])).toBe(violation)
    expect(judge(store, [leaf, ca], { purpose: 'any' })).toBe(violation)
    expect(judge(store, [leaf, ca], { purpose: 'server' })).toBe('accepted')
    for (const serverName of ['evil.example', 'good.example']) {
      expect(judge(store, [leaf, ca], { purpose: 'server', serverName })).toBe('name_mismatch 0')
    }
  })

  it('not for CRL signers, which are identified by their whole subjects', () => {
    const ca = mint({ ...caSpec, nameConstraints: good }, root)
    const signer = mint({ key: keyPair('p256', 3), subject: 'CN=crl.evil.example', keyUsage: ['cRLSign'] }, ca)
    const leaf = client(ca, {
      ...called('good.example'),
      crlDistributionPoints: [{ crlIssuer: 'CN=crl.evil.example', fullName: [{ uri: 'http://crl.example/1' }] }],
    })
    const list = parseRevocationList(mintCrl({ issuer: signer, idp: { indirect: true, uri: 'http://crl.example/1' } }).der)
    if (!list.ok) throw new Error(list.message)
    const revocation = { lists: [list.value], unknown: 'allow' } as const
    expect(judge(storeFor(presented, root), [leaf, ca, signer], { revocation })).toBe('accepted')
  })
})

describe('common names with any spelling', () => {
  /** Label by label, as a resolver would read it. */
  const isHost = (name: string): boolean => {
    const words = name.split('.')
    const isWord = (word: string): boolean =>
      word !== '' && [...word].every((c) => 'abcdefghijklmnopqrstuvwxyz0123456789_-'.includes(c.toLowerCase()) && c < '\x7f')
    return words.length > 1 && words.every((word) => isWord(word) && word[0] !== '-' && word[word.length - 1] !== '-')
  }
  const isBelow = (name: string, host: string): boolean => `.${name.toLowerCase()}`.endsWith(`.${host}`)
  const name = fc
    .array(fc.constantFrom('evil', 'Good', 'example', '.', '.', '-', '_', '*', ' ', 'K', '\u212A', '\u017F', '1'), {
      maxLength: 7,
    })
    .map((parts) => parts.join(''))
  const close = fc.oneof(
    name,
    name.map((more) => `${more}good.example`),
    name.map((more) => `${more}.evil.example`),
  )

  it('are checked as an independent implementation does', () => {
    fc.assert(
      fc.property(close, (cn) => {
        const isLong = cn.length > 253
        fc.pre(!isLong && cn !== '')
        expect(under(good, called(cn))).toBe(isHost(cn) && !isBelow(cn, 'good.example') ? violation : 'accepted')
        expect(under(evil, called(cn))).toBe(isHost(cn) && isBelow(cn, 'evil.example') ? violation : 'accepted')
      }),
      { numRuns: 150 },
    )
  })
})

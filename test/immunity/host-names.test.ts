import { describe, expect, it } from 'vitest'
import { verifyChain } from '../../src/index.ts'
import { type GeneralNameSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, storeOf } from '../support/rejected-chain.ts'
import { atOnce, fastestOf, judge } from './judge.ts'

/** Server names: typed names are compared label by label or byte by byte, without any mapping. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeOf(root)

function server(subjectAltNames: readonly GeneralNameSpec[], subject = 'O=Immunity,CN=Server'): Minted {
  return mint({ key: leafKey, subject, subjectAltNames, extendedKeyUsage: ['serverAuth'] }, root)
}

const asked = (certificate: Minted, serverName: string): string => judge(store, [certificate], { purpose: 'server', serverName })
const mismatch = 'name_mismatch 0'

/** The verdicts on one certificate, by server name. */
function verdicts(names: readonly GeneralNameSpec[], ...serverNames: readonly string[]): Readonly<Record<string, string>> {
  const certificate = server(names)
  return Object.fromEntries(serverNames.map((serverName) => [serverName, asked(certificate, serverName)]))
}

function all(serverNames: readonly string[], verdict: string): Readonly<Record<string, string>> {
  return Object.fromEntries(serverNames.map((serverName) => [serverName, verdict]))
}

describe('mapped names (CVE-2022-3602, CVE-2022-3786, CVE-2026-48618)', () => {
  const good = ['example.com', 'EXAMPLE.com', 'example.com.']
  const bad = [
    'example.com..',
    '.example.com',
    'example.com\0',
    'example.com\0.evil.example',
    'example.com/',
    'example.com:443',
    'user@example.com',
    ' example.com',
    'example。com',
    'example．com',
    'ｅxample.com',
    'exámple.com',
    'exam\u00adple.com',
    'exam\u200bple.com',
    'example.cⓞm',
    'ⅇxample.com',
    'www.example.com',
    'com',
    'xn--example.com',
  ]

  it('only ASCII labels match, regardless of case and a final dot', () => {
    expect(verdicts([{ dns: 'example.com' }], ...good)).toEqual(all(good, 'accepted'))
    expect(verdicts([{ dns: 'example.com' }], ...bad)).toEqual(all(bad, mismatch))
  })

  it('a U-label is not converted into an A-label, nor vice versa', () => {
    const certificate = server([{ dns: 'xn--bcher-kva.example' }])
    expect(asked(certificate, 'xn--bcher-kva.example')).toBe('accepted')
    expect(asked(certificate, 'XN--BCHER-KVA.example')).toBe('accepted')
    for (const wrong of ['bücher.example', 'bu\u0308cher.example', 'b\u00fccher.example', 'xn--bcher-kvb.example']) {
      expect(asked(certificate, wrong)).toBe(mismatch)
    }
  })

  it('punycode is never decoded, however long it is', () => {
    const label = `xn--${'a'.repeat(59)}`
    const long = Array.from({ length: 4 }, () => label)
      .join('.')
      .slice(0, 253)
    expect(asked(server([{ dns: long }]), long)).toBe('accepted')
    const hostile = server([{ email: `a@xn--${'9'.repeat(60_000)}.example` }])
    expect(fastestOf(() => expect(asked(hostile, 'example.com')).toBe(mismatch))).toBeLessThan(atOnce)
  })

  it('names in the certificate are compared unchanged', () => {
    for (const presented of [
      'example.com.',
      '.example.com',
      'example.com ',
      'example..com',
      'http://example.com',
      '*',
      '*.',
      '*com',
      '',
    ]) {
      expect([presented, asked(server([{ dns: presented }]), 'example.com')]).toEqual([presented, mismatch])
    }
  })
})

describe('addresses (CVE-2021-44531, CVE-2021-44532)', () => {
  it('match by their bytes, however they are written', () => {
    expect(verdicts([{ ip: '192.0.2.1' }], '192.0.2.1')).toEqual({ '192.0.2.1': 'accepted' })
    const v6 = ['2001:db8::1', '2001:DB8::1', '2001:db8:0:0:0:0:0:1', '2001:0db8::0001', '2001:db8::0.0.0.1']
    expect(verdicts([{ ip: '2001:db8::1' }], ...v6)).toEqual(all(v6, 'accepted'))
  })

  it('do not match text in other forms of names', () => {
    const text: readonly GeneralNameSpec[] = [
      { dns: '192.0.2.1' },
      { uri: 'https://192.0.2.1/' },
      { email: 'a@192.0.2.1' },
      { dns: '2001:db8::1' },
      { directory: 'CN=192.0.2.1' },
    ]
    expect(verdicts(text, '192.0.2.1', '2001:db8::1')).toEqual(all(['192.0.2.1', '2001:db8::1'], mismatch))
    expect(asked(server([], 'CN=192.0.2.1'), '192.0.2.1')).toBe(mismatch)
  })

  it('of IPv4 mapped into IPv6 only match IPv6', () => {
    const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1)
    expect(verdicts([{ ip: '192.0.2.1' }], '::ffff:192.0.2.1', '::192.0.2.1')).toEqual(
      all(['::ffff:192.0.2.1', '::192.0.2.1'], mismatch),
    )
    expect(verdicts([{ ip: mapped }], '192.0.2.1')).toEqual({ '192.0.2.1': mismatch })
    expect(verdicts([{ ip: mapped }], '::ffff:192.0.2.1', '::ffff:c000:201')).toEqual(
      all(['::ffff:192.0.2.1', '::ffff:c000:201'], 'accepted'),
    )
  })

  it('in spellings of old resolvers match nothing', () => {
    const spellings = [
      '192.0.2.01',
      '192.0.513',
      '3221225985',
      '0300.0.2.1',
      '192.0.2.1.',
      '192.0.2.256',
      '１９２.0.2.1',
      '[2001:db8::1]',
      '2001:db8::1%eth0',
      '2001:db8::1/128',
      '2001:db8:::1',
    ]
    const names: readonly GeneralNameSpec[] = [
      { ip: '192.0.2.1' },
      { ip: '2001:db8::1' },
      ...spellings.map((dns) => ({
        dns: Buffer.from(dns)
          .toString('latin1')
          .replace(/[^ -~]/g, '?'),
      })),
    ]
    expect(verdicts(names, ...spellings)).toEqual(all(spellings, mismatch))
  })
})

describe('fields that are not searched for server names (CVE-2021-44531)', () => {
  it('the common name', () => {
    expect(asked(server([], 'CN=example.com'), 'example.com')).toBe(mismatch)
    expect(asked(server([{ email: 'a@example.com' }], 'CN=example.com'), 'example.com')).toBe(mismatch)
    expect(asked(server([{ dns: 'other.example' }], 'CN=example.com'), 'example.com')).toBe(mismatch)
    expect(asked(server([{ dns: 'example.com' }], 'CN=other.example'), 'example.com')).toBe('accepted')
  })

  it('URIs, e-mail addresses, directory names and otherNames', () => {
    const elsewhere: readonly GeneralNameSpec[] = [
      { uri: 'https://example.com/' },
      { uri: 'example.com' },
      { email: 'a@example.com' },
      { email: 'example.com' },
      { directory: 'CN=example.com' },
      { directory: 'DC=com,DC=example' },
      { registeredId: '1.2.3' },
      { other: { oid: '1.3.6.1.5.5.7.8.7', value: Uint8Array.of(0x16, 11, ...Buffer.from('example.com')) } },
    ]
    expect(asked(server(elsewhere), 'example.com')).toBe(mismatch)
    expect(asked(server([...elsewhere, { dns: 'example.com' }]), 'example.com')).toBe('accepted')
  })

  it('a certificate for clients only', () => {
    const certificate = mint({ key: leafKey, subjectAltNames: [{ dns: 'example.com' }] }, root)
    expect(judge(store, [certificate], { purpose: 'client', serverName: 'example.com' })).toBe('accepted')
    expect(judge(store, [certificate], { purpose: 'server', serverName: 'example.com' })).toBe('extended_key_usage_violation 0')
  })
})

describe('quadratic work on names (CVE-2025-61729, CVE-2026-27145)', () => {
  it('thousands of names are compared once each, and only a few are printed', () => {
    const names = Array.from({ length: 3000 }, (_, i) => ({ dns: `n${i}.${'a'.repeat(5)}.example` }))
    const certificate = server(names)
    expect(fastestOf(() => expect(asked(certificate, 'none.example')).toBe(mismatch))).toBeLessThan(atOnce)
    const verdict = verifyChain(store, certificate.der, { purpose: 'server', serverName: 'none.example' })
    expect(verdict.ok ? '' : verdict.message).toContain('and 2990 more')
    expect(asked(certificate, 'n2999.aaaaa.example')).toBe('accepted')
  })

  it('a server name of a megabyte is rejected unread', () => {
    const certificate = server([{ dns: '*.example.com' }])
    for (const long of ['a.'.repeat(500_000), '1:'.repeat(500_000), `${'a'.repeat(1_000_000)}.example.com`]) {
      expect(fastestOf(() => expect(asked(certificate, long)).toBe(mismatch))).toBeLessThan(atOnce)
    }
  })
})

import { describe, expect, it } from 'vitest'
import { type Certificate, parseCertificate, verifyChain } from '../../src/index.ts'
import { bytes, context, implicit, integer, octetString, oid, sequence, set, text, tlv, utf8 } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint, type NameSpec } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, storeOf } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** Names: which characters they may have, when two are equal, and that no decision depends on a joined text. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeOf(root)

function client(spec: CertificateSpec, issuer: Minted = root): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

function read({ der }: Minted): Certificate {
  return valueIn(parseCertificate(der))
}

describe('NUL and control characters in alternative names (CVE-2009-2408)', () => {
  const san = (tag: number, value: string): CertificateSpec => ({
    extensions: [{ oid: '2.5.29.17', value: sequence(text(tag, value)) }],
  })

  it.each([
    ['DNS', 0x82, 'good.example'],
    ['e-mail', 0x81, 'a@good.example'],
    ['URI', 0x86, 'https://good.example/'],
  ] as const)('%s', (_form, tag, good) => {
    expect(judge(store, [client(san(tag, good))])).toBe('accepted')
    for (const character of ['\0', '\x01', '\t', '\n', '\r', '\x1b', '\x1f', '\x7f', '\x80', '\xa0', '\xff']) {
      for (const value of [`${good}${character}.evil.example`, `${character}${good}`, `${good}${character}`]) {
        expect([value, judge(store, [client(san(tag, value))])]).toEqual([value, 'malformed 0'])
      }
    }
  })

  it('in a server name, which ends at the NUL for some', () => {
    const options = { purpose: 'any', serverName: 'good.example' } as const
    expect(judge(store, [client(san(0x82, 'good.example'))], options)).toBe('accepted')
    expect(judge(store, [client(san(0x82, 'good.example\0.evil.example'))], options)).toBe('malformed 0')
    expect(judge(store, [client(san(0x82, 'good.example'))], { ...options, serverName: 'good.example\0.evil.example' })).toBe(
      'name_mismatch 0',
    )
  })
})

describe('NUL and control characters in distinguished names (CVE-2009-2408)', () => {
  const named = (tag: number, ...content: readonly (readonly number[] | string | Uint8Array)[]): CertificateSpec => ({
    subject: '',
    critical: {},
    bendTbs: (tbs) => withSubject(tbs, sequence(set(sequence(oid('2.5.4.3'), tlv(tag, ...content))))),
  })

  it.each<readonly [string, number, Uint8Array, Uint8Array]>([
    ['UTF8String', 0x0c, Buffer.from('a'), Buffer.from('a\0b')],
    ['PrintableString', 0x13, Buffer.from('a'), Buffer.from('a\0b')],
    ['IA5String', 0x16, Buffer.from('a'), Buffer.from('a\0b')],
    ['VisibleString', 0x1a, Buffer.from('a'), Buffer.from('a\0b')],
    ['TeletexString', 0x14, Buffer.from('a'), Buffer.from('a\0b')],
    ['NumericString', 0x12, Buffer.from('1'), Buffer.from('1\x002')],
    ['BMPString', 0x1e, bytes('0061'), bytes('006100000062')],
    ['UniversalString', 0x1c, bytes('00000061'), bytes('000000610000000000000062')],
    ['PrintableString with a control character', 0x13, Buffer.from('a'), Buffer.from('a\nb')],
    ['PrintableString with Latin-1 and NUL', 0x13, bytes('e4'), bytes('e400')],
    ['IA5String with UTF-8 and NUL', 0x16, bytes('c3a4'), bytes('c3a400')],
    ['NumericString with Latin-1 and a letter', 0x12, bytes('e4'), bytes('e461')],
    ['VisibleString with Latin-1', 0x1a, Buffer.from('a'), bytes('e4')],
    ['UTF8String with an overlong NUL', 0x0c, Buffer.from('ä'), bytes('61c080')],
    ['UTF8String with a surrogate', 0x0c, Buffer.from('😀'), bytes('eda080')],
    ['UTF8String cut short', 0x0c, Buffer.from('ä'), bytes('c3')],
    ['BMPString of half a character', 0x1e, bytes('0061'), bytes('006100')],
  ])('%s', (_type, tag, good, bad) => {
    expect(judge(store, [client(named(tag, good))])).toBe('accepted')
    expect(judge(store, [client(named(tag, bad))])).toBe('malformed 0')
  })

  it('are escaped in every text for people if their type allows them', () => {
    const hostile = 'a\r\n2030-01-01 CRITICAL forged\x1b[2J\u202e\u2028\u0085'
    const certificate = read(
      client({
        subject: [
          ['O', 'Immunity'],
          ['CN', hostile],
        ],
      }),
    )
    for (const shown of [certificate.subject, certificate.formatSubject('der'), certificate.formatSubject('openssl')]) {
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }
    const verdict = verifyChain(
      store,
      client({ subject: [['CN', hostile]], notAfter: new Date('2020-01-02'), notBefore: new Date('2020-01-01') }).der,
    )
    expect(verdict).toMatchObject({ ok: false, code: 'expired' })
    expect(verdict.ok ? '' : verdict.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  })
})

/** Replaces the empty subject of a TBSCertificate, the empty SEQUENCE after the validity. */
function withSubject(tbs: Uint8Array, subject: Uint8Array): Uint8Array {
  const at = Buffer.from(tbs).indexOf(Buffer.from('5a30003059', 'hex')) + 1
  if (at === 0) throw new Error('no empty subject')
  const header = 2 + (tbs[1]! & 0x80 ? tbs[1]! & 0x7f : 0)
  return tlv(0x30, tbs.subarray(header, at), subject, tbs.subarray(at + 2))
}

describe('values that contain separators (CVE-2021-44532, CVE-2021-44533)', () => {
  const lookalikes: readonly (readonly [NameSpec, NameSpec])[] = [
    ['O=Immunity,CN=Root', [['CN', 'Root,O=Immunity']]],
    ['O=Immunity,CN=Root', [['O', 'Immunity,CN=Root']]],
    ['O=Immunity,CN=Root', [['O', 'Immunity/CN=Root']]],
    ['O=Immunity,CN=Root', [['O', 'Immunity\u0000CN=Root'.replace('\u0000', ' ')]]],
    [
      'O=Immunity,CN=Root',
      [
        [
          ['O', 'Immunity'],
          ['CN', 'Root'],
        ],
      ],
    ],
    [
      'O=Immunity,CN=Root',
      [
        ['CN', 'Root'],
        ['O', 'Immunity'],
      ],
    ],
    [
      'O=Immunity,CN=Root',
      [
        ['O', 'Immunity'],
        ['CN', 'Root'],
        ['CN', 'Root'],
      ],
    ],
    ['O=Immunity,CN=Root', [['O', 'Immunity']]],
    [
      'O=Immunity,CN=Root',
      [
        ['OU', 'Immunity'],
        ['CN', 'Root'],
      ],
    ],
    [
      'O=Immunity,CN=Root',
      [
        ['O', 'Immunity'],
        ['CN', 'Ro\u043et'],
      ],
    ],
    [
      'O=Immunity,CN=Root',
      [
        ['O', 'Immunity'],
        ['CN', 'R o o t'],
      ],
    ],
    [
      [
        [
          ['O', 'a'],
          ['CN', 'b'],
        ],
      ],
      [[['O', 'a+CN=b']]],
    ],
    [
      [
        [
          ['O', 'a'],
          ['CN', 'b'],
        ],
      ],
      [['O', 'a+CN=b']],
    ],
    [
      [
        [
          ['CN', 'a'],
          ['O', 'b'],
        ],
      ],
      [
        ['CN', 'a'],
        ['O', 'b'],
      ],
    ],
  ]

  it.each(lookalikes)('%j is not %j', (genuine, imitation) => {
    const ca = mint({ ca: true, key: keyPair('p256', 1), subject: genuine })
    const listed = storeOf(ca)
    expect(judge(listed, [client({}, ca)])).toBe('accepted')
    expect(judge(listed, [client({ issuer: imitation }, ca)])).toBe('unknown_issuer 0')
    for (const format of ['rfc4514', 'der', 'openssl'] as const) {
      const [one, other] = [genuine, imitation].map((subject) => read(mint({ subject, key: leafKey })).formatSubject(format))
      expect(one).not.toBe(other)
    }
  })

  it('a value with a type that is not folded does not equal one that is', () => {
    const ca = mint({ ca: true, key: keyPair('p256', 1), subject: [['CN', 'a', 'utf8']] })
    expect(judge(storeOf(ca), [client({ issuer: [['CN', 'A', 'bmp']] }, ca)])).toBe('accepted')
    expect(judge(storeOf(ca), [client({ issuer: [['CN', 'a', 't61']] }, ca)])).toBe('unknown_issuer 0')
  })

  it('the parts of a name stay separate in every notation', () => {
    const certificate = read(
      client({
        subject: [
          ['O', 'a,CN=evil'],
          [
            ['CN', 'b+O=evil'],
            ['OU', 'c/CN=evil'],
          ],
          ['CN', '#0c00 \\"<>;= '],
        ],
      }),
    )
    expect(certificate.subject).toBe('CN=\\#0c00 \\\\\\"\\<\\>\\;\\=\\ ,CN=b\\+O\\=evil+OU=c/CN\\=evil,O=a\\,CN\\=evil')
  })

  it('alternative names stay separate: text in one never counts as another', () => {
    const injected = client({
      subjectAltNames: [
        { dns: 'evil.example, DNS:good.example' },
        { uri: 'https://a,DNS:good.example' },
        { email: 'a,DNS:good.example@b' },
        { directory: 'CN=good.example' },
      ],
    })
    expect(read(injected).subjectAltNames.map(({ type }) => type)).toEqual(['dns', 'uri', 'email', 'directory'])
    expect(judge(store, [injected], { purpose: 'any', serverName: 'good.example' })).toBe('name_mismatch 0')
    expect(
      judge(store, [client({ subjectAltNames: [{ dns: 'evil.example' }, { dns: 'good.example' }] })], {
        purpose: 'any',
        serverName: 'good.example',
      }),
    ).toBe('accepted')
  })
})

describe('RDNs with several values (CVE-2021-44533)', () => {
  const multi: NameSpec = [
    [
      ['CN', 'a'],
      ['O', 'b'],
      ['OU', 'c'],
    ],
  ]

  it('keep all of them, and are equal in any order of encoding', () => {
    expect(
      read(client({ subject: multi }))
        .subject.split('+')
        .sort(),
    ).toEqual(['CN=a', 'O=b', 'OU=c'])
    const ca = mint({ ca: true, key: keyPair('p256', 1), subject: multi })
    const reversed = sequence(set(...['2.5.4.11', '2.5.4.10', '2.5.4.3'].map((type, i) => sequence(oid(type), utf8('cba'[i]!)))))
    const bent = client(
      {
        issuer: multi,
        bendTbs: (tbs) => {
          const own = Buffer.from(tbs)
          const straight = Buffer.from(
            sequence(set(...['2.5.4.3', '2.5.4.10', '2.5.4.11'].map((type, i) => sequence(oid(type), utf8('abc'[i]!))))),
          )
          const at = own.indexOf(straight)
          if (at < 0) throw new Error('the issuer is encoded in another way')
          own.set(reversed, at)
          return new Uint8Array(own)
        },
      },
      ca,
    )
    expect(judge(storeOf(ca), [bent])).toBe('accepted')
    expect(
      judge(storeOf(ca), [
        client(
          {
            issuer: [
              [
                ['CN', 'a'],
                ['O', 'b'],
              ],
            ],
          },
          ca,
        ),
      ]),
    ).toBe('unknown_issuer 0')
  })
})

describe('type confusion among alternative names (CVE-2020-1971, CVE-2023-0286)', () => {
  const built = (...names: readonly Uint8Array[]): Minted =>
    client({ extensions: [{ oid: '2.5.29.17', value: sequence(...names) }] })
  const good = implicit(2, Buffer.from('good.example'))

  it('control: correct forms are accepted', () => {
    expect(judge(store, [built(good, context(4, sequence()), context(5, context(1, utf8('a'))), context(3, sequence()))])).toBe(
      'accepted',
    )
  })

  it.each<readonly [string, Uint8Array]>([
    ['a constructed DNS name', context(2, octetString('61'))],
    ['a primitive directory name', implicit(4, sequence())],
    ['a primitive otherName', implicit(0, oid('1.2.3'))],
    ['a directory name that is a string', context(4, utf8('a'))],
    ['an otherName that is a string', context(0, utf8('a'))],
    ['an otherName without value', context(0, oid('1.2.3'))],
    ['a form that does not exist', implicit(9, [1])],
    ['a universal type', utf8('good.example')],
    ['a constructed address', context(7, [192, 0, 2, 1])],
    ['an address of 5 bytes', implicit(7, [192, 0, 2, 1, 0])],
    ['an address of 8 bytes, which is the form of a subtree', implicit(7, [192, 0, 2, 1, 255, 255, 255, 255])],
    ['an address of no bytes', implicit(7, [])],
    ['a directory name with an element after it', context(4, sequence(), integer(1))],
  ])('%s', (_what, wrong) => {
    expect(judge(store, [built(good, wrong)])).toBe('malformed 0')
  })
})

import { describe, expect, it } from 'vitest'
import { type Certificate, parseCertificate, parseRevocationList, type RevocationList, verifyChain } from '../../src/index.ts'
import { bytes, context, implicit, integer, oid, sequence, set, tlv, utf8 } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { atOnce, fastestOf, judge } from './judge.ts'

/** Unusual but well-formed certificates: every function returns a value. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeOf(root)

function client(spec: CertificateSpec): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, root)
}

function san(...names: readonly Uint8Array[]): CertificateSpec {
  return { extensions: [{ oid: '2.5.29.17', value: sequence(...names) }] }
}

/** Reads every property of a view and of its prototypes, and calls methods that need no argument. */
function exercise(view: Certificate | RevocationList): void {
  for (let level: object | null = view; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const key of Object.getOwnPropertyNames(level)) void (view as unknown as Record<string, unknown>)[key]
  }
  view.toPem()
  if ('subject' in view)
    for (const format of ['rfc4514', 'der', 'openssl'] as const) void [view.formatSubject(format), view.formatIssuer(format)]
  else view.find('01')
}

const hugeArc = bytes([0x2a], new Array<number>(20_000).fill(0xff), [0x7f])
const attribute = (type: Uint8Array, value: Uint8Array): Uint8Array => sequence(set(sequence(type, value)))
const hostile: readonly (readonly [string, CertificateSpec])[] = [
  ['nothing unusual', {}],
  ['an empty subject', { subject: '' }],
  ['an attribute type of 20 KB', san(context(4, attribute(tlv(0x06, hugeArc), utf8('a'))))],
  ['a registeredID of 20 KB', san(tlv(0x88, hugeArc))],
  [
    'attribute values of every type',
    san(
      context(
        4,
        ...[
          sequence(
            ...[0x01, 0x02, 0x04, 0x05, 0x0a, 0x0d, 0x15, 0x16, 0x19, 0x1b, 0x30, 0x31, 0x80, 0xa0].map((tag) =>
              set(
                sequence(
                  oid('1.2.3'),
                  tlv(tag, tag === 0x01 ? [0xff] : tag === 0x05 || tag >= 0x30 ? [] : tag === 0x0d ? [0x01] : [0x31]),
                ),
              ),
            ),
          ),
        ],
      ),
    ),
  ],
  [
    'empty values',
    {
      subject: [
        ['CN', ''],
        ['O', '', 'bmp'],
        ['OU', '', 'universal'],
        ['L', '', 't61'],
      ],
    },
  ],
  [
    'characters beyond the Basic Multilingual Plane',
    {
      subject: [
        ['CN', '😀\u{10ffff}'],
        ['O', '\ufffe\uffff'],
      ],
    },
  ],
  [
    'every other name',
    san(
      context(0, oid('1.2.3'), context(0, sequence())),
      context(3, sequence()),
      context(5, sequence()),
      implicit(2, []),
      implicit(1, []),
      implicit(6, []),
      context(4, sequence()),
    ),
  ],
  ['an unknown signature algorithm', { signatureAlgorithm: sequence(oid('1.2.3.4'), sequence()), signature: new Uint8Array() }],
  [
    'a signature algorithm with an arc of 2 KB',
    { signatureAlgorithm: sequence(tlv(0x06, [0x2a], new Array<number>(2000).fill(0x81), [0x01])) },
  ],
  ['an empty public key', { spki: sequence(sequence(oid('1.2.840.113549.1.1.1')), tlv(0x03, [0])), subjectKeyId: false }],
  [
    'an RSA key of zeros',
    {
      spki: sequence(sequence(oid('1.2.840.113549.1.1.1'), tlv(5)), tlv(0x03, [0], sequence(integer(0), integer(0)))),
      subjectKeyId: false,
    },
  ],
  [
    'an EC key without a point',
    { spki: sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), tlv(0x03, [0])), subjectKeyId: false },
  ],
  ['a serial number of 1,000 bytes', { serial: new Uint8Array(1000).fill(0x7f) }],
  ['a negative serial number', { serial: Uint8Array.of(0x80) }],
  ['a serial number of 0', { serial: 0n }],
  [
    'the earliest and latest possible dates',
    { validity: sequence(bytes('180f', Buffer.from('00000101000000Z')), bytes('180f', Buffer.from('99991231235959Z'))) },
  ],
  ['notAfter before notBefore', { notBefore: new Date('2040-01-01'), notAfter: new Date('2020-01-01') }],
  ['empty key identifiers', { subjectKeyId: new Uint8Array(), authorityKeyId: new Uint8Array() }],
  ['key identifiers of 5 KB', { subjectKeyId: new Uint8Array(5000), authorityKeyId: new Uint8Array(5000) }],
  ['a hundred purposes', { extendedKeyUsage: Array.from({ length: 100 }, (_, i) => `1.2.3.${i}`) }],
  ['unique identifiers', { issuerUniqueId: new Uint8Array(3), subjectUniqueId: new Uint8Array() }],
  ['version 1', { version: 1 }],
  [
    'every alternative name twice',
    { subjectAltNames: [1, 2].flatMap(() => [{ dns: 'a' }, { ip: '192.0.2.1' }, { ip: '::1' }, { email: 'a' }, { uri: 'a' }]) },
  ],
]

describe('an exception instead of a verdict (CVE-2026-21637, CVE-2026-27138)', () => {
  it.each(hostile)('does not occur: every property can be read, at once: %s', (_what, spec) => {
    const { der } = client(spec)
    expect(fastestOf(() => exercise(valueIn(parseCertificate(der))))).toBeLessThan(atOnce)
  })

  it.each(hostile)('does not occur: a client, CA or server gets a verdict whose certificates can be read: %s', (_what, spec) => {
    const leaf = client(spec)
    const ca = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Sub', keyUsage: [], ...spec }, root)
    const below = mint({ key: leafKey }, ca)
    const own = storeFor(presented, root)
    for (const [chain, options] of [
      [[leaf], {}],
      [[below, ca], {}],
      [[leaf], { purpose: 'any', serverName: 'a.example' }],
      [[leaf], { certificatePolicies: { requireExplicitPolicy: true } }],
    ] as const) {
      const verdict = verifyChain(
        own,
        chain.map(({ der }) => der),
        options,
      )
      if (verdict.ok) for (const certificate of verdict.path) exercise(certificate)
      else if (verdict.certificate !== undefined) exercise(verdict.certificate)
      expect(typeof verdict.ok).toBe('boolean')
    }
  })

  it('does not occur for an empty DNS name under constraints', () => {
    const constrained = mint(
      {
        ca: true,
        key: keyPair('p256', 1),
        subject: 'O=Immunity,CN=Sub',
        nameConstraints: { permitted: [{ dns: 'good.example' }] },
      },
      root,
    )
    const judgeName = (value: string): string =>
      judge(storeFor(presented, root), [mint({ key: leafKey, subjectAltNames: [{ dns: value }] }, constrained), constrained])
    expect([judgeName('good.example'), judgeName(''), judgeName('.'), judgeName('..')]).toEqual([
      'accepted',
      ...new Array<string>(3).fill('name_constraint_violation 0'),
    ])
  })

  it('does not occur for a revocation list with entries of every kind', () => {
    const entries = [
      { serial: 0n },
      { serial: 1n, reason: 10 },
      { serial: 2n ** 159n },
      { serial: 3n, certificateIssuer: '' },
      { serial: Uint8Array.of(0x80) },
    ]
    const list = valueIn(parseRevocationList(mintCrl({ issuer: root, revoked: entries, idp: { indirect: true } }).der))
    exercise(list)
    for (const serial of ['', '0', '00', '01', '0x1', '__proto__', '80', 'ff'.repeat(5000)]) void list.find(serial)
    expect(list.find('01')?.reason).toBe('aACompromise')
  })

  it('does not occur for chains of arbitrary bytes', () => {
    const { der } = client({})
    const junk = [
      new Uint8Array(),
      Uint8Array.of(0),
      Uint8Array.of(0x30),
      Uint8Array.of(0x30, 0x80),
      Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
      der.subarray(0, 300),
      Buffer.from(root.pem),
    ]
    for (const bad of junk) {
      expect(verifyChain(store, bad).ok).toBe(false)
      expect(verifyChain(store, [bad, der])).toMatchObject({ ok: false, index: 0 })
      expect(verifyChain(storeFor(presented, root), [der, bad, bad]).ok).toBe(true)
    }
    expect(verifyChain(store, []).ok).toBe(false)
  })
})

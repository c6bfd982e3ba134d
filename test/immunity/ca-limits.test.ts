import { describe, expect, it } from 'vitest'
import { type Policy, type Purpose, profiles } from '../../src/index.ts'
import { boolean, integer, sequence, tlv } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { atOnce, buildErrors, fastestOf, judge } from './judge.ts'

/** Limits that a CA sets for certificates below it: path lengths and purposes. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeFor(presented, root)

/** A CA with its own key for each slot. */
function ca(slot: number, issuer: Minted | undefined, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, key: keyPair('p256', slot), subject: `O=Immunity,CN=CA ${slot}`, ...spec }, issuer)
}

function client(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

describe('path lengths', () => {
  it('of 0 allow a client and no CA', () => {
    const narrow = ca(1, root, { pathLength: 0 })
    const below = ca(2, narrow)
    expect(judge(store, [client(narrow), narrow])).toBe('accepted')
    expect(judge(store, [client(below), below, narrow])).toBe('path_length_exceeded 2')
    // The client may be a CA certificate: the limit counts certificates in between (RFC 5280 6.1.4).
    expect(judge(store, [client(narrow, { ca: true, keyUsage: [] }), narrow])).toBe('accepted')
  })

  it('are not extended by a CA below that allows more', () => {
    const narrow = ca(1, root, { pathLength: 1 })
    const generous = ca(2, narrow, { pathLength: 200 })
    const below = ca(3, generous)
    expect(judge(store, [client(generous), generous, narrow])).toBe('accepted')
    expect(judge(store, [client(below), below, generous, narrow])).toBe('path_length_exceeded 3')
  })

  it('do not count self-issued certificates, but apply below them', () => {
    const narrow = ca(1, root, { pathLength: 0 })
    const rolled = ca(2, narrow, { subject: narrow.subject })
    const again = ca(3, rolled, { subject: narrow.subject })
    const other = ca(4, rolled)
    expect(judge(store, [client(rolled), rolled, narrow])).toBe('accepted')
    expect(judge(store, [client(again), again, rolled, narrow])).toBe('accepted')
    expect(judge(store, [client(other), other, rolled, narrow])).toBe('path_length_exceeded 3')
  })

  it('of a self-issued certificate apply below it', () => {
    const wide = ca(1, root)
    const rolled = ca(2, wide, { subject: wide.subject, pathLength: 0 })
    const below = ca(3, rolled)
    expect(judge(store, [client(rolled), rolled, wide])).toBe('accepted')
    expect(judge(store, [client(below), below, rolled, wide])).toBe('path_length_exceeded 2')
  })

  it('are not avoided by a name that only looks self-issued', () => {
    const narrow = ca(1, root, { pathLength: 0 })
    for (const subject of ['O=Immunity,CN=CA 1x', 'O=Immunity,CN=CA\u00a01', 'O=Immunity', 'CN=CA 1,O=Immunity']) {
      const imitation = ca(2, narrow, { subject })
      expect(judge(store, [client(imitation), imitation, narrow])).toBe('path_length_exceeded 2')
    }
    // The same name by RFC 5280 7.1 is the same name.
    const folded = ca(2, narrow, { subject: 'O=IMMUNITY,CN=ca  1' })
    expect(judge(store, [client(folded), folded, narrow])).toBe('accepted')
  })

  it('of an anchor apply (RFC 5937)', () => {
    const anchor = ca(1, undefined, { pathLength: 0 })
    const below = ca(2, anchor)
    const policies: readonly Policy[] = [
      presented,
      { ...presented, trust: 'roots' },
      { ...presented, trust: 'every-certificate' },
    ]
    for (const policy of policies) {
      const anchored = storeFor(policy, anchor)
      expect(judge(anchored, [client(anchor)])).toBe('accepted')
      expect(judge(anchored, [client(below), below])).toBe('path_length_exceeded 2')
      // Presenting the anchor's own certificate does not avoid it.
      expect(judge(anchored, [client(below), below, anchor])).toBe('path_length_exceeded 2')
    }
  })

  it.each<readonly [string, Uint8Array]>([
    ['256', integer(256)],
    ['2^31', integer(2n ** 31n)],
    ['2^32', integer(2n ** 32n)],
    ['2^53', integer(2n ** 53n)],
    ['2^64', integer(2n ** 64n)],
    ['a number of 8,000 bytes', tlv(0x02, new Array<number>(8000).fill(0x7f))],
    ['-1', integer(-1)],
    ['-2^63', integer(-(2n ** 63n))],
    ['an empty INTEGER', tlv(0x02)],
    ['0 with a redundant zero byte', tlv(0x02, [0, 0])],
  ])('that are not a small number are malformed: %s', (_what, pathLength) => {
    const value = (length: Uint8Array): readonly [{ oid: string; critical: boolean; value: Uint8Array }] => [
      { oid: '2.5.29.19', critical: true, value: sequence(boolean(true), length) },
    ]
    const spec = { key: keyPair('p256', 1), subject: 'O=Immunity,CN=Sub', keyUsage: ['keyCertSign'] }
    const control = mint({ ...spec, extensions: value(integer(0)) }, root)
    const bent = mint({ ...spec, extensions: value(pathLength) }, root)
    expect(judge(store, [client(control), control])).toBe('accepted')
    expect(fastestOf(() => expect(judge(store, [client(control), bent])).toBe('unknown_issuer 0'))).toBeLessThan(atOnce)
    expect(buildErrors(presented, bent)).toContain('non_der_encoding')
  })
})

describe('the number of CAs', () => {
  it('is limited by the policy, whatever the certificates allow', () => {
    const chain: Minted[] = []
    let issuer = root
    for (let slot = 1; slot <= 5; slot++) {
      issuer = ca(slot, issuer)
      chain.unshift(issuer)
    }
    const limited = (maxChainLength: number): string =>
      judge(storeFor({ ...presented, maxChainLength }, root), [client(issuer), ...chain])
    expect([limited(6), limited(5), limited(1)]).toEqual(['accepted', 'chain_too_long 6', 'chain_too_long 2'])
  })

  it('counts self-issued ones too', () => {
    const first = ca(1, root)
    const rolled = ca(2, first, { subject: first.subject })
    const limited = (maxChainLength: number): string =>
      judge(storeFor({ ...presented, maxChainLength }, root), [client(rolled), rolled, first])
    expect([limited(3), limited(2)]).toEqual(['accepted', 'chain_too_long 3'])
  })
})

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

describe('purposes', () => {
  const purposes = (...extendedKeyUsage: readonly string[]): CertificateSpec => ({ extendedKeyUsage })

  it('of the client', () => {
    const verdicts = [['clientAuth'], ['any'], ['serverAuth'], ['emailProtection', 'codeSigning'], ['1.3.6.1.5.5.7.3.22']].map(
      (list) => judge(store, [client(root, purposes(...list))]),
    )
    const refused = 'extended_key_usage_violation 0'
    expect(verdicts).toEqual(['accepted', 'accepted', refused, refused, refused])
  })

  it('of the issuing CA', () => {
    const good = ca(1, root, purposes('clientAuth', 'emailProtection'))
    const server = ca(1, root, purposes('serverAuth'))
    const any = ca(1, root, purposes('any'))
    expect(judge(store, [client(good), good])).toBe('accepted')
    expect(judge(store, [client(any), any])).toBe('accepted')
    expect(judge(store, [client(server), server])).toBe('extended_key_usage_violation 1')
    expect(judge(store, [client(server), server], { purpose: 'server' })).toBe('extended_key_usage_violation 0')
    expect(judge(store, [client(server, purposes('serverAuth')), server], { purpose: 'server' })).toBe('accepted')
  })

  it('of a CA above the issuing one, whatever is in between', () => {
    const server = ca(1, root, purposes('serverAuth'))
    for (const between of [purposes(), purposes('clientAuth'), purposes('any')]) {
      const below = ca(2, server, between)
      expect(judge(store, [client(below), below, server])).toBe('extended_key_usage_violation 2')
    }
  })

  it('of an anchor', () => {
    const anchor = ca(1, undefined, purposes('serverAuth'))
    expect(judge(storeFor(profiles.apiGateway, anchor), [client(anchor)])).toBe('extended_key_usage_violation 1')
    expect(judge(storeFor(profiles.apiGateway, anchor), [client(anchor)], { purpose: 'any' })).toBe('accepted')
  })

  it('are malformed if the list is empty, and unlimited without a list', () => {
    const empty = { extendedKeyUsage: [], extensions: [{ oid: '2.5.29.37', value: sequence() }] }
    expect(judge(store, [client(root, purposes())])).toBe('accepted')
    expect(judge(store, [client(root, empty)])).toBe('malformed 0')
    const required = storeFor({ ...presented, requireEku: true }, root)
    expect(judge(required, [client(root)])).toBe('accepted')
    expect(judge(required, [client(root, purposes())])).toBe('extended_key_usage_violation 0')
    expect(judge(required, [client(root, purposes('any'))])).toBe('extended_key_usage_violation 0')
  })

  it('must be named if the policy requires it, for every purpose', () => {
    const required = storeFor({ ...presented, requireEku: true }, root)
    const judgeFor = (purpose: Purpose, ...names: readonly string[]): string =>
      judge(required, [client(root, purposes(...names))], { purpose })
    const refused = 'extended_key_usage_violation 0'
    expect([judgeFor('server'), judgeFor('server', 'any'), judgeFor('server', 'serverAuth')]).toEqual([
      refused,
      refused,
      'accepted',
    ])
    expect([judgeFor('any'), judgeFor('any', 'any'), judgeFor('any', 'emailProtection')]).toEqual([
      refused,
      'accepted',
      'accepted',
    ])
    // Only leaves must name one.
    const silent = ca(1, root, purposes())
    expect(judge(required, [client(silent), silent], { purpose: 'any' })).toBe('accepted')
  })

  it('of a client or server need a keyUsage that is used in handshakes', () => {
    const accepted = (purpose: Purpose): readonly string[] => {
      const extendedKeyUsage = ['clientAuth', 'serverAuth']
      const judged = keyUsages.map((usage) => {
        return [usage, judge(store, [client(root, { keyUsage: [usage], extendedKeyUsage })], { purpose })]
      })
      const rest = judged.filter(([, verdict]) => verdict !== 'accepted')
      expect(rest.map(([, verdict]) => verdict)).toEqual(rest.map(() => 'key_usage_violation 0'))
      // All others together are rejected as well.
      const keyUsage = rest.map(([usage]) => usage!)
      expect(judge(store, [client(root, { keyUsage, extendedKeyUsage })], { purpose })).toBe(
        purpose === 'any' ? 'accepted' : 'key_usage_violation 0',
      )
      expect(judge(store, [client(root, { keyUsage: [], extendedKeyUsage })], { purpose })).toBe('accepted')
      return judged.flatMap(([usage, verdict]) => (verdict === 'accepted' ? [usage!] : []))
    }
    expect(accepted('client')).toEqual(['digitalSignature', 'keyAgreement'])
    expect(accepted('server')).toEqual(['digitalSignature', 'keyEncipherment', 'keyAgreement'])
    expect(accepted('any')).toEqual(keyUsages)
    const none = { keyUsage: [], extensions: [{ oid: '2.5.29.15', value: tlv(0x03, [0]) }] }
    for (const purpose of ['client', 'server', 'any'] as const) {
      expect(judge(store, [client(root, none)], { purpose })).toBe('malformed 0')
    }
  })

  it('of a pinned leaf need such a keyUsage as well', () => {
    const server = mint({
      key: leafKey,
      subject: 'CN=Pinned',
      keyUsage: ['keyCertSign'],
      extendedKeyUsage: ['serverAuth'],
      ca: true,
    })
    expect(judge(storeFor(presented, server), [server], { purpose: 'server' })).toBe('key_usage_violation 0')
  })
})

describe('critical extensions', () => {
  const unknown = (critical: boolean): CertificateSpec => ({
    extensions: [{ oid: '1.3.6.1.4.1.99999.7', critical, value: sequence() }],
  })

  it('that are unknown are rejected in a client, a CA and an anchor', () => {
    const sub = (critical: boolean): Minted => ca(1, root, unknown(critical))
    const judgeBelow = (issuer: Minted): string => judge(store, [client(issuer), issuer])
    expect([judge(store, [client(root, unknown(false))]), judgeBelow(sub(false))]).toEqual(['accepted', 'accepted'])
    expect(judge(store, [client(root, unknown(true))])).toBe('unknown_critical_extension 0')
    expect(judgeBelow(sub(true))).toBe('unknown_critical_extension 1')
    expect(buildErrors(presented, ca(1, undefined, unknown(true)))).toContain('unknown_critical_extension')
  })

  it('that are known but not enforced are rejected', () => {
    // Revocation is checked only if the caller passes lists, so a certificate that requires it is rejected.
    const insists = { crlDistributionPoints: ['http://crl.example/1'], critical: { crlDistributionPoints: true } }
    expect(judge(store, [client(root, { ...insists, critical: {} })])).toBe('accepted')
    expect(judge(store, [client(root, insists)])).toBe('unknown_critical_extension 0')
  })
})

import { describe, expect, it } from 'vitest'
import { type Policy, profiles, type Truststore, type Verdict, verifyChain } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'
import { leaf, presented, storeFor, storeOf } from '../../support/rejected-chain.ts'

const past = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') }
const noKeyIds = { subjectKeyId: false, authorityKeyId: false } as const
const rootA = mint({ ca: true, key: keyPair('p256', 50), subject: 'O=Search,CN=Root A' })
const rootB = mint({ ca: true, key: keyPair('p256', 51), subject: 'O=Search,CN=Root B' })

function issuing(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, key: keyPair('p256', 52), subject: 'O=Search,CN=Issuing', ...spec }, issuer)
}

function essence(verdict: Verdict): string {
  return verdict.ok
    ? verdict.path.map(({ subject }) => subject.replace(',O=Search', '')).join(' < ')
    : `${verdict.code} ${verdict.index}`
}

function verdictOn(store: Truststore, ...chain: readonly Minted[]): string {
  return essence(
    verifyChain(
      store,
      chain.map(({ der }) => der),
    ),
  ).replace('CN=Leaf,O=Verify < ', '')
}

/** Every order of a few things. */
function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}

describe('the search goes back', () => {
  it('over an expired cross-certificate, whatever the order', () => {
    const crossed = issuing(rootA, past)
    const current = issuing(rootB)
    const client = leaf({}, current)
    for (const order of permutations([rootA, rootB, crossed, current])) {
      expect(verdictOn(storeOf(...order), client)).toBe('CN=Issuing < CN=Root B')
    }
    for (const [one, two] of permutations([crossed, current])) {
      expect(verdictOn(storeFor(presented, rootA, rootB), client, one!, two!)).toBe('CN=Issuing < CN=Root B')
    }
  })

  it('over a cross-certificate whose root is missing', () => {
    const crossed = issuing(rootA)
    const current = issuing(rootB)
    for (const order of permutations([rootB, crossed, current])) {
      expect(verdictOn(storeOf(...order), leaf({}, current))).toBe('CN=Issuing < CN=Root B')
    }
  })

  it('over one that forbids what is below it', () => {
    const narrow = mint({ ca: true, key: keyPair('p256', 53), subject: 'O=Search,CN=Middle', pathLength: 0 }, rootA)
    const wide = mint({ ca: true, key: keyPair('p256', 53), subject: 'O=Search,CN=Middle' }, rootB)
    const below = issuing(narrow)
    for (const order of permutations([rootA, rootB, narrow, wide])) {
      expect(verdictOn(storeOf(...order, below), leaf({}, below))).toBe('CN=Issuing < CN=Middle < CN=Root B')
    }
  })

  it('over a namesake with another key, with and without key identifiers', () => {
    for (const ids of [{}, noKeyIds]) {
      const right = issuing(rootA, ids)
      const wrong = issuing(rootA, { ...ids, key: keyPair('p256', 54) })
      const client = leaf(ids, right)
      for (const order of permutations([rootA, wrong, right])) {
        expect(verdictOn(storeOf(...order), client)).toBe('CN=Issuing < CN=Root A')
      }
    }
  })
})

describe('the search finds', () => {
  it('issuers whose key identifier is not the one asked for, since the signature decides', () => {
    const issuer = issuing(rootA)
    expect(verdictOn(storeOf(rootA, issuer), leaf({ authorityKeyId: Uint8Array.of(1) }, issuer))).toBe('CN=Issuing < CN=Root A')
  })

  it('issuers by name as RFC 5280 7.1 compares names', () => {
    const issuer = issuing(rootA, {
      subject: [
        ['O', 'Search', 'printable'],
        ['CN', 'Issuing', 'printable'],
      ],
    })
    const client = leaf(
      {
        issuer: [
          ['O', '  SEARCH', 'utf8'],
          ['CN', 'issuing ', 'bmp'],
        ],
      },
      issuer,
    )
    expect(verdictOn(storeOf(rootA, issuer), client)).toBe('CN=Issuing < CN=Root A')
  })

  it('the path among certificates that have nothing to do with it, and copies', () => {
    const issuer = issuing(rootA)
    const client = leaf({}, issuer)
    const noise = Array.from({ length: 8 }, (_, i) => mint({ ca: true, subject: `CN=Noise ${i}` }))
    const store = storeFor(presented, rootA)
    expect(verdictOn(store, client, client, ...noise, rootB, issuer, issuer, rootA)).toBe('CN=Issuing < CN=Root A')
  })

  it('a path through a self-issued certificate, which path lengths do not count', () => {
    const former = mint({ ca: true, key: keyPair('p256', 57), subject: 'CN=Rolled', pathLength: 0 }, rootA)
    const rolled = mint({ ca: true, key: keyPair('p256', 58), subject: 'CN=Rolled', pathLength: 0 }, former)
    expect(verdictOn(storeFor(presented, rootA), leaf({}, rolled), rolled, former)).toBe('CN=Rolled < CN=Rolled < CN=Root A')
  })
})

describe('of several failures the most specific is reported:', () => {
  it('an expired path beats one with another key', () => {
    const old = issuing(rootA, { ...noKeyIds, ...past })
    const other = issuing(rootA, { ...noKeyIds, key: keyPair('p256', 54) })
    const client = leaf({ authorityKeyId: false }, old)
    for (const order of permutations([rootA, old, other])) expect(verdictOn(storeOf(...order), client)).toBe('expired 1')
  })

  it('a path that is too long beats one whose issuer is missing', () => {
    const policy = { ...profiles.apiGateway, maxChainLength: 1 }
    const crossed = issuing(rootB)
    const client = leaf({}, crossed)
    expect(verdictOn(storeFor(policy, rootA, issuing(rootA), crossed), client)).toBe('chain_too_long 2')
    expect(verdictOn(storeFor(policy, rootA, crossed, issuing(rootA)), client)).toBe('chain_too_long 2')
  })

  it('of equally specific ones that of the likeliest issuer', () => {
    const named = issuing(rootA, past)
    const unnamed = issuing(rootA, { ...past, ...noKeyIds })
    for (const order of permutations([rootA, named, unnamed])) {
      const verdict = verifyChain(storeOf(...order), leaf({}, named).der)
      expect(verdict).toMatchObject({ code: 'expired', certificate: { subjectKeyId: Buffer.from(named.keyId!).toString('hex') } })
    }
  })

  it('what is wrong with a namesake that did not issue the certificate is not', () => {
    const other = issuing(rootA, { ...past, key: keyPair('p256', 54) })
    expect(verdictOn(storeOf(rootA, other), leaf({}, issuing(rootB)))).toBe('unknown_issuer 0')
  })
})

describe('a certificate that is listed itself', () => {
  const self = mint({ key: keyPair('p256', 59), subject: 'O=Search,CN=Pinned' })
  const issued = mint({ key: keyPair('p256', 59), subject: 'O=Search,CN=Issued' }, rootA)
  const pinning: Policy = { ...profiles.apiGateway, trust: 'every-certificate' }

  it('is accepted when it is self-signed', () => {
    expect(verdictOn(storeOf(self), self)).toBe('CN=Pinned')
    expect(verdictOn(storeOf(rootA, self), self)).toBe('CN=Pinned')
  })

  it('is not accepted with another certificate of the same name and key', () => {
    expect(verdictOn(storeOf(self), mint({ ...self.spec }))).toBe('self_signed_untrusted 0')
  })

  it('is accepted without its issuer only if the policy pins leaves', () => {
    expect(verdictOn(storeOf(issued), issued)).toBe('incomplete_chain 0')
    expect(verdictOn(storeFor(pinning, issued), issued)).toBe('CN=Issued')
    expect(verdictOn(storeOf(issued, rootA), issued)).toBe('CN=Issued < CN=Root A')
  })

  it('is rejected for its signature if the listed issuer that it names did not make it', () => {
    const forged = mint({ ...issued.spec, key: keyPair('p256', 59), signWith: keyPair('p256', 62) }, rootA)
    const store = storeFor({ ...profiles.apiGateway, trust: 'every-ca' }, forged, rootA)
    expect(verdictOn(store, forged)).toBe('signature_mismatch 0')
  })

  it('is accepted with any signature algorithm if it is self-signed', () => {
    const weak: CertificateSpec = { key: keyPair('rsa2048', 3), subject: 'CN=Weak', hash: 'sha1' }
    const listed = mint(weak)
    for (const trust of ['roots', 'every-ca', 'every-certificate'] as const) {
      const policy: Policy = { ...profiles.apiGateway, trust }
      expect(verdictOn(storeFor(policy, listed), listed)).toBe('CN=Weak')
      expect(verdictOn(storeFor(policy, rootA, listed), listed)).toBe('CN=Weak')
      // Neither another certificate of its key nor one signed by another key is accepted.
      expect(verdictOn(storeFor(policy, listed), mint(weak))).toBe('weak_hash 0')
      const below = mint({ ...weak, subject: 'CN=Below', key: keyPair('p256', 59) }, listed)
      expect(verdictOn(storeFor(policy, listed), below)).toBe('weak_hash 0')
      const issued = mint(weak, rootA)
      expect(verdictOn(storeFor(policy, rootA, issued), issued)).toBe('weak_hash 0')
      const selfIssued = mint(weak, mint({ ...weak, key: keyPair('rsa2048', 4) }))
      expect(verdictOn(storeFor(policy, rootA, selfIssued), selfIssued)).toBe('weak_hash 0')
    }
  })

  it('is not accepted below a CA of its name if its signature is weak', () => {
    const weak = mint({ key: keyPair('rsa2048', 3), subject: 'CN=Weak', hash: 'sha1' })
    const options = { certificatePolicies: { requireExplicitPolicy: true } }
    const other = mint({ ca: true, key: keyPair('rsa2048', 3), subject: 'CN=Weak' }, rootA)
    const store = storeFor(presented, rootA, weak, other)
    expect(essence(verifyChain(store, [weak.der, other.der], options))).toBe('policy_violation 0')
  })

  it('is refused for its own faults all the same', () => {
    const old = mint({ key: keyPair('p256', 60), subject: 'CN=Old', ...past })
    const server = mint({ key: keyPair('p256', 61), subject: 'CN=Server', extendedKeyUsage: ['serverAuth'] })
    expect(verdictOn(storeOf(old), old)).toBe('expired 0')
    // Its dates count because it is the leaf, even if those of anchors do not.
    expect(verdictOn(storeFor({ ...profiles.apiGateway, checkAnchorValidity: false }, old), old)).toBe('expired 0')
    expect(verdictOn(storeFor({ ...profiles.apiGateway, enforceAnchorConstraints: false }, server), server)).toBe(
      'extended_key_usage_violation 0',
    )
    expect(verdictOn(storeOf(server), server)).toBe('extended_key_usage_violation 0')
    expect(verdictOn(storeOf(rootA), rootA)).toBe('key_usage_violation 0')
  })
})

describe('what ends a path', () => {
  const issuer = issuing(rootA)
  const client = leaf({}, issuer)

  it('is a root, or any listed CA if the policy says so', () => {
    expect(verdictOn(storeOf(issuer), client)).toBe('incomplete_chain 1')
    expect(verdictOn(storeFor({ ...profiles.apiGateway, trust: 'every-ca' }, issuer), client)).toBe('CN=Issuing')
    expect(verdictOn(storeFor({ ...profiles.apiGateway, trust: 'every-certificate' }, issuer), client)).toBe('CN=Issuing')
  })

  it('is never what the peer sends', () => {
    expect(verdictOn(storeFor(presented, rootB), client, issuer, rootA)).toBe('self_signed_untrusted 2')
  })

  it('may be expired where the policy does not count the dates of anchors', () => {
    const old = mint({ ca: true, key: keyPair('p256', 62), subject: 'CN=Old Root', ...past })
    const below = leaf({}, old)
    expect(verdictOn(storeOf(old), below)).toBe('expired 1')
    expect(verdictOn(storeFor({ ...profiles.apiGateway, checkAnchorValidity: false }, old), below)).toBe('CN=Old Root')
  })

  it('may say what it likes where the policy takes it for a name and a key', () => {
    const lax = { ...profiles.apiGateway, enforceAnchorConstraints: false }
    const short = mint({ ca: true, key: keyPair('p256', 63), subject: 'CN=Short', pathLength: 0 })
    const below = issuing(short)
    expect(verdictOn(storeOf(short, below), leaf({}, below))).toBe('path_length_exceeded 2')
    expect(verdictOn(storeFor(lax, short, below), leaf({}, below))).toBe('CN=Issuing < CN=Short')
    const server = mint({ ca: true, key: keyPair('p256', 64), subject: 'CN=Server', extendedKeyUsage: ['serverAuth'] })
    expect(verdictOn(storeOf(server), leaf({}, server))).toBe('extended_key_usage_violation 1')
    expect(verdictOn(storeFor(lax, server), leaf({}, server))).toBe('CN=Server')
  })
})

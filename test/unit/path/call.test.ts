import { describe, expect, it } from 'vitest'
import { SignatureChecks } from '../../../src/path/call.ts'
import { Meter } from '../../../src/path/meter.ts'
import { profiles } from '../../../src/policy/policy.ts'
import { TrustNode } from '../../../src/truststore/trust-graph.ts'
import { VerificationCache } from '../../../src/truststore/verification-cache.ts'
import { parseCertificateDer } from '../../../src/x509/parse-certificate.ts'
import { CountingSignatures } from '../../support/counting-signatures.ts'
import { keyPair, type Minted, mint } from '../../support/mint.ts'
import { valueIn } from '../../support/refusal.ts'

const defaultBudget = profiles.rfc5280.budget
const ca = mint({ ca: true, key: keyPair('p256', 3), subject: 'O=Checks,CN=CA' })
const twin = mint({ ca: true, key: keyPair('p256', 3), subject: 'O=Checks,CN=CA', serial: 77n })
const stranger = mint({ ca: true, key: keyPair('p256', 4), subject: 'O=Checks,CN=CA' })
const child = mint({ subject: 'O=Checks,CN=Child' }, ca)
const view = ({ der }: Minted) => valueIn(parseCertificateDer(der))

function setting(budget = defaultBudget) {
  const counting = new CountingSignatures()
  const cache = new VerificationCache(counting, 0)
  const listed = (minted: Minted) => ({ certificate: view(minted), node: new TrustNode(view(minted), 0, undefined, cache) })
  const presented = (minted: Minted) => ({ certificate: view(minted), node: undefined })
  const search = () => new SignatureChecks(cache, new Meter(budget))
  return { counting, cache, listed, presented, search }
}

describe('checks of signatures in a search', () => {
  it('compute each once, the same key in another certificate included', () => {
    const { counting, listed, presented, search } = setting()
    const checks = search()
    const leaf = view(child)
    expect(checks.isSignedBy(leaf, presented(ca))).toBe(true)
    expect(checks.isSignedBy(leaf, presented(twin))).toBe(true)
    expect(checks.isSignedBy(leaf, listed(ca))).toBe(true)
    expect(counting.verified).toBe(1)
    expect(checks.isSignedBy(leaf, presented(stranger))).toBe(false)
    expect(checks.isSignedBy(leaf, presented(stranger))).toBe(false)
    expect(counting.verified).toBe(2)
  })

  it('do not confuse children', () => {
    const { listed, search } = setting()
    const checks = search()
    const issuer = listed(ca)
    const forged = mint({ subject: 'O=Checks,CN=Child', signWith: keyPair('p256', 4) }, ca)
    expect([checks.isSignedBy(view(child), issuer), checks.isSignedBy(view(forged), issuer)]).toEqual([true, false])
    expect([checks.isSignedBy(view(forged), issuer), checks.isSignedBy(view(child), issuer)]).toEqual([false, true])
  })

  it('remember across searches for listed CAs, and for presented ones only when remembered', () => {
    const { counting, listed, presented, search } = setting()
    const issuer = listed(ca)
    for (let i = 0; i < 3; i++) expect(search().isSignedBy(view(child), issuer)).toBe(true)
    expect(counting.verified).toBe(1)
    for (let i = 0; i < 3; i++) expect(search().isSignedBy(view(child), presented(ca))).toBe(true)
    expect(counting.verified).toBe(4)
    const accepted = search()
    accepted.isSignedBy(view(child), issuer)
    accepted.remember([view(ca)])
    // Nothing that this search has not used as an untrusted one is remembered.
    expect(search().isSignedBy(view(child), presented(ca)) && counting.verified).toBe(5)
    const guest = presented(ca)
    const checks = search()
    checks.isSignedBy(view(child), guest)
    checks.remember([guest.certificate])
    const before = counting.verified
    for (let i = 0; i < 3; i++) expect(search().isSignedBy(view(child), presented(ca))).toBe(true)
    expect(counting.verified).toBe(before + 1)
    // The twin is another certificate.
    search().isSignedBy(view(child), presented(twin))
    expect(counting.verified).toBe(before + 2)
  })

  it('count the same in the budget, remembered or not', () => {
    const { listed, search } = setting({ ...defaultBudget, signatures: 1 })
    const issuer = listed(ca)
    for (let i = 0; i < 2; i++) {
      const checks = search()
      expect(checks.isSignedBy(view(child), issuer)).toBe(true)
      // The second one is too many, also where its answer is known.
      expect(checks.isSignedBy(view(child), issuer)).toBe(false)
    }
  })

  it('are false if the backend refuses the key', () => {
    const cache = new VerificationCache({ name: 'none', importKey: () => undefined }, 0)
    const node = new TrustNode(view(ca), 0, undefined, cache)
    const checks = new SignatureChecks(cache, new Meter(defaultBudget))
    expect(checks.isSignedBy(view(child), { certificate: node.certificate, node })).toBe(false)
    expect(
      new SignatureChecks(cache, new Meter(defaultBudget)).isSignedBy(view(child), { certificate: view(ca), node: undefined }),
    ).toBe(false)
  })
})

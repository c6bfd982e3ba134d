import { describe, expect, it } from 'vitest'
import {
  type Budget,
  buildTruststore,
  type Policy,
  profiles,
  type SignatureBackend,
  type Verdict,
  verifyChain,
} from '../../../src/index.ts'
import { keyPair, type Minted, mint } from '../../support/mint.ts'
import { toySignatures, toySigned } from '../../support/toy-signatures.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const names = Array.from({ length: 50 }, (_, i) => ({ dns: `${i}.example` }))
const leaf = mint({ key: keyPair('p256', 1), subjectAltNames: names }, root)

function policyWith(budget: Partial<Budget>, base: Policy = profiles.apiGateway): Policy {
  return { ...base, budget: { ...base.budget, ...budget } }
}

function verdictWith(budget: Partial<Budget>, chain: readonly Minted[] = [leaf], serverName?: string): Verdict {
  const store = buildTruststore(root.der, { policy: policyWith(budget) })
  const options = serverName === undefined ? {} : { serverName, purpose: 'any' as const }
  return verifyChain(
    store,
    chain.map(({ der }) => der),
    options,
  )
}

describe('the budget', () => {
  it.each<[keyof Budget, number]>([
    ['presentedCertificates', 1],
    ['presentedBytes', leaf.der.length],
    ['pathSteps', 1],
    ['signatures', 1],
  ])('of %s is used up by one more than it has', (meter, least) => {
    expect(verdictWith({ [meter]: least })).toMatchObject({ ok: true })
    expect(verdictWith({ [meter]: least - 1 })).toMatchObject({
      ok: false,
      code: 'budget_exhausted',
      index: 0,
      message: expect.stringContaining(`more work than budget.${meter} allows`),
    })
  })

  it('of nameComparisons is used up by names before the one that is wanted', () => {
    expect(verdictWith({ nameComparisons: 1 }, [leaf], '0.example')).toMatchObject({ ok: true })
    expect(verdictWith({ nameComparisons: 49 }, [leaf], '49.example')).toMatchObject({ code: 'budget_exhausted' })
    expect(verdictWith({ nameComparisons: 49 }, [leaf], 'none.example')).toMatchObject({ code: 'budget_exhausted' })
    expect(verdictWith({ nameComparisons: 50 }, [leaf], '49.example')).toMatchObject({ ok: true })
    expect(verdictWith({ nameComparisons: 50 }, [leaf], 'none.example')).toMatchObject({ code: 'name_mismatch' })
  })

  it('counts useless certificates, before any is read', () => {
    const rubbish = { ...leaf, der: new Uint8Array(1000) }
    expect(verdictWith({ presentedCertificates: 3 }, [leaf, rubbish, rubbish, rubbish])).toMatchObject({
      code: 'budget_exhausted',
    })
    expect(verdictWith({ presentedBytes: 2000 }, [leaf, rubbish, rubbish])).toMatchObject({ code: 'budget_exhausted' })
    expect(verdictWith({ presentedBytes: 10 }, [rubbish])).toMatchObject({ code: 'budget_exhausted', message: /presentedBytes/ })
  })
})

const toyRoot = mint(toySigned({ ca: true, key: keyPair('p256', 4), subject: 'CN=Toy Root' }))
const toyOther = mint(toySigned({ ca: true, key: keyPair('p256', 5), subject: 'CN=Toy Other' }))

/** How often each signature was checked under each key. */
function countingSignatures(): { readonly backend: SignatureBackend; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>()
  const backend: SignatureBackend = {
    name: 'counting',
    importKey(spki) {
      const key = toySignatures.importKey(spki)!
      return {
        verify(algorithm, data, signature) {
          const question = Buffer.concat([spki, data]).toString('base64')
          counts.set(question, (counts.get(question) ?? 0) + 1)
          return key.verify(algorithm, data, signature)
        },
      }
    },
  }
  return { backend, counts }
}

describe('signatures are checked', () => {
  const intermediate = mint(toySigned({ ca: true, key: keyPair('p256', 2), subject: 'CN=Intermediate' }, toyRoot), toyRoot)
  const crossed = mint(toySigned({ ...intermediate.spec, pathLength: 0 }, toyRoot), toyRoot)
  const client = mint(toySigned({ key: keyPair('p256', 3) }, intermediate), intermediate)

  it('once a handshake where the truststore has the CAs', () => {
    const { backend, counts } = countingSignatures()
    const store = buildTruststore([toyRoot.der, intermediate.der], { signatures: backend })
    counts.clear()
    expect(verifyChain(store, client.der)).toMatchObject({ ok: true })
    expect([...counts.values()]).toEqual([1])
  })

  it('once a certificate and key, however many paths ask', () => {
    const { backend, counts } = countingSignatures()
    const policy: Policy = { ...profiles.rfc5280, conformance: 'practical' }
    const store = buildTruststore(toyOther.der, { policy, signatures: backend })
    counts.clear()
    const chain = [client, crossed, intermediate, toyRoot].map(({ der }) => der)
    expect(verifyChain(store, chain)).toMatchObject({ ok: false })
    expect(Math.max(...counts.values())).toBe(1)
  })
})

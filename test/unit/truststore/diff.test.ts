import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  diffTruststores,
  type Policy,
  profiles,
  type Truststore,
  type TruststoreDiff,
} from '../../../src/index.ts'
import { keyPair, type Minted, mint } from '../../support/mint.ts'

const a = mint({ ca: true, key: keyPair('p256'), subject: 'CN=A' })
const aRenewed = mint({ ca: true, key: keyPair('p256'), subject: 'CN=A', notAfter: new Date('2040-01-01') })
const aRekeyed = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=A' })
const aAgain = mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=A' })
const b = mint({ ca: true, key: keyPair('p256', 3), subject: 'CN=B' })
const c = mint({ ca: true, key: keyPair('p256', 4), subject: 'CN=C' })
const aDemoted = mint({ key: keyPair('p256'), subject: 'CN=A' })
const pinned = mint({ key: keyPair('p256', 5), subject: 'CN=Pinned' })

function storeOf(...certificates: readonly Minted[]): Truststore {
  return buildTruststore(certificates.map(({ der }) => der))
}

function nameOf({ fingerprint }: { readonly fingerprint: string }): string {
  const all = { a, aRenewed, aRekeyed, aAgain, aDemoted, b, c, pinned }
  return (
    Object.entries(all).find(([, { der }]) => storeOf({ ...a, der }).certificates[0]?.fingerprint === fingerprint)?.[0] ?? '?'
  )
}

/** A difference with the names of this file in place of certificates. */
function diff(before: readonly Minted[], after: readonly Minted[]): object {
  const found: TruststoreDiff = diffTruststores(storeOf(...before), storeOf(...after))
  return {
    added: found.added.map(nameOf),
    removed: found.removed.map(nameOf),
    renewed: found.renewed.map((pair) => [nameOf(pair.before), nameOf(pair.after)]),
    rekeyed: found.rekeyed.map((pair) => [nameOf(pair.before), nameOf(pair.after)]),
    droppedIssuers: found.droppedIssuers,
    unchanged: found.unchanged,
  }
}

const none = { added: [], removed: [], renewed: [], rekeyed: [], droppedIssuers: [], unchanged: 0 }

describe('diffTruststores', () => {
  it('finds nothing in another order of the same certificates', () => {
    expect(diff([a, b, c], [c, a, b])).toEqual({ ...none, unchanged: 3 })
  })

  it('reports added and removed certificates, and whose clients are affected', () => {
    expect(diff([a, b], [b, c])).toEqual({ ...none, added: ['c'], removed: ['a'], droppedIssuers: ['CN=A'], unchanged: 1 })
  })

  it('calls a certificate of the same subject and key renewed: no client is affected', () => {
    expect(diff([a, b], [aRenewed, b])).toEqual({ ...none, renewed: [['a', 'aRenewed']], unchanged: 1 })
  })

  it('calls a certificate of the same subject and another key re-keyed: clients of the old key are dropped', () => {
    expect(diff([a], [aRekeyed])).toEqual({ ...none, rekeyed: [['a', 'aRekeyed']], droppedIssuers: ['CN=A'] })
  })

  it('drops nobody while the old key stays', () => {
    expect(diff([a], [a, aRekeyed])).toEqual({ ...none, added: ['aRekeyed'], unchanged: 1 })
    expect(diff([a, aRenewed], [aRenewed])).toEqual({ ...none, removed: ['a'], unchanged: 1 })
  })

  it('pairs renewals before re-keyed certificates', () => {
    expect(diff([aRekeyed, a], [aRenewed])).toMatchObject({
      renewed: [['a', 'aRenewed']],
      removed: ['aRekeyed'],
      droppedIssuers: ['CN=A'],
    })
    expect(diff([aRekeyed, a], [aAgain, aRenewed])).toMatchObject({
      renewed: [['a', 'aRenewed']],
      rekeyed: [['aRekeyed', 'aAgain']],
      added: [],
    })
  })

  it('does not call it renewed when the new certificate is no longer that of a CA', () => {
    const expected = { ...none, added: ['aDemoted'], removed: ['a'], droppedIssuers: ['CN=A'] }
    expect(diff([a], [aDemoted])).toEqual(expected)
    expect(diff([a, aDemoted], [aDemoted])).toEqual({ ...expected, added: [], unchanged: 1 })
  })

  it('does not call a removed leaf an issuer', () => {
    expect(diff([a, pinned], [a])).toEqual({ ...none, removed: ['pinned'], unchanged: 1 })
  })

  describe('issuers without a path to an anchor', () => {
    const root = mint({ ca: true, subject: 'CN=Root', key: keyPair('p256', 6) })
    const rootRenewed = mint({ ca: true, subject: 'CN=Root', key: keyPair('p256', 6), notAfter: new Date('2041-01-01') })
    const other = mint({ ca: true, subject: 'CN=Other', key: keyPair('p256', 7) })
    const inner = mint({ ca: true, subject: 'CN=Inner', key: keyPair('p256', 8) }, root)
    const innerByOther = mint({ ca: true, subject: 'CN=Inner', key: keyPair('p256', 8) }, other)
    const deepest = mint({ ca: true, subject: 'CN=Deepest', key: keyPair('p256', 9) }, inner)
    const dropped = (before: readonly Minted[], after: readonly Minted[], policy: Policy = profiles.apiGateway): object => {
      const [old, next] = [before, after].map((certificates) =>
        buildTruststore(
          certificates.map(({ der }) => der),
          { policy },
        ),
      )
      return diffTruststores(old!, next!).droppedIssuers
    }

    it('are dropped with it, though they are still listed', () => {
      expect(dropped([root, inner, deepest], [inner, deepest])).toEqual(['CN=Root', 'CN=Inner', 'CN=Deepest'])
      expect(dropped([root, inner, deepest], [root, deepest])).toEqual(['CN=Inner', 'CN=Deepest'])
    })

    it('are kept if the root was renewed or another root signed them', () => {
      expect(dropped([root, inner, deepest], [rootRenewed, inner, deepest])).toEqual([])
      expect(dropped([root, inner, deepest], [other, innerByOther, deepest])).toEqual(['CN=Root'])
    })

    it('are kept if every listed CA is an anchor', () => {
      expect(dropped([root, inner, deepest], [inner, deepest], profiles.rfc5280)).toEqual(['CN=Root'])
    })

    it('were never accepted without it, or where they were too deep', () => {
      expect(dropped([inner, deepest, other], [other])).toEqual([])
      const shallow = { ...profiles.apiGateway, maxChainLength: 2 }
      expect(dropped([root, inner, deepest], [other], shallow)).toEqual(['CN=Root', 'CN=Inner'])
    })

    it('are named once each, however many certificates they have', () => {
      expect(dropped([root, rootRenewed, other], [other])).toEqual(['CN=Root'])
      expect(dropped([a, aRekeyed, b], [b])).toEqual(['CN=A', 'CN=A'])
    })
  })

  describe('with a date, clients', () => {
    const dated = (key: number, subject: string, from: number, to: number, issuer?: Minted): Minted =>
      mint({ ca: true, key: keyPair('p256', key), subject, notBefore: year(from), notAfter: year(to) }, issuer)
    const year = (number: number): Date => new Date(`${number}-01-01T00:00:00Z`)
    const top = dated(6, 'CN=Top', 2020, 2030)
    const ca = dated(7, 'CN=CA', 2020, 2040, top)
    const dropped = (at: Date | number | undefined, old: readonly Minted[], next: readonly Minted[], policy?: Policy) => {
      const [before, after] = [old, next].map((listed) => {
        const ders = listed.map(({ der }) => der)
        return buildTruststore(ders, policy === undefined ? {} : { policy })
      })
      return diffTruststores(before!, after!, at === undefined ? {} : { at }).droppedIssuers
    }

    it('of a CA that is not valid then are not lost', () => {
      expect(dropped(undefined, [top, ca, b], [b])).toEqual(['CN=Top', 'CN=CA'])
      expect(dropped(year(2030).getTime() + 999, [top, ca, b], [b])).toEqual(['CN=Top', 'CN=CA'])
      expect(dropped(year(2030).getTime() + 1000, [top, ca, b], [b])).toEqual([])
      expect(dropped(year(2019), [top, ca, b], [b])).toEqual([])
    })

    it('of a CA below an expired anchor are lost, if the policy ignores the dates of anchors', () => {
      const policy = { ...profiles.apiGateway, checkAnchorValidity: false }
      expect(dropped(year(2035), [top, ca, b], [b], policy)).toEqual(['CN=Top', 'CN=CA'])
      expect(dropped(year(2041), [top, ca, b], [b], policy)).toEqual(['CN=Top'])
    })

    it('of a CA whose successor is not valid then are lost', () => {
      const next = dated(6, 'CN=Top', 2025, 2045)
      expect(dropped(year(2024), [top], [next])).toEqual(['CN=Top'])
      expect(dropped(year(2025), [top], [next])).toEqual([])
    })

    it('need a date that is one', () => {
      const store = storeOf(a)
      expect(() => diffTruststores(store, store, { at: new Date(Number.NaN) })).toThrow(
        'diffTruststores: options.at must be a valid',
      )
      expect(() => diffTruststores(store, store, { on: 1 } as never)).toThrow('diffTruststores: options.on is not an option')
    })
  })

  it('is a TypeError for anything but truststores', () => {
    const store = storeOf(a)
    const wrong = 'diffTruststores: after must be a Truststore made by buildTruststore'
    expect(() => diffTruststores(store, a.pem as unknown as Truststore)).toThrow(new TypeError(wrong))
    expect(() => diffTruststores({ ...store } as Truststore, store)).toThrow('diffTruststores: before')
  })
})

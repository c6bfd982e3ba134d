import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffTruststores, type Certificate as Parsed, type Truststore, type Verdict } from '../../src/index.ts'
import { Versions } from '../../src/node/source/versions.ts'
import { pemOf } from '../support/pem.ts'
import { compare } from './agreement.ts'
import { droppedIssuers, isExplained, isRekeying, isRenewal, missing } from './change-clauses.ts'
import { type Change, changes } from './changes.ts'
import type { Call, Certificate } from './model.ts'
import { Encoded, optionsOf, storeOf, verdictOf } from './realize.ts'
import { judge } from './specification.ts'

/** One truststore judges many calls, and is replaced by another one. The specification remembers nothing of that. */

/** Changes, each with two to four calls. */
const count = 100
const diffs = 150

/** @returns the library's verdict, on which the specification agrees */
function agreed(call: Call, encoded: Encoded, store: Truststore): Verdict {
  const { verdict, disagreement } = compare(call, verdictOf(call, encoded, store))
  if (disagreement !== undefined) throw new Error(disagreement)
  return verdict
}

/** A verdict with bytes in place of certificates. */
function plain(verdict: Verdict): unknown {
  if (verdict.ok) return { path: verdict.path.map(({ fingerprint }) => fingerprint), policies: verdict.policies }
  const { code, message, index, certificate } = verdict
  return { code, message, index, certificate: certificate?.fingerprint }
}

function bundleOf({ listed }: Call, encoded: Encoded): Uint8Array {
  return Buffer.from(listed.map((certificate) => pemOf('CERTIFICATE', encoded.derOf(certificate))).join(''))
}

/** The calls of a change, by the truststore before it or after it. */
function callsOf({ others }: Change, to: Call): readonly Call[] {
  return [to, ...others.map((other) => ({ listed: to.listed, policy: to.policy, ...other }))]
}

describe('a truststore that judges many calls', () => {
  it(`decides ${count} times as the specification, twice alike, and as a new truststore`, () => {
    fc.assert(
      fc.property(changes, (change) => {
        const encoded = new Encoded()
        const calls = callsOf(change, change.before)
        const store = storeOf(change.before, encoded)
        const first = calls.map((call) => plain(agreed(call, encoded, store)))
        const again = [...calls].reverse().map((call) => plain(verdictOf(call, encoded, store)))
        expect(again.reverse()).toEqual(first)
        const fresh = storeOf(change.before, encoded)
        expect([...calls].reverse().map((call) => plain(verdictOf(call, encoded, fresh)))).toEqual([...first].reverse())
      }),
      { numRuns: count },
    )
  })
})

describe('a version that replaces another one', () => {
  it(`decides ${count} times as the specification: before, between any two steps, after, and rolled back`, () => {
    fc.assert(
      fc.property(changes, (change) => {
        const { before, after } = change
        const encoded = new Encoded()
        const versions = new Versions(optionsOf(before), 2)
        const decide = (call: Call): ReturnType<Versions['decide']> => versions.decide({ bytes: bundleOf(call, encoded) }, true)
        for (const _ of decide(before));
        const first = versions.current
        const calls = callsOf(change, before)
        const old = calls.map((call) => plain(agreed(call, encoded, first.store)))
        let step = 0
        for (const _ of decide(after)) {
          expect(versions.current).toBe(first)
          const i = step++ % calls.length
          expect(plain(verdictOf(calls[i]!, encoded, versions.current.store))).toEqual(old[i])
        }
        for (const call of callsOf(change, after)) agreed(call, encoded, versions.current.store)
        expect(versions.current.store.fingerprint).toBe(storeOf(after, encoded).fingerprint)
        versions.rollBack(first.version)
        expect(calls.map((call) => plain(verdictOf(call, encoded, versions.current.store)))).toEqual(old)
      }),
      { numRuns: count },
    )
  })
})

describe('diffTruststores', () => {
  it(`says of ${diffs} changes which certificates are missing and which are new`, () => {
    fc.assert(
      fc.property(changes, ({ before, after }) => {
        const { diff, modelOf, modelsOf } = diffOf(before, after)
        const pairs = [...diff.renewed, ...diff.rekeyed]
        const serials = (certificates: readonly Certificate[]): readonly number[] =>
          certificates.map(({ serial }) => serial).sort((a, b) => a - b)
        const gone = missing(before, after)
        const come = missing(after, before)
        expect(serials(modelsOf([...diff.removed, ...pairs.map((pair) => pair.before)]))).toEqual(serials(gone))
        expect(serials(modelsOf([...diff.added, ...pairs.map((pair) => pair.after)]))).toEqual(serials(come))
        expect(diff.renewed.every((pair) => isRenewal(before, modelOf(pair.before), after, modelOf(pair.after)))).toBe(true)
        expect(diff.rekeyed.every((pair) => isRekeying(modelOf(pair.before), modelOf(pair.after)))).toBe(true)
        // Nothing that has a successor counts as removed.
        const added = modelsOf(diff.added)
        for (const removed of modelsOf(diff.removed))
          expect(added.some((other) => isRenewal(before, removed, after, other) || isRekeying(removed, other))).toBe(false)
      }),
      { numRuns: diffs },
    )
  })

  it(`names in ${diffs} changes exactly the issuers whose clients have lost every path`, () => {
    let dropping = 0
    fc.assert(
      fc.property(changes, ({ before, after }) => {
        const { diff, modelsOf, parsed } = diffOf(before, after)
        const wanted = droppedIssuers(before, after)
        const nameOf = ({ serial }: Certificate): string =>
          parsed.find((other) => modelsOf([other])[0]!.serial === serial)!.subject
        expect([...diff.droppedIssuers].sort()).toEqual(wanted.map(nameOf).sort())
        if (wanted.length > 0) dropping++
      }),
      { numRuns: diffs },
    )
    expect(dropping / diffs).toBeGreaterThan(0.1)
  })

  it(`has a reason for each client whose verdict changes, in ${diffs} changes`, () => {
    let changing = 0
    fc.assert(
      fc.property(changes, (change) => {
        const { diff, modelsOf } = diffOf(change.before, change.after)
        const pairs = [...diff.renewed, ...diff.rekeyed]
        const gone = modelsOf([...diff.removed, ...pairs.map((pair) => pair.before)])
        const come = modelsOf([...diff.added, ...pairs.map((pair) => pair.after)])
        const after = callsOf(change, change.after)
        for (const [i, call] of callsOf(change, change.before).entries()) {
          const old = judge(call).accepted
          const next = judge(after[i]!).accepted
          if (old.length > 0 === next.length > 0) continue
          changing++
          // A listed certificate that is on no path of the client may sign lists, or be on the path of their signer.
          const maySignLists = call.revocation !== undefined && gone.length + come.length > 0
          expect(maySignLists || (isExplained(old, gone) && isExplained(next, come))).toBe(true)
        }
      }),
      { numRuns: diffs },
    )
    expect(changing / diffs).toBeGreaterThan(0.1)
  })
})

/** The library's diff, and what its certificates are in the model. */
function diffOf(before: Call, after: Call) {
  const encoded = new Encoded()
  const stores = [storeOf(before, encoded), storeOf(after, encoded)] as const
  const models = [...before.listed, ...after.listed]
  const modelOf = ({ raw }: Parsed): Certificate => models.find((model) => Buffer.from(encoded.derOf(model)).equals(raw))!
  const modelsOf = (certificates: readonly Parsed[]): readonly Certificate[] => certificates.map(modelOf)
  return { diff: diffTruststores(...stores), modelOf, modelsOf, parsed: stores[0].certificates }
}

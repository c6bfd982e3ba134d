import { describe, expect, it } from 'vitest'
import { judgeCase, type PathCase } from '../conformance/judge.ts'
import { exceptionsOf, isPresent, loadData, type Suite } from '../conformance/suite.ts'
import * as bettertls from '../conformance/suites/bettertls.ts'
import * as boringssl from '../conformance/suites/boringssl-verify-certificate-chain.ts'
import * as limbo from '../conformance/suites/limbo.ts'
import * as pkits from '../conformance/suites/pkits.ts'
import * as webpki from '../conformance/suites/webpki.ts'
import { reasonsOf } from './agreement.ts'
import { demand, NotInModel } from './der-reading.ts'
import { certificatesFrom } from './from-der.ts'
import { referenceFrom } from './from-der-names.ts'
import { anyPolicy, type Call, type Certificate } from './model.ts'
import { hasFewPaths } from './readings.ts'
import { judge } from './specification.ts'

/**
 * The specification and the library judge public suites. Cases with something that the model lacks are skipped and counted. Lists
 * are not read into the model, so both judge without them, and where lists decide, the suite's verdict does not count.
 */

interface PathSuite {
  readonly suite: Suite
  pathCases(load: (file: string) => unknown): Iterable<PathCase>
}

/** Every how many cases one is judged, and how many of these the model can say. */
const suites: readonly (readonly [suite: PathSuite, stride: number, judged: number])[] = [
  [pkits, 1, 245],
  [limbo, 1, 154],
  [boringssl, 1, 120],
  [webpki, 1, 153],
  [bettertls, 19, 485],
]

/** @throws NotInModel */
function callOf({ policy, anchors, chain, options }: PathCase): Call {
  demand(chain.length > 0, 'no certificate')
  const certificates = certificatesFrom([...anchors, ...chain], policy.conformance !== 'practical')
  const { at, purpose = policy.purpose, serverName, certificatePolicies: inputs } = options
  return {
    listed: certificates.slice(0, anchors.length),
    presented: certificates.slice(anchors.length) as [Certificate, ...Certificate[]],
    policy: policy as Call['policy'],
    at: Number(at),
    purpose: purpose as Call['purpose'],
    ...(serverName === undefined ? {} : { serverName: referenceFrom(serverName) }),
    ...(inputs === undefined
      ? {}
      : {
          policies: {
            initialPolicies: inputs.initialPolicies ?? [anyPolicy],
            requireExplicitPolicy: inputs.requireExplicitPolicy === true,
            inhibitPolicyMapping: inputs.inhibitPolicyMapping === true,
            inhibitAnyPolicy: inputs.inhibitAnyPolicy === true,
          },
        }),
  }
}

const mostPaths = 2000

/** What is wrong with a case; undefined if both agree. */
function problemOf(test: PathCase, isExcepted: boolean): string | undefined {
  const call = callOf(test)
  demand(hasFewPaths(call, mostPaths), 'too many paths')
  const { accepted, refused } = judge(call)
  const own = accepted.length > 0 ? 'accept' : 'reject'
  const { revocation: _, ...options } = test.options
  const library = judgeCase({ ...test, options })
  demand(!library.detail.startsWith('budget_exhausted'), 'the budget')
  const isExpected = isExcepted || test.isAboutRevocation === true || own === test.expected
  if (own === library.actual && isExpected) return undefined
  const lines = [`${test.id}: expected ${test.expected}, library ${library.actual} (${library.detail}), specification ${own}`]
  return [...lines, ...(own === 'accept' ? [] : reasonsOf(refused).slice(0, 5))].join('\n  ')
}

describe('the specification and the library', () => {
  for (const [{ suite, pathCases }, stride, wanted] of suites) {
    const title = `agree on ${suite.name}`
    if (!isPresent(suite)) {
      it.skip(`${title} (conformance data absent)`)
      continue
    }
    it(title, () => {
      const excepted = new Set(exceptionsOf(suite).map(({ id }) => id))
      const skipped = new Map<string, number>()
      const problems: string[] = []
      let judged = 0
      let i = 0
      for (const test of pathCases(loadData)) {
        if (i++ % stride !== 0) continue
        try {
          problems.push(...[problemOf(test, excepted.has(test.id)) ?? []].flat())
          judged++
        } catch (error) {
          if (!(error instanceof NotInModel)) throw error
          skipped.set(error.message, (skipped.get(error.message) ?? 0) + 1)
        }
      }
      const reasons = [...skipped].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason}: ${count}`)
      const skips = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`
      console.log(
        `${suite.name}: judged ${judged}, agree ${judged - problems.length}, skipped ${[...skipped.values()].reduce((a, b) => a + b, 0)}${skips}`,
      )
      expect(problems).toEqual([])
      expect(judged).toBe(wanted)
    })
  }
})

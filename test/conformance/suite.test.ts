import { describe, expect, it } from 'vitest'
import { conformanceDocument, outcomeTable } from './report.ts'
import { type CaseResult, type Exception, runSuite, type Suite } from './suite.ts'

/** Tests the harness: it must report everything that should fail a suite. */

function suiteOf(...results: readonly CaseResult[]): Suite {
  return { name: 'sample', files: [], cases: results.length, mapping: 'Unchanged.', run: () => results }
}

const agree: CaseResult = { id: 'a', expected: 'accept', actual: 'accept' }
const stricter: CaseResult = { id: 'b', expected: 'accept', actual: 'reject', detail: 'expired' }
const laxer: CaseResult = { id: 'c', expected: 'reject', actual: 'accept' }
const excepted = ({ id, expected, actual }: CaseResult): Exception => ({ id, expected, actual, reason: 'because' })

describe('runSuite', () => {
  it('reports no problem if every case agrees or is an exception', () => {
    const outcome = runSuite(suiteOf(agree, stricter, laxer), [excepted(stricter), excepted(laxer)])
    expect(outcome).toMatchObject({ cases: 3, agreeing: 1, problems: [], wrongAccepts: [laxer] })
    expect(outcome.exceptions.map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it.each<readonly [string, Suite, readonly Exception[], string]>([
    ['a mismatch', suiteOf(agree, stricter), [], 'b: expected accept, got reject (expired)'],
    [
      'a mismatch that differs from its exception',
      suiteOf(laxer),
      [{ ...excepted(laxer), actual: 'unknown' }],
      'c: expected reject, got accept',
    ],
    [
      'an exception that agrees now',
      suiteOf(agree),
      [excepted(agree)],
      'a: stale exception (accept, accept): the case agrees now',
    ],
    ['an exception without a case', suiteOf(agree), [excepted(laxer)], 'c: stale exception (reject, accept): no such case'],
    ['an exception without a reason', suiteOf(laxer), [{ ...excepted(laxer), reason: ' ' }], 'c: the exception gives no reason'],
    ['an exception listed twice', suiteOf(laxer), [excepted(laxer), excepted(laxer)], 'c: listed twice among the exceptions'],
    ['two cases with the same id', suiteOf(agree, agree), [], 'a: two cases have this id'],
    [
      'too few agreeing cases',
      { ...suiteOf(agree, laxer), leastAgreement: 0.95 },
      [excepted(laxer)],
      '1 of 2 cases agree, which is too few',
    ],
    ['a suite with fewer cases than stated', { ...suiteOf(agree), cases: 2 }, [], '1 cases were run, 2 are stated'],
  ])('reports %s', (_what, suite, listed, problem) => {
    expect(runSuite(suite, listed).problems).toEqual([problem])
  })
})

describe('the report', () => {
  const outcomes = [
    runSuite(suiteOf(agree, stricter, laxer), [excepted(stricter), excepted(laxer)]),
    runSuite(suiteOf(laxer), []),
  ]

  it('has a row per suite and a total', () => {
    expect(outcomeTable(outcomes).split('\n').slice(2)).toEqual([
      '| sample | 3 | 1 | 2 | 1 |',
      '| sample (1 problems) | 1 | 0 | 0 | 1 |',
      '| **all** | 4 | 1 | 2 | 2 |',
    ])
  })

  it('lists each exception with its reason', () => {
    const document = conformanceDocument(outcomes)
    expect(document).toContain('## sample\n\nUnchanged.')
    expect(document).toContain('**accept → reject: because** (1)\n`b`')
  })
})

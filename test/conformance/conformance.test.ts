import { describe, expect, it } from 'vitest'
import { suites } from './all.ts'
import { isPresent, runSuite } from './suite.ts'

/** Problems shown of a failing suite. */
const shown = 60

describe('public conformance suites', () => {
  for (const suite of suites) {
    const title = `${suite.name}: ${suite.cases.toLocaleString('en-US')} cases`
    if (!isPresent(suite)) {
      it.skip(`${title} (conformance data absent)`)
      continue
    }
    it(title, () => {
      const { problems } = runSuite(suite)
      const more = problems.length > shown ? [`and ${problems.length - shown} more`] : []
      expect([...problems.slice(0, shown), ...more]).toEqual([])
    })
  }
})

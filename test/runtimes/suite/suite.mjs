import { coreTests, verdictTests } from './core.mjs'
import { entryTests } from './entries.mjs'
import { runTests } from './harness.mjs'

/** The suite that every runtime has to pass; `more` are tests for those that have Node's modules. */
export function runSuite(fixtures, more = []) {
  const verdicts = verdictTests(fixtures, ['algorithms', 'refusals', 'immunity'])
  return runTests([...coreTests(fixtures), ...verdicts, ...entryTests(fixtures), ...more])
}

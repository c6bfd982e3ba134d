import { coreTests, verdictTests } from './core.mjs'
import { entryTests } from './entries.mjs'
import { runTests } from './harness.mjs'

/** The suite that every runtime has to pass. `more` has additional tests for runtimes with Node's modules. */
export function runSuite(fixtures, more = []) {
  const verdicts = verdictTests(fixtures, ['algorithms', 'verdicts', 'immunity'])
  return runTests([...coreTests(fixtures), ...verdicts, ...entryTests(fixtures), ...more])
}

import { existsSync, readFileSync } from 'node:fs'

/**
 * Prints `passed failed skipped` of a vitest JSON report. What ends badly without a failed test counts as one failure
 * each: a file that could not be loaded, a run that left no report, an exit status that nothing else explains.
 */
const [path, status] = process.argv.slice(2)
const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [] }
const count = { passed: 0, failed: 0, skipped: 0 }
for (const file of report.testResults) {
  for (const test of file.assertionResults) {
    count[test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped']++
  }
  const hasFailedTest = file.assertionResults.some((test) => test.status === 'failed')
  if (file.status === 'failed' && !hasFailedTest) count.failed++
}
const ranNothing = count.passed + count.failed === 0
if ((status !== '0' && count.failed === 0) || (status === '0' && ranNothing)) count.failed++
console.log(count.passed, count.failed, count.skipped)

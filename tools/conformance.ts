import { writeFileSync } from 'node:fs'
import { suites } from '../test/conformance/all.ts'
import { conformanceDocument, outcomeTable } from '../test/conformance/report.ts'
import { isPresent, runSuite } from '../test/conformance/suite.ts'

/** Prints the conformance table; `--write` also writes docs/conformance.md. Names of suites limit it to those. */
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const write = process.argv.includes('--write')

const wanted = suites.filter(({ name }) => names.length === 0 || names.includes(name))
const absent = wanted.filter((suite) => !isPresent(suite))
const outcomes = wanted.filter(isPresent).map((suite) => runSuite(suite))

console.log(outcomeTable(outcomes))
for (const { suite, problems } of outcomes) for (const problem of problems) console.error(`${suite.name}: ${problem}`)
for (const { name } of absent) console.error(`${name}: conformance data absent`)

if (write) {
  if (absent.length > 0 || names.length > 0) throw new Error('the document is written from all suites only')
  writeFileSync(new URL('../docs/conformance.md', import.meta.url), conformanceDocument(outcomes))
}
process.exitCode = outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0

import { writeFileSync } from 'node:fs'
import { suites } from '../test/conformance/all.ts'
import { conformanceDocument, outcomeTable } from '../test/conformance/report.ts'
import { isPresent, runSuite } from '../test/conformance/suite.ts'

/** Prints the conformance table; `--write` also writes docs/conformance.md. Arguments select suites by name. */
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const write = process.argv.includes('--write')

const wanted = suites.filter(({ name }) => names.length === 0 || names.includes(name))
const absent = wanted.filter((suite) => !isPresent(suite))
const outcomes = wanted.filter(isPresent).map((suite) => runSuite(suite))

console.log(outcomeTable(outcomes))
for (const { suite, problems } of outcomes) for (const problem of problems) console.error(`${suite.name}: ${problem}`)
for (const { name } of absent) console.error(`${name}: data of this suite not found`)

if (write) {
  if (absent.length > 0 || names.length > 0) throw new Error('--write needs the data of every suite and no suite names')
  writeFileSync(new URL('../docs/conformance.md', import.meta.url), conformanceDocument(outcomes))
}
process.exitCode = outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0

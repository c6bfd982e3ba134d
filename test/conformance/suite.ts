import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The expected and the actual result of a case of a public suite. Results are words, mostly `accept` and `reject`. */
export interface CaseResult {
  readonly id: string
  readonly expected: string
  readonly actual: string
  /** A code or message that helps to understand a mismatch. */
  readonly detail?: string
}

/** A public suite, and how portcullis runs it. */
export interface Suite {
  readonly name: string
  /** Its files in the data directory. The suite is skipped if one is missing. */
  readonly files: readonly string[]
  /** The number of cases. The suite fails if it runs another number. */
  readonly cases: number
  /** One paragraph: under which policy, purpose, time and anchors the cases are run. */
  readonly mapping: string
  /** The share of cases that must agree; exceptions do not count as agreeing. No minimum if absent. */
  readonly leastAgreement?: number
  run(load: (file: string) => unknown): Iterable<CaseResult>
}

/** A case in which portcullis deliberately decides differently. */
export interface Exception {
  readonly id: string
  readonly expected: string
  readonly actual: string
  readonly reason: string
}

const here = fileURLToPath(new URL('.', import.meta.url))

/** The data of the suites has other authors and licences, so it is stored outside the repository. */
export const dataDirectory: string = process.env['PORTCULLIS_CONFORMANCE'] ?? resolve(here, '../../../shared/conformance')

export function isPresent(suite: Suite): boolean {
  return suite.files.every((file) => existsSync(resolve(dataDirectory, file)))
}

export function loadData(file: string): unknown {
  return JSON.parse(readFileSync(resolve(dataDirectory, file), 'utf8'))
}

export function exceptionsOf(suite: Suite): readonly Exception[] {
  const file = resolve(here, 'exceptions', `${suite.name}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Exception[]) : []
}

/** The results of running a suite. */
export interface Outcome {
  readonly suite: Suite
  readonly cases: number
  readonly agreeing: number
  /** The exceptions that occurred. */
  readonly exceptions: readonly Exception[]
  /** Cases that should be rejected and were accepted, including exceptions. */
  readonly wrongAccepts: readonly CaseResult[]
  /** The reasons for which the suite fails, one line each. */
  readonly problems: readonly string[]
}

/** Runs a suite and compares it with its exceptions: they must list every mismatch, and nothing else. */
export function runSuite(suite: Suite, listed: readonly Exception[] = exceptionsOf(suite)): Outcome {
  const problems: string[] = []
  const open = new Map<string, Exception>()
  for (const exception of listed) {
    if (open.has(exception.id)) problems.push(`${exception.id}: listed twice among the exceptions`)
    if (exception.reason.trim() === '') problems.push(`${exception.id}: the exception gives no reason`)
    open.set(exception.id, exception)
  }
  const seen = new Set<string>()
  const exceptions: Exception[] = []
  const wrongAccepts: CaseResult[] = []
  let cases = 0
  let agreeing = 0
  for (const result of suite.run(loadData)) {
    const { id, expected, actual, detail } = result
    cases++
    if (seen.has(id)) problems.push(`${id}: two cases have this id`)
    seen.add(id)
    if (expected === 'reject' && actual === 'accept') wrongAccepts.push(result)
    if (expected === actual) {
      agreeing++
      continue
    }
    const exception = open.get(id)
    if (exception?.expected === expected && exception.actual === actual) {
      exceptions.push(exception)
      open.delete(id)
    } else {
      problems.push(`${id}: expected ${expected}, got ${actual}${detail === undefined ? '' : ` (${detail})`}`)
      if (exception !== undefined) open.delete(id)
    }
  }
  for (const { id, expected, actual } of open.values()) {
    problems.push(`${id}: stale exception (${expected}, ${actual}): ${seen.has(id) ? 'the case agrees now' : 'no such case'}`)
  }
  if (agreeing < cases * (suite.leastAgreement ?? 0)) problems.push(`${agreeing} of ${cases} cases agree, which is too few`)
  if (cases !== suite.cases) problems.push(`${cases} cases were run, ${suite.cases} are stated`)
  return { suite, cases, agreeing, exceptions, wrongAccepts, problems }
}

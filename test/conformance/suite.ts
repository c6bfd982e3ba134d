import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What one case of a public suite expects, and what portcullis says. Verdicts are words, mostly `accept` and `reject`. */
export interface CaseResult {
  readonly id: string
  readonly expected: string
  readonly actual: string
  /** A code or message that helps to understand a mismatch. */
  readonly detail?: string
}

/** A public suite and how it is put to portcullis. */
export interface Suite {
  readonly name: string
  /** Its files in the data directory; the suite is skipped unless all are there. */
  readonly files: readonly string[]
  /** How many cases it has, so that a suite cannot shrink unnoticed. */
  readonly cases: number
  /** One paragraph: under which policy, purpose, time and anchors the cases are run. */
  readonly mapping: string
  /** The share of cases that must agree, exceptions not counted; absent: whatever the exceptions leave. */
  readonly leastAgreement?: number
  run(load: (file: string) => unknown): Iterable<CaseResult>
}

/** A case that is decided differently on purpose. */
export interface Exception {
  readonly id: string
  readonly expected: string
  readonly actual: string
  readonly reason: string
}

const here = fileURLToPath(new URL('.', import.meta.url))

/** The suites are data of others under licences of their own, so they live beside the repository, not in it. */
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

/** What running a suite came to. */
export interface Outcome {
  readonly suite: Suite
  readonly cases: number
  readonly agreeing: number
  /** The exceptions that did occur. */
  readonly exceptions: readonly Exception[]
  /** Cases that should be rejected and were accepted, excepted or not. */
  readonly wrongAccepts: readonly CaseResult[]
  /** What makes the suite fail, one line each. */
  readonly problems: readonly string[]
}

/** Runs a suite against its exceptions file: every mismatch must be in it, and everything in it must still mismatch. */
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

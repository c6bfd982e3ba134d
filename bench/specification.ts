import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { compare } from '../test/specification/agreement.ts'
import { type ClauseRow, ClauseTable } from '../test/specification/clause-table.ts'
import { everyCall } from '../test/specification/exhaustive.ts'
import { calls } from '../test/specification/generate.ts'
import type { Call } from '../test/specification/model.ts'
import { decidingClauses } from '../test/specification/revocation-checks.ts'

/**
 * `npm run specification -- [COUNT] [SEED]` compares the library with the executable specification in test/specification on random
 * public-key infrastructures; `npm run specification -- exhaustive` on all small ones. It runs one process per core and prints how
 * often each verdict occurred and which clauses decided. Exits with 1 at a disagreement, which is printed, if fewer than a quarter
 * of the calls were accepted, or if 20,000 random calls or more did not exercise every clause on both sides.
 */

/** What one process compares. */
export type Task =
  /** `shrinks`: also looks for the smallest disagreement, and counts clauses. */
  | { readonly kind: 'random'; readonly count: number; readonly seed: number; readonly shrinks: boolean }
  /** One call in `of`, from number `first` on. */
  | { readonly kind: 'exhaustive'; readonly first: number; readonly of: number }

export interface Result {
  readonly judged: number
  readonly verdicts: readonly (readonly [string, number])[]
  readonly clauses: readonly ClauseRow[]
  readonly disagreement: string | undefined
}

/** From so many random calls on, every clause must have accepted and refused some. */
const manyCalls = 20_000

class Comparison {
  judged = 0
  readonly verdicts = new Map<string, number>()
  readonly clauses = new ClauseTable()

  /** Compares one call. Throws what they disagree about. Finding out which clauses decided takes longer than that. */
  add(call: Call, countsClauses: boolean): void {
    const { verdict, judgement, disagreement } = compare(call)
    if (disagreement !== undefined) throw new Error(disagreement)
    this.judged++
    if (countsClauses) this.clauses.add(judgement, decidingClauses(call, judgement))
    this.count(verdict.ok ? 'accepted' : verdict.code, 1)
  }

  merge({ judged, verdicts, clauses }: Result): void {
    this.judged += judged
    for (const [result, number] of verdicts) this.count(result, number)
    this.clauses.merge(clauses)
  }

  count(result: string, number: number): void {
    this.verdicts.set(result, (this.verdicts.get(result) ?? 0) + number)
  }
}

function perform(task: Task): Result {
  const comparison = new Comparison()
  const disagreement = task.kind === 'random' ? compareRandom(comparison, task) : compareAll(comparison, task)
  const { judged, verdicts, clauses } = comparison
  return { judged, verdicts: [...verdicts], clauses: clauses.rows(), disagreement }
}

function compareRandom(comparison: Comparison, { count, seed, shrinks }: Extract<Task, { kind: 'random' }>): string | undefined {
  const property = fc.property(calls, (call) => comparison.add(call, shrinks))
  const run = fc.check(property, { numRuns: count, seed, endOnFailure: !shrinks })
  return run.failed ? `seed ${seed}: ${textOf(run.errorInstance)}` : undefined
}

function compareAll(comparison: Comparison, { first, of }: Extract<Task, { kind: 'exhaustive' }>): string | undefined {
  let number = 0
  for (const call of everyCall()) {
    if (number++ % of !== first) continue
    try {
      comparison.add(call, true)
    } catch (error) {
      return textOf(error)
    }
  }
  return undefined
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Performs a task in a process of its own. `script` is this file or a copy of it. */
export function inProcess(task: Task, script: string = fileURLToPath(import.meta.url)): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(script, { env: { ...process.env, SPECIFICATION_TASK: JSON.stringify(task) } })
    child.on('message', (result) => resolve(result as Result)).on('error', reject)
    child.on('exit', (code) => reject(new Error(`a process ended with ${code} and no result`)))
  })
}

function tasksOf(words: readonly string[]): readonly Task[] | undefined {
  const cores = availableParallelism()
  const all = Array.from({ length: cores }, (_, first) => first)
  if (words[0] === 'exhaustive')
    return words.length === 1 ? all.map((first) => ({ kind: 'exhaustive', first, of: cores })) : undefined
  const [count = 1_000_000, seed = Date.now() % 2 ** 31] = words.map(Number)
  if (![count, seed].every((number) => Number.isInteger(number) && number >= 0) || words.length > 2) return undefined
  console.log(`seed ${seed}`)
  return all.map((first) => ({ kind: 'random', count: Math.ceil(count / cores), seed: seed + first, shrinks: true }))
}

function report(results: readonly Result[], isRandom: boolean): void {
  const total = new Comparison()
  for (const result of results) total.merge(result)
  const { judged, verdicts, clauses } = total
  const column = (number: number): string => String(number).padStart(9)
  console.log(`${column(judged)} calls judged`)
  for (const [result, number] of [...verdicts].sort(([, a], [, b]) => b - a)) console.log(`${column(number)} ${result}`)
  console.log('\n accepted   refused because of it alone')
  for (const [clause, accepted, refused] of clauses.rows()) console.log(`${column(accepted)} ${column(refused)} ${clause}`)

  const problems = results.flatMap(({ disagreement }) => disagreement ?? [])
  if ((verdicts.get('accepted') ?? 0) < judged / 4) problems.push('fewer than a quarter were accepted')
  const idle = clauses.idle()
  if (isRandom && judged >= manyCalls && idle.length > 0) problems.push(`not exercised on both sides: ${idle.join(', ')}`)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}

const { SPECIFICATION_TASK: given } = process.env
if (given !== undefined) {
  process.send!(perform(JSON.parse(given) as Task))
} else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tasks = tasksOf(process.argv.slice(2))
  if (tasks === undefined) {
    console.error('usage: npm run specification -- [COUNT] [SEED], whole numbers, or npm run specification -- exhaustive')
    process.exit(2)
  }
  report(await Promise.all(tasks.map((task) => inProcess(task))), tasks[0]!.kind === 'random')
}

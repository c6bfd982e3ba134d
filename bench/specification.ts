import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { compare } from '../test/specification/agreement.ts'
import { type ClauseRow, ClauseTable } from '../test/specification/clause-table.ts'
import { calls } from '../test/specification/generate.ts'

/**
 * `npm run specification -- [COUNT] [SEED]`: random public-key infrastructures, judged by the library and by the executable
 * specification in test/specification, in one process per core. Prints how often each verdict occurred and which clauses decided.
 * Exits with 1 at a disagreement, which is shrunk and printed, if fewer than a quarter of the calls were accepted, or if one of
 * 20,000 calls or more did not exercise a clause on both sides.
 */

interface Part {
  readonly judged: number
  readonly verdicts: readonly (readonly [string, number])[]
  readonly clauses: readonly ClauseRow[]
  readonly disagreement: string | undefined
}

/** From so many calls on, every clause must have accepted and refused some. */
const manyCalls = 20_000

function compareRandomCalls(count: number, seed: number): Part {
  const verdicts = new Map<string, number>()
  const clauses = new ClauseTable()
  let judged = 0
  const run = fc.check(
    fc.property(calls, (call) => {
      const { verdict, judgement, disagreement } = compare(call)
      if (disagreement !== undefined) throw new Error(disagreement)
      judged++
      clauses.add(judgement)
      const result = verdict.ok ? 'accepted' : verdict.code
      verdicts.set(result, (verdicts.get(result) ?? 0) + 1)
    }),
    // bench/mutations.ts only asks whether there is a disagreement.
    { numRuns: count, seed, endOnFailure: process.env.PART === 'first' },
  )
  const error = run.errorInstance
  const disagreement = run.failed ? `seed ${seed}: ${error instanceof Error ? error.message : String(error)}` : undefined
  return { judged, verdicts: [...verdicts], clauses: clauses.rows(), disagreement }
}

function inProcess(count: number, seed: number): Promise<Part> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [String(count), String(seed)], { env: { ...process.env, PART: '1' } })
    child.on('message', (part) => resolve(part as Part)).on('error', reject)
    child.on('exit', (code) => reject(new Error(`a process ended with ${code} and no result`)))
  })
}

const [count = 1_000_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number)
if (![count, seed].every((number) => Number.isInteger(number) && number >= 0)) {
  console.error('usage: npm run specification -- [COUNT] [SEED], whole numbers')
  process.exit(2)
}

if (process.env.PART === undefined) {
  const processes = count < 1000 ? 1 : availableParallelism()
  const share = Math.ceil(count / processes)
  report(await Promise.all(Array.from({ length: processes }, (_, i) => inProcess(share, seed + i))))
} else {
  process.send!(compareRandomCalls(count, seed))
}

function report(parts: readonly Part[]): void {
  const judged = parts.reduce((sum, part) => sum + part.judged, 0)
  const verdicts = new Map<string, number>()
  const clauses = new ClauseTable()
  for (const part of parts) {
    for (const [result, number] of part.verdicts) verdicts.set(result, (verdicts.get(result) ?? 0) + number)
    clauses.merge(part.clauses)
  }
  const column = (number: number): string => String(number).padStart(9)
  console.log(`seed ${seed}, ${judged} judged`)
  for (const [result, number] of [...verdicts].sort(([, a], [, b]) => b - a)) console.log(`${column(number)} ${result}`)
  console.log('\n accepted   refused because of it')
  for (const [clause, accepted, refused] of clauses.rows()) console.log(`${column(accepted)} ${column(refused)} ${clause}`)

  const problems = parts.flatMap(({ disagreement }) => disagreement ?? [])
  if ((verdicts.get('accepted') ?? 0) < judged / 4) problems.push('fewer than a quarter were accepted')
  const idle = clauses.rows().filter(([, accepted, refused]) => accepted === 0 || refused === 0)
  if (judged >= manyCalls && idle.length > 0)
    problems.push(`not exercised on both sides: ${idle.map(([name]) => name).join(', ')}`)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}

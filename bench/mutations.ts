import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Mutation } from '../test/specification/mutation.ts'
import { mutations } from '../test/specification/mutations.ts'
import { inProcess, type Task } from './specification.ts'

/**
 * `npm run specification:mutations -- [--jobs N] [--calls N] [WORD…]`: removes one check of the library at a time, in a copy, and
 * demands that the specification disagrees with what is left. Prints after how many calls it did. Words limit it to the checks whose
 * file or description has one of them. `--jobs`: how many are tried at the same time, by default one per core. `--calls`: how many
 * calls each gets, by default 15,000. Exits with 1 if a check can be removed unnoticed.
 */

const seed = 15

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const work = mkdtempSync(join(tmpdir(), 'portcullis-mutations-'))

/** A copy of everything that the specification needs. */
function copyOf(name: string): string {
  const copy = join(work, name)
  mkdirSync(copy)
  for (const part of ['package.json', 'tsconfig.json', 'tsconfig.node.json', 'tsconfig.runtime.json', 'src', 'bench'])
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (path) => !path.includes('node_modules') })
  for (const name of ['support', 'specification']) cpSync(join(root, 'test', name), join(copy, 'test', name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function edited({ file, from, to = '' }: Mutation): string {
  const text = readFileSync(join(root, 'src', file), 'utf8')
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`src/${file} has ${parts.length - 1} times, not once: ${from}`)
  return parts.join(to)
}

/** The number of calls after which the specification disagreed, or undefined. */
async function callsUntilNoticed(copy: string): Promise<number | undefined> {
  const task: Task = { kind: 'random', count: mostCalls, seed, shrinks: false }
  const { judged, disagreement } = await inProcess(task, join(copy, 'bench/specification.ts'))
  return disagreement === undefined ? undefined : judged + 1
}

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string' }, calls: { type: 'string' } },
})
const { jobs, calls: mostCalls } = { jobs: Number(values.jobs ?? availableParallelism()), calls: Number(values.calls ?? 15_000) }
if (![jobs, mostCalls].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('usage: npm run specification:mutations -- [--jobs N] [--calls N] [WORD…], with N from 1 on')
  process.exit(2)
}
const chosen = mutations.filter(
  ({ removes, file }) => words.length === 0 || words.some((word) => `${file} ${removes}`.includes(word)),
)
const waiting = [...chosen]
const unnoticed: string[] = []

async function tryMutations(number: number): Promise<void> {
  const copy = copyOf(`copy ${number}`)
  for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
    const path = join(copy, 'src', mutation.file)
    writeFileSync(path, edited(mutation))
    const calls = await callsUntilNoticed(copy)
    cpSync(join(root, 'src', mutation.file), path)
    const name = `${mutation.file}: ${mutation.removes}`
    console.log(`${calls === undefined ? '      —' : String(calls).padStart(7)} ${name}`)
    if (calls === undefined) unnoticed.push(name)
  }
}

try {
  for (const mutation of chosen) edited(mutation)
  const calls = await callsUntilNoticed(copyOf('unchanged'))
  if (calls !== undefined) throw new Error(`the specification disagrees with the unchanged library after ${calls} calls`)
  await Promise.all(Array.from({ length: jobs }, (_, i) => tryMutations(i)))
} finally {
  rmSync(work, { recursive: true })
}
console.log(`${chosen.length - unnoticed.length} of ${chosen.length} removed checks noticed within ${mostCalls} calls`)
process.exitCode = unnoticed.length === 0 ? 0 : 1

import { Exercise } from './exercise.ts'
import { type FuzzInput, makeInput } from './inputs.ts'
import { Random } from './random.ts'
import { makeSeeds } from './seeds.ts'
import { type FuzzFinding, Stopwatch } from './stopwatch.ts'

export interface FuzzReport {
  readonly inputs: number
  readonly calls: ReadonlyMap<string, number>
  /** Numbers of parsed inputs, built truststores, accepted chains and rejected chains. */
  readonly counts: Readonly<Record<'parsed' | 'built' | 'accepted' | 'refused', number>>
  readonly slowest: Stopwatch['slowest']
  readonly findings: readonly (FuzzFinding & { readonly base64: string })[]
}

/** Stops after this many findings. */
const enough = 20

/**
 * Makes `count` inputs and passes each to the library. The seed determines the mutations. The certificates that they start
 * from are newly minted in each run, so a finding contains its input.
 */
export function fuzz(count: number, seed: number, progress: (done: number) => void = () => {}): FuzzReport {
  const seeds = makeSeeds()
  const watch = new Stopwatch()
  const exercise = new Exercise(seeds, watch)
  exercise.requireValidChains()
  const findings: (FuzzFinding & { readonly base64: string })[] = []
  let inputs = 0
  for (; inputs < count && findings.length < enough; inputs++) {
    const random = new Random(seed + Math.imul(inputs, 0x9e3779b1))
    const input = makeInput(seeds, random)
    watch.input = inputs
    exercise.run(input, random)
    for (const finding of watch.findings.splice(0)) findings.push({ ...finding, base64: base64Of(input) })
    if (inputs % 1000 === 999) progress(inputs + 1)
  }
  return { inputs, calls: watch.calls, counts: exercise.counts, slowest: watch.slowest, findings }
}

function base64Of(input: FuzzInput): string {
  return input.kind === 'text' ? Buffer.from(input.text, 'utf8').toString('base64') : Buffer.from(input.bytes).toString('base64')
}

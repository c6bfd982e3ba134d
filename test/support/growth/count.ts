import { workOf } from './counter.ts'
import { type Growing, sizes } from './growing.ts'

/** How much more work than input there may be when the input doubles: sorting takes a little more. */
const mostGrowth = 1.2
/** Work a byte of input that is no more than reading it, however it grows. */
const reading = 10
/** Most work a byte of input. */
const mostWork = 250

export interface Count {
  readonly name: string
  /** Work of the largest input, a byte. */
  readonly work: number
  /** How much faster the work grows than the input. */
  readonly growth: number
  readonly answer: string
  /** Undefined where all is well. */
  readonly problem: string | undefined
}

/** Counts the work on inputs of three sizes. */
export function countOf({ name, at }: Growing): Count {
  const counts = sizes.map((size) => {
    const { bytes, setUp } = at(size)
    const run = setUp()
    let answer = ''
    const { total, parts } = workOf(() => {
      answer = run()
    })
    return { bytes, total, parts, answer }
  })
  const growth = Math.max(...counts.slice(1).map(({ total, bytes }, i) => total / counts[i]!.total / (bytes / counts[i]!.bytes)))
  const { bytes, total, parts, answer } = counts[counts.length - 1]!
  const work = total / bytes
  const busiest = parts.slice(0, 3).map(([part, count]) => `${part} ${Math.round(count)}`)
  const problem =
    work > mostWork
      ? `${Math.round(work)} units of work a byte: ${busiest.join(', ')}`
      : growth > mostGrowth && work > reading
        ? `work grows ${growth.toFixed(2)} times as fast as the input: ${busiest.join(', ')}`
        : undefined
  return { name, work, growth, answer, problem }
}

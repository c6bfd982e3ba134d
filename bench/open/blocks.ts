import { existsSync, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { cpuUsage, pid } from 'node:process'

/** Durations of turns of the event loop during a task, in milliseconds. */
export interface Blocks {
  /** CPU time of the longest turn without a garbage collection, and of the longest turn of all. */
  readonly longest: number
  readonly longestWithGc: number
  /** The longest turn in wall-clock time. Other programs lengthen it. */
  readonly longestByClock: number
  readonly longestGc: number
  readonly total: number
}

interface Turn {
  readonly begin: number
  readonly end: number
  /** CPU time. */
  readonly cpu: number
}

/** Shorter turns are ignored. */
const noteworthy = 3

/** Runs the event loop without pause until `isDone`, and measures its turns. */
export async function watchBlocks(isDone: () => boolean, withinMs: number): Promise<Blocks> {
  const collections: { readonly startTime: number; readonly duration: number }[] = []
  const observer = new PerformanceObserver((list) => void collections.push(...list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  const turns: Turn[] = []
  const begin = performance.now()
  const end = await turnUntil(isDone, begin + withinMs, turns)
  // Collections are reported with a delay.
  await new Promise((resolve) => setTimeout(resolve, 50))
  observer.disconnect()
  const hasGc = ({ begin, end }: Turn): boolean =>
    collections.some(({ startTime, duration }) => startTime < end && startTime + duration > begin)
  return {
    longest: Math.max(0, ...turns.filter((turn) => !hasGc(turn)).map(({ cpu }) => cpu)),
    longestWithGc: Math.max(0, ...turns.map(({ cpu }) => cpu)),
    longestByClock: Math.max(0, ...turns.map((turn) => turn.end - turn.begin)),
    longestGc: Math.max(0, ...collections.map(({ duration }) => duration)),
    total: end - begin,
  }
}

function turnUntil(isDone: () => boolean, deadline: number, turns: Turn[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let last = performance.now()
    let lastCpu = cpuMs()
    const turn = (): void => {
      const now = performance.now()
      const nowCpu = cpuMs()
      if (now - last > noteworthy) turns.push({ begin: last, end: now, cpu: nowCpu - lastCpu })
      last = now
      lastCpu = nowCpu
      if (isDone()) resolve(now)
      else if (now > deadline) reject(new Error('not done in time'))
      else setImmediate(turn)
    }
    setImmediate(turn)
  })
}

const schedule = `/proc/self/task/${pid}/schedstat`
const file = existsSync(schedule) ? openSync(schedule, 'r') : undefined
const bytes = Buffer.alloc(100)

/** CPU time of this thread on Linux; on other systems of all threads, including those that collect garbage. */
function cpuMs(): number {
  if (file !== undefined) return Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, 100, 0)), 10) / 1e6
  const { user, system } = cpuUsage()
  return (user + system) / 1000
}

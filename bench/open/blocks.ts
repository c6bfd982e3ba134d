import { existsSync, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { cpuUsage, pid } from 'node:process'

/** How long turns of the event loop were while something went on, in milliseconds. */
export interface Blocks {
  /** The most processor time that a turn took in which no garbage was collected, and that any turn took. */
  readonly longest: number
  readonly longestWithGc: number
  /** The longest turn by the clock: other programs make it longer. */
  readonly longestByClock: number
  readonly longestGc: number
  readonly total: number
}

interface Turn {
  readonly begin: number
  readonly end: number
  /** Processor time. */
  readonly cpu: number
}

/** Shorter turns are not looked at. */
const noteworthy = 3

/** Turns the event loop as fast as it goes until `isDone`, and looks at how long its turns are. */
export async function watchBlocks(isDone: () => boolean, withinMs: number): Promise<Blocks> {
  const collections: { readonly startTime: number; readonly duration: number }[] = []
  const observer = new PerformanceObserver((list) => void collections.push(...list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  const turns: Turn[] = []
  const begin = performance.now()
  const end = await turnUntil(isDone, begin + withinMs, turns)
  // Collections are told of later.
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

/** Of the thread that runs the event loop; outside Linux of all threads, those that collect garbage included. */
function cpuMs(): number {
  if (file !== undefined) return Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, 100, 0)), 10) / 1e6
  const { user, system } = cpuUsage()
  return (user + system) / 1000
}

import { Session } from 'node:inspector'
import { watchBuiltins } from './builtins.ts'

/**
 * Counts what code does: how often each of its blocks runs, which V8 counts for coverage, and how many characters and bytes
 * it hands to built-in functions. The count is the same in every run, and the code does not have to know of it. What it does
 * not see is what two long strings cost to compare, which is little, and the insides of numbers.
 *
 * V8 counts in functions that it compiles from now on, so this module must be imported before what is measured.
 */

export interface Work {
  readonly total: number
  /** By function, the busiest first. */
  readonly parts: readonly (readonly [name: string, count: number])[]
}

/** The library, but for the arithmetic of signatures, which budgets count; and what counting is tried on. */
function isCounted(url: string): boolean {
  return (url.includes('/src/') && !/\/src\/crypto\/(curve|rsa)/.test(url)) || url.endsWith('/growth/controls.ts')
}

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { readonly count: number }[] }[]
  }[]
}

const session = new Session()
session.connect()
post('Profiler.enable')
post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

/** Runs something and counts. */
export function workOf(run: () => unknown): Work {
  const parts = new Map<string, number>()
  const add = (name: string, count: number): void => void parts.set(name, (parts.get(name) ?? 0) + count)
  post('Profiler.takePreciseCoverage')
  const restore = watchBuiltins(add)
  try {
    run()
  } finally {
    restore()
  }
  const { result } = post('Profiler.takePreciseCoverage') as Coverage
  for (const { url, functions } of result.filter((script) => isCounted(script.url))) {
    for (const { functionName, ranges } of functions) {
      const count = ranges.reduce((sum, range) => sum + range.count, 0)
      if (count > 0) add(`${url.slice(url.lastIndexOf('/src/') + 5)} ${functionName}`, count)
    }
  }
  const total = [...parts.values()].reduce((sum, count) => sum + count, 0)
  return { total, parts: [...parts].sort((a, b) => b[1] - a[1]) }
}

/** A session in the same thread answers at once. */
function post(method: string, params: object = {}): unknown {
  let answer: unknown
  session.post(method, params, (error, result) => {
    if (error !== null) throw error
    answer = result
  })
  return answer
}

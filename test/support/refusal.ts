import type { ParseCode, ParseResult } from '../../src/codes/parse.ts'
import { type Reader, readAll } from '../../src/der/reader.ts'

/** Code and byte offset of a parser's refusal, or `read`. */
export function refusal(result: ParseResult<unknown>): readonly [ParseCode, number] | 'read' {
  return result.ok ? 'read' : [result.code, result.offset]
}

/** The result of a parser that must read all bytes. */
export function readWhole<T>(bytes: Uint8Array, parse: (reader: Reader) => T): ParseResult<T> {
  return readAll(bytes, 'test', parse)
}

/** The value of a result that must be ok. */
export function valueIn<T>(result: ParseResult<T>): T {
  if (!result.ok) throw new Error(result.message)
  return result.value
}

/** Milliseconds that an action takes. Tests allow far more than usual and far less than a quadratic loop takes. */
export function millisecondsOf(action: () => unknown): number {
  const start = performance.now()
  const used = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(used)
  // On a busy machine the clock includes the time of other processes.
  return Math.min(performance.now() - start, (user + system) / 1000)
}

/** The value that was read, or code and offset. */
export function reading<T>(der: Uint8Array, parse: (reader: Reader) => T): T | ReturnType<typeof refusal> {
  const result = readWhole(der, parse)
  return result.ok ? result.value : refusal(result)
}

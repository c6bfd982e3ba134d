import { TruststoreError } from '../../src/index.ts'

/** A call that broke a promise of the library. */
export interface FuzzFinding {
  /** Number of the input. */
  readonly input: number
  readonly call: string
  readonly problem: string
}

/** The longest time allowed for a call. */
const slowMilliseconds = 50

/** Times calls. Records those that threw or were too slow, and the slowest one. */
export class Stopwatch {
  readonly findings: FuzzFinding[] = []
  readonly calls = new Map<string, number>()
  slowest: { readonly call: string; readonly milliseconds: number; readonly input: number } = {
    call: '-',
    milliseconds: 0,
    input: -1,
  }
  /** Number of the input under test. */
  input = 0

  /** The call's result; `undefined` if it threw. Only `buildTruststore` may throw, and only a TruststoreError. */
  run<T>(call: string, work: () => T): T | undefined {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1)
    const begin = performance.now()
    try {
      return work()
    } catch (error) {
      if (!(call === 'buildTruststore' && error instanceof TruststoreError)) {
        this.report(call, `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      }
      return undefined
    } finally {
      const milliseconds = performance.now() - begin
      if (milliseconds > this.slowest.milliseconds) this.time(call, work, milliseconds)
    }
  }

  report(call: string, problem: string): void {
    this.findings.push({ input: this.input, call, problem })
  }

  /** The machine may have been busy, so a slow call is repeated twice, and the fastest time counts. */
  private time(call: string, work: () => unknown, first: number): void {
    let fastest = first
    for (let again = 0; again < 2; again++) {
      const begin = performance.now()
      try {
        work()
      } catch {
        // Already reported after the first call.
      }
      fastest = Math.min(fastest, performance.now() - begin)
    }
    if (fastest > this.slowest.milliseconds) this.slowest = { call, milliseconds: fastest, input: this.input }
    if (fastest > slowMilliseconds) this.report(call, `took ${fastest.toFixed(1)} ms`)
  }
}

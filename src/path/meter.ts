import type { Budget } from '../policy/policy.ts'

/**
 * Counts the work of one `verifyChain` call. Running out is final: the meter that did is remembered, and everything
 * asked for afterwards is refused, so that no loop can go on by trying something else.
 */
export class Meter {
  exhausted: keyof Budget | undefined = undefined
  private readonly budget: Budget
  private signatures = 0
  private pathSteps = 0
  private nameComparisons = 0

  constructor(budget: Budget) {
    this.budget = budget
  }

  signature(): boolean {
    return this.take('signatures', ++this.signatures)
  }

  step(): boolean {
    return this.take('pathSteps', ++this.pathSteps)
  }

  names(count = 1): boolean {
    this.nameComparisons += count
    return this.take('nameComparisons', this.nameComparisons)
  }

  presented(certificates: number, bytes: number): boolean {
    return this.take('presentedCertificates', certificates) && this.take('presentedBytes', bytes)
  }

  private take(meter: keyof Budget, used: number): boolean {
    if (used > this.budget[meter]) this.exhausted ??= meter
    return this.exhausted === undefined
  }
}

import type { KeyParts } from '../crypto/public-key.ts'
import type { Budget } from '../policy/policy.ts'
import type { PathRefusal } from './failure.ts'

/**
 * Counts the work of one `verifyChain` call against its budget. Exhaustion is final: all later requests fail as well, so that
 * no loop can continue by trying something cheaper.
 */
export class Meter {
  /** The first limit that was exceeded. */
  exhausted: keyof Budget | undefined = undefined
  readonly #budget: Budget
  #signatures = 0
  #pathSteps = 0
  #nameComparisons = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Charges one verification with this key. Like all methods here, returns false once a limit is exceeded. */
  signature(key: KeyParts): boolean {
    this.#signatures += signatureCost(key)
    return this.#take('signatures', this.#signatures)
  }

  step(): boolean {
    return this.#take('pathSteps', ++this.#pathSteps)
  }

  names(count = 1): boolean {
    this.#nameComparisons += count
    if (this.#nameComparisons > this.#budget.nameComparisons) this.exhausted ??= 'nameComparisons'
    return this.exhausted === undefined
  }

  presented(certificates: number, bytes: number): boolean {
    return this.#take('presentedCertificates', certificates) && this.#take('presentedBytes', bytes)
  }

  /** The refusal after exhaustion. */
  refusal(index: number): PathRefusal {
    const message = `the chain takes more work than budget.${this.exhausted} allows`
    return { code: 'budget_exhausted', index, message }
  }

  #take(meter: keyof Budget, used: number): boolean {
    if (used > this.#budget[meter]) this.exhausted ??= meter
    return this.exhausted === undefined
  }
}

/** The cost of a verification, in units of one on P-256. RSA is charged by its modular multiplications, as measured. */
function signatureCost(key: KeyParts): number {
  switch (key.kind) {
    case 'unknown':
      return 1
    case 'ec':
      return key.cost
    case 'rsa': {
      const { bits, exponent } = key.key
      const multiplications = exponent.toString(2).length + exponent.toString(2).replaceAll('0', '').length
      return Math.ceil((multiplications * (bits / 8192) ** 2) / 25)
    }
  }
}

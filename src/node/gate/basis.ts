import type { RevocationCheck } from '../../path/options.ts'
import type { RevocationRequest } from '../../path/revocation.ts'
import type { Truststore } from '../../truststore/store.ts'
import { Source } from '../source/source.ts'
import { currentStore, type GateRules, requireRevocation } from './options.ts'

/**
 * With revocation, open connections are verified again after this many milliseconds even without a visible change:
 * certificates of CRL signers expire too, and are not tracked one by one.
 */
const renewAfter = 60_000

/** Everything a verdict depends on besides the chain and the time. */
export interface Grounds {
  readonly store: Truststore
  readonly revocation: RevocationCheck | undefined
  /** Changes whenever earlier verdicts may have become wrong. */
  readonly epoch: number
}

/** The rules of one domain, and whether its truststore or revocation lists have changed. */
export class Basis {
  readonly rules: GateRules
  #epoch = 0
  #store: Truststore | undefined = undefined
  #revocation: readonly unknown[] = []
  #from = 0
  #until = 0

  constructor(rules: GateRules) {
    this.rules = rules
  }

  /**
   * The truststore and the revocation lists in force now.
   *
   * @throws whatever the application's functions throw
   */
  look(now: number): Grounds {
    const store = currentStore(this.rules.truststore)
    const { revocation } = this.rules
    const check = typeof revocation === 'function' ? revocation() : revocation
    // A function that forgets to return must not switch the check off.
    const read = revocation === undefined ? undefined : requireRevocation(check, 'mutualTls: the result of revocation()')
    // A list never changes, but the array that holds it may.
    const parts: readonly unknown[] = read === undefined ? [] : Object.values(read).flat()
    const isSame = store === this.#store && isSameList(parts, this.#revocation) && now >= this.#from && now <= this.#until
    if (!isSame) {
      this.#epoch++
      this.#store = store
      this.#revocation = parts
      this.#from = now
      this.#until = read === undefined ? Infinity : Math.min(nextChange(read, now), now + renewAfter)
    }
    return { store, revocation: check, epoch: this.#epoch }
  }

  /**
   * Calls the listener when a source swaps its version. Plain truststores are compared at each look.
   *
   * @returns a function that removes the listener
   */
  onSwap(listener: () => void): () => void {
    const { truststore } = this.rules
    return truststore instanceof Source ? truststore.on('updated', listener) : () => undefined
  }
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i])
}

/** The next time at which the clock alone changes a verdict: a list becomes current or goes stale. */
function nextChange({ lists, maxAge }: RevocationRequest, now: number): number {
  let next = Infinity
  for (const { thisUpdateTime, nextUpdateTime = Infinity } of lists) {
    for (const time of [thisUpdateTime - 1, thisUpdateTime + maxAge, nextUpdateTime + 999]) {
      if (time >= now && time < next) next = time
    }
  }
  return next
}

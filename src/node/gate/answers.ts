import type { Decision } from './authorization.ts'
import type { ClientIdentity } from './identity.ts'

/** Remembered answers of `authorize`. */
export interface RememberedAuthorizations {
  /** How many are stored, expired ones included. */
  readonly size: number
  /** Forgets all answers. Pending ones will not be remembered either. */
  clear(): void
}

interface Answer {
  readonly decision: Decision
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly until: number
}

/** Remembers answers of `authorize` for a limited time and up to a limited number. The oldest are dropped first. */
export class Answers implements RememberedAuthorizations {
  readonly #ttlMs: number
  readonly #most: number
  readonly #answers = new Map<string, Answer>()
  #generation = 0

  constructor(ttlMs: number, most: number) {
    this.#ttlMs = ttlMs
    this.#most = most
  }

  get size(): number {
    return this.#answers.size
  }

  clear(): void {
    this.#generation++
    this.#answers.clear()
  }

  find(client: ClientIdentity, now: number): Decision | undefined {
    if (this.#ttlMs === 0) return undefined
    const answer = this.#answers.get(keyOf(client))
    // An answer from the future does not count: the clock went back.
    return answer !== undefined && now >= answer.from && now < answer.until ? answer.decision : undefined
  }

  /** Returns a function that stores the answer to a question asked now. Failures and timeouts are not stored. */
  asked(client: ClientIdentity, now: number): (decision: Decision) => void {
    const generation = this.#generation
    return (decision) => {
      const isAnswer = decision.ok || decision.code === 'not_authorized'
      if (!isAnswer || this.#ttlMs === 0 || generation !== this.#generation) return
      const key = keyOf(client)
      // Reinsert, so that the oldest come first.
      this.#answers.delete(key)
      this.#answers.set(key, { decision, from: now, until: now + this.#ttlMs })
      for (const oldest of this.#answers.keys()) {
        if (this.#answers.size <= this.#most) break
        this.#answers.delete(oldest)
      }
    }
  }
}

/** Includes the server name: it selects the domain, and `authorize` may treat names below a wildcard differently. */
function keyOf({ certificate, truststoreVersion, serverName = '' }: ClientIdentity): string {
  return `${certificate.fingerprint} ${truststoreVersion} ${serverName}`
}

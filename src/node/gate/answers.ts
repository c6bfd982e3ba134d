import type { Decision } from './consent.ts'
import type { ClientIdentity } from './identity.ts'

/** Answers of `authorize` that are remembered; made by `mutualTls`. */
export interface RememberedAuthorizations {
  /** How many there are, those that no longer count included. */
  readonly size: number
  /** Forgets all of them, and answers that are waited for at this moment are not remembered. */
  clear(): void
}

interface Answer {
  readonly decision: Decision
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly until: number
}

/** What `authorize` answered, for a time; at most so many answers, the oldest are forgotten first. */
export class Answers implements RememberedAuthorizations {
  private readonly ttlMs: number
  private readonly most: number
  private readonly answers = new Map<string, Answer>()
  private generation = 0

  constructor(ttlMs: number, most: number) {
    this.ttlMs = ttlMs
    this.most = most
  }

  get size(): number {
    return this.answers.size
  }

  clear(): void {
    this.generation++
    this.answers.clear()
  }

  find(client: ClientIdentity, now: number): Decision | undefined {
    if (this.ttlMs === 0) return undefined
    const answer = this.answers.get(keyOf(client))
    // A clock that went back makes it doubtful, too.
    return answer !== undefined && now >= answer.from && now < answer.until ? answer.decision : undefined
  }

  /** What remembers the answer to a question that is asked now. That there was none is not remembered. */
  asked(client: ClientIdentity, now: number): (decision: Decision) => void {
    const { generation } = this
    return (decision) => {
      const isAnswer = decision.ok || decision.code === 'not_authorized'
      if (!isAnswer || this.ttlMs === 0 || generation !== this.generation) return
      const key = keyOf(client)
      // The newest stands last.
      this.answers.delete(key)
      this.answers.set(key, { decision, from: now, until: now + this.ttlMs })
      for (const oldest of this.answers.keys()) {
        if (this.answers.size <= this.most) break
        this.answers.delete(oldest)
      }
    }
  }
}

/** The name that the client asked for chooses the domain, and under a wildcard it may mean more. */
function keyOf({ certificate, truststoreVersion, serverName = '' }: ClientIdentity): string {
  return `${certificate.fingerprint} ${truststoreVersion} ${serverName}`
}

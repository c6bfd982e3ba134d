import { type RevocationClause, revocationClauses } from './revocation.ts'
import type { Check, Judgement } from './specification.ts'

/** A clause that never fails without the other one, which is judged later on the same path. */
const impliedBy: Readonly<Record<string, string>> = { '6.1.5 (g)': '6.1.3 (f)' }

/**
 * Clauses that no path of listed certificates alone can fail, because `buildTruststore` leaves such certificates out
 * (`constraintsAreUsable` in policy-clauses.ts). They still count for anchors that break another clause as well.
 */
const leftOutAtBuild: ReadonlySet<string> = new Set(['RFC 5937: 6.1.4 (n)'])

/** Sides on which a clause never decides, and why. */
const oneSided: ReadonlySet<string> = new Set([
  // Such names are always rejected where constraints have their form.
  '6.1.3 (b): registeredId',
  '6.1.3 (c): registeredId',
  // A version 1 certificate has no extensions, so it lacks others that are required.
  'conformance: BR 7.1.1',
])

/** How often each clause decided, over many calls: what shows that a run exercised all of them. */
export class ClauseTable {
  readonly #rows = new Map<string, { accepted: number; refused: number }>(
    revocationClauses.map((clause) => [clause, { accepted: 0, refused: 0 }]),
  )

  /** Counts a call that both judged alike. */
  add({ accepted, refused }: Judgement, deciding: readonly RevocationClause[]): void {
    const isAccepted = accepted.length > 0
    for (const clause of deciding) this.#row(clause)[isAccepted ? 'accepted' : 'refused']++
    const applied = accepted.flatMap(({ checks }) => checks.filter(({ applies }) => applies))
    for (const clause of new Set(applied.map(({ clause }) => clause))) this.#row(clause).accepted++
    if (isAccepted) return
    // Without this clause alone, some path would have been accepted.
    const alone = refused.map(({ failures }) => causesOf(failures)).filter((causes) => causes.length === 1)
    for (const clause of new Set(alone.flat())) this.#row(clause).refused++
  }

  /** Adds what another process counted. */
  merge(rows: readonly ClauseRow[]): void {
    for (const [clause, accepted, refused] of rows) {
      const row = this.#row(clause)
      row.accepted += accepted
      row.refused += refused
    }
  }

  rows(): readonly ClauseRow[] {
    return [...this.#rows]
      .map(([clause, { accepted, refused }]): ClauseRow => [clause, accepted, refused])
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  }

  /** Clauses that did not decide on both sides, although they can. */
  idle(): readonly string[] {
    const found = this.rows().filter(([, accepted, refused]) => accepted === 0 || refused === 0)
    return found.map(([clause]) => clause).filter((clause) => !leftOutAtBuild.has(clause) && !oneSided.has(clause))
  }

  #row(clause: string): { accepted: number; refused: number } {
    const row = this.#rows.get(clause) ?? { accepted: 0, refused: 0 }
    this.#rows.set(clause, row)
    return row
  }
}

function causesOf(failures: readonly Check[]): readonly string[] {
  const clauses = new Set(failures.map(({ clause }) => clause))
  return [...clauses].filter((clause) => !clauses.has(impliedBy[clause] ?? ''))
}

/** A clause, the calls accepted in which it had something to judge, and the calls refused because of nothing else. */
export type ClauseRow = readonly [clause: string, accepted: number, refused: number]

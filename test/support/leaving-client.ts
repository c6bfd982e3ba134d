import { expect } from 'vitest'
import { buildTruststore, type RevocationCheck } from '../../src/index.ts'
import { eventually } from './eventually.ts'
import { authority, elsewhere, issuing } from './gate.ts'
import { mint } from './mint.ts'
import type { Kept } from './open-connections.ts'
import { listOf } from './revocable.ts'

/** Two clients of an open gate: trust in `leaving` will end, trust in `staying` will not. */

export const hour = 3_600_000
export const day = 24 * hour
export const fromNow = (ms: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 + ms)

export const both = buildTruststore([authority.pem, issuing.pem, elsewhere.pem])
export const leaving = mint({ subject: 'CN=leaving', notBefore: fromNow(-hour), notAfter: fromNow(30 * day) }, issuing)
export const staying = mint({ subject: 'CN=staying' }, elsewhere)

/** A list of every CA; `spec` is for the one that may revoke `leaving`. */
export function lists(spec: Parameters<typeof listOf>[0] = {}): RevocationCheck['lists'] {
  return [listOf(spec, issuing), listOf({}, authority), listOf({}, elsewhere)]
}

/** Expects that no connection has ended and that unfinished responses continue. */
export async function stillRuns(all: readonly Kept[]): Promise<void> {
  const before = all.map((kept) => kept.text())
  const goesOn = (kept: Kept, i: number): boolean => !before[i]!.includes('tick') || kept.text().length > before[i]!.length
  await eventually(() => all.every(goesOn))
  expect(all.filter((kept) => kept.isOver()).map(({ kind }) => kind)).toEqual([])
}

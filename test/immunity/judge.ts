import {
  buildTruststore,
  type Policy,
  type Truststore,
  TruststoreError,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'
import type { Minted } from '../support/mint.ts'
import { millisecondsOf } from '../support/refusal.ts'

/** The verdict on a chain, leaf first: `accepted`, or the code and the index of the certificate at fault. */
export function judge(store: Truststore, chain: readonly Minted[], options: VerifyOptions = {}): string {
  const verdict = verifyChain(
    store,
    chain.map(({ der }) => der),
    options,
  )
  return verdict.ok ? 'accepted' : `${verdict.code} ${verdict.index}`
}

/** The codes for which a truststore of only these certificates is rejected; empty if it can be built. */
export function buildErrors(policy: Policy, ...certificates: readonly Minted[]): readonly string[] {
  try {
    buildTruststore(
      certificates.map(({ der }) => der),
      { policy },
    )
    return []
  } catch (error) {
    if (error instanceof TruststoreError) return error.findings.map(({ code }) => code)
    throw error
  }
}

/** Milliseconds that hostile input may take here, where the machine may be busy; bench/hostile.ts requires 50. */
export const atOnce = 250

/**
 * The fastest of up to three runs in milliseconds, because a busy machine is not the input's fault. Stops at the first run
 * that is fast enough.
 */
export function fastestOf(action: () => unknown): number {
  let fastest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3 && fastest > atOnce; i++) {
    fastest = Math.min(fastest, millisecondsOf(action))
  }
  return fastest
}

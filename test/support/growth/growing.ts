import { buildTruststore, type Policy, profiles, type Truststore, type VerifyOptions, verifyChain } from '../../../src/index.ts'
import type { Minted } from '../mint.ts'

/** Input of one size, and what it is given to. */
export interface Sized {
  /** Bytes of an unknown client that are read. */
  readonly bytes: number
  /** Prepares the call, unmeasured, and returns it. The call returns its result in a word. */
  readonly setUp: () => () => string
}

/** Input that is the same at every size. */
export interface Growing {
  readonly name: string
  /** At the given number of bytes, more or less. */
  readonly at: (size: number) => Sized
}

/** Bytes of the inputs, each about twice the one before; certificates have up to 64 KB. */
export const sizes: readonly number[] = [12_000, 24_000, 48_000]

/** Peers may send intermediates. Issuers need not conform to RFC 5280 section 4. */
export const presented: Policy = { ...profiles.rfc5280, conformance: 'practical' }

export interface Judging {
  readonly policy?: Policy
  readonly options?: VerifyOptions
}

/** A chain before a truststore that has never seen it. */
export function judged(
  trusted: readonly Minted[],
  chain: readonly Minted[],
  { policy = presented, options = {} }: Judging = {},
): Sized {
  const ders = chain.map(({ der }) => der)
  return {
    bytes: ders.reduce((sum, der) => sum + der.length, 0),
    setUp() {
      const store = storeOf(trusted, policy)
      return () => {
        const verdict = verifyChain(store, ders, options)
        return verdict.ok ? 'accepted' : `${verdict.code}${verdict.message.length > 2000 ? ' at length' : ''}`
      }
    },
  }
}

export function storeOf(trusted: readonly Minted[], policy: Policy): Truststore {
  return buildTruststore(
    trusted.map(({ der }) => der),
    { policy },
  )
}

/** Bytes that another function reads. */
export function read(bytes: Uint8Array, call: (bytes: Uint8Array) => unknown): Sized {
  return {
    bytes: bytes.length,
    setUp: () => () => {
      const result = call(bytes)
      return typeof result === 'string' ? `${result.length} characters` : typeof result
    },
  }
}

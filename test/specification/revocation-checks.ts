import { checksRevocation } from './list-model.ts'
import type { Call, Certificate, Path } from './model.ts'
import { type Reading, readingsOf } from './readings.ts'
import { type Inquiry, isAcceptable_unknown, type RevocationClause, revocationClauses, statuses_6_1_3_a_3 } from './revocation.ts'
import { type Check, checksOf, type Judgement, wholePath } from './specification.ts'

/** 6.3 among the other checks of a path, and which of its clauses a verdict depends on. */

/** Clauses that the path of a CRL signer is not asked for: it has no user, and is no leaf of a handshake. */
const notOfSigners: readonly string[] = ['6.1.3 (f)', '6.1.4 (a)', '6.1.5 (g)', 'RFC 5937: 6.1.4 (a)']

/** What conformance requires of the leaf. */
function isOfLeaf(clause: string, index: number): boolean {
  return index === 0 && clause.startsWith('conformance')
}

/**
 * 6.3.3 (f): the valid paths of a CRL signer, for any purpose. How long a path may be is judged with the signer, and a listed
 * signer is no anchor of its own: its issuer must be known.
 */
function signerPaths_6_3_3_f(call: Call, signer: Certificate): readonly Path[] {
  const { serverName: _host, policies: _policies, presented, ...rest } = call
  const asked: Call = {
    ...rest,
    presented: [signer, ...presented.slice(1)],
    purpose: 'any',
    keyPurpose: 'any',
    ...(call.revocation && { revocation: { ...call.revocation, depth: 'chain' } }),
    policy: { ...call.policy, requireEku: false, maxChainLength: Number.POSITIVE_INFINITY },
  }
  return readingsOf(asked)
    .filter(({ path, isComplete }) => isComplete && path.length > 1)
    .filter((reading) =>
      checksOf(asked, reading).every(
        ({ clause, holds, index }) => holds || notOfSigners.includes(clause) || isOfLeaf(clause, index),
      ),
    )
    .map(({ path }) => path)
}

export function inquiryOf(call: Call): Inquiry | undefined {
  if (!checksRevocation(call)) return undefined
  // Every list and every path asks for them, so they are found once.
  const known = new Map<Certificate, readonly Path[]>()
  return {
    call,
    signerPaths(signer) {
      const paths = known.get(signer) ?? signerPaths_6_3_3_f(call, signer)
      known.set(signer, paths)
      return paths
    },
  }
}

/** The checks of a path, with 6.1.3 (a)(3) if it is complete and fails no other one: lists are asked last. */
export function withRevocation(
  inquiry: Inquiry | undefined,
  { path, isComplete }: Reading,
  checks: readonly Check[],
): readonly Check[] {
  if (inquiry === undefined || !isComplete || checks.some(({ holds }) => !holds)) return checks
  const statuses = statuses_6_1_3_a_3(inquiry, path)
  return [
    ...checks,
    ...statuses.flatMap((status, index): readonly Check[] => [
      {
        clause: revoked,
        holds: status !== 'revoked',
        applies: true,
        index,
        stage: wholePath + 1,
        codes: ['revoked'],
      },
      {
        clause: unknown,
        holds: status === 'revoked' || isAcceptable_unknown(inquiry, status),
        applies: true,
        index,
        stage: wholePath + 2,
        codes: ['revocation_unknown'],
      },
    ]),
  ]
}

const revoked = '6.1.3 (a)(3): revoked'
const unknown = '6.1.3 (a)(3): unknown'

/** The clauses of 6.3 without which the verdict of the call would be the other one. */
export function decidingClauses(call: Call, { accepted, refused }: Judgement): readonly RevocationClause[] {
  const paths = [
    ...accepted,
    ...refused.filter(({ failures }) => failures.every(({ clause }) => [revoked, unknown].includes(clause))),
  ]
  if (call.revocation === undefined || paths.length === 0) return []
  const isAccepted = accepted.length > 0
  const asked: NonNullable<Inquiry['asked']> = new Set()
  const own = inquiryOf(call)!
  const accepts = (inquiry: Inquiry): boolean =>
    paths.some(({ path }) => statuses_6_1_3_a_3(inquiry, path).every((status) => isAcceptable_unknown(inquiry, status)))
  accepts({ ...own, asked })
  // Where a clause was never broken, to take it as met changes nothing, and the other way round.
  return revocationClauses.filter((clause) =>
    [true, false].some(
      (holds) => asked.has(`${clause}: ${!holds}`) && accepts({ ...own, assumed: { clause, holds } }) !== isAccepted,
    ),
  )
}

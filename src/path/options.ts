import { elements, type NoFields, readFields, refuseInherited, unknownField } from '../policy/fields.ts'
import type { Policy, Purpose } from '../policy/policy.ts'
import { requireTime } from '../policy/time.ts'
import { anyPolicy, type PolicyKey, policyKey } from '../x509/policies.ts'
import type { RevocationList, RevocationListView } from '../x509/revocation-list.ts'
import type { Terms } from './check.ts'
import type { PolicyRequest } from './policy-graph.ts'
import { type Judging, judgingOf, type RevocationRequest } from './revocation.ts'

/** What `verifyChain` is to check, and when. */
export interface VerifyOptions {
  /** The time to judge at: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default: the policy's. */
  readonly purpose?: Purpose
  /** DNS name (A-labels) or IP literal that the leaf must be for; without it no name is checked. */
  readonly serverName?: string
  /** Absent: revocation is not checked. */
  readonly revocation?: RevocationCheck
  /** Absent: any policy will do, and the verdict does not tell which are valid. */
  readonly certificatePolicies?: PolicyInputs
}

/**
 * Revocation by CRL (RFC 5280 6.3). Anchors are not checked, and a certificate that the truststore lists itself, a pinned
 * leaf, is one: take it out of the truststore to revoke it. The signer of a list needs cRLSign if it has a keyUsage, even an anchor.
 */
export interface RevocationCheck {
  /** Made by `parseRevocationList`; of any issuers, in any order. */
  readonly lists: readonly RevocationList[]
  /** `leaf`: the leaf alone; `chain` (default): every certificate below the anchor. */
  readonly depth?: 'leaf' | 'chain'
  /** When no list covers a certificate. Default `refuse`. A list that names it always refuses it, whatever it covers. */
  readonly unknown?: 'refuse' | 'allow'
  /** A list past its nextUpdate, or without one. Default `refuse`: it clears no certificate, but refuses those that it names. */
  readonly expired?: 'refuse' | 'allow'
  /**
   * Days since thisUpdate after which a list clears no certificate, whatever its nextUpdate and `expired` say. A list without
   * nextUpdate counts until then. Default: no limit.
   */
  readonly maxAgeDays?: number
}

/** The inputs (c) and (e) to (g) of RFC 5280 6.1.1. */
export interface PolicyInputs {
  /** Dotted OIDs of acceptable policies. Default anyPolicy, `2.5.29.32.0`. */
  readonly initialPolicies?: readonly string[]
  /** The path must be valid for one of them. Default false. */
  readonly requireExplicitPolicy?: boolean
  readonly inhibitPolicyMapping?: boolean
  readonly inhibitAnyPolicy?: boolean
}

/** What to judge by: the policy, and the options with their defaults. */
export interface Request extends Terms {
  readonly serverName: string | undefined
  readonly revocation: RevocationRequest | undefined
  readonly policies: PolicyRequest
  /** The verdict is to tell which policies are valid. */
  readonly wantsPolicies: boolean
}

/** The fields that options of `verifyChain` may have, none of them set; then those of its revocation and policies. */
export const noVerifyOptions: NoFields<VerifyOptions> = {
  at: undefined,
  purpose: undefined,
  serverName: undefined,
  revocation: undefined,
  certificatePolicies: undefined,
}

const noRevocation: NoFields<RevocationCheck> = {
  lists: undefined,
  depth: undefined,
  unknown: undefined,
  expired: undefined,
  maxAgeDays: undefined,
}

const noPolicies: NoFields<PolicyInputs> = {
  initialPolicies: undefined,
  requireExplicitPolicy: undefined,
  inhibitPolicyMapping: undefined,
  inhibitAnyPolicy: undefined,
}

/**
 * Checks the options of `verifyChain`. An option that is not known is refused, since a misspelt one would be ignored.
 *
 * @throws TypeError naming the option
 */
export function readOptions(options: VerifyOptions | undefined, policy: Policy): Request {
  let at: Date | number | undefined
  let purpose: Purpose = policy.purpose
  let serverName: string | undefined
  let revocation: RevocationCheck | undefined
  let certificatePolicies: PolicyInputs | undefined
  if (options !== undefined) {
    if (typeof options !== 'object' || options === null) throw new TypeError('verifyChain: options must be an object')
    // What `readFields` does, without a copy of the object: that cost a tenth of a returning client's call.
    for (const field in options) {
      if (!hasOwn.call(options, field)) continue
      switch (field) {
        case 'at':
          at = options.at
          break
        case 'purpose':
          if (options.purpose !== undefined) purpose = options.purpose
          break
        case 'serverName':
          serverName = options.serverName
          break
        case 'revocation':
          revocation = options.revocation
          break
        case 'certificatePolicies':
          certificatePolicies = options.certificatePolicies
          break
        default:
          throw unknownField('verifyChain: options', field)
      }
    }
    refuseInherited('verifyChain: options', options, noVerifyOptions)
  }
  requireChoice('purpose', purpose, ['client', 'server', 'any'])
  const check = revocation === undefined ? undefined : readRevocation(revocation)
  if (serverName !== undefined && typeof serverName !== 'string') fail('serverName must be a string')
  return {
    policy,
    at: requireTime(at, 'verifyChain: options.at'),
    purpose,
    serverName,
    revocation: check,
    listsFor: check === undefined || check.lists.length === 0 ? 'none' : check.depth,
    policies: certificatePolicies === undefined ? anyPolicies : readPolicies(certificatePolicies),
    wantsPolicies: certificatePolicies !== undefined,
  }
}

const anyPolicies: PolicyRequest = /* @__PURE__ */ (() => ({
  initialPolicies: new Set([anyPolicy]),
  requireExplicitPolicy: false,
  inhibitPolicyMapping: false,
  inhibitAnyPolicy: false,
}))()

const hasOwn = Object.prototype.hasOwnProperty

const day = 86_400_000

function readRevocation(revocation: RevocationCheck): RevocationRequest {
  const given = readFields<RevocationCheck>('verifyChain: options.revocation', revocation, noRevocation)
  const { lists, depth = 'chain', unknown = 'refuse', expired = 'refuse', maxAgeDays } = given
  requireChoice('revocation.depth', depth, ['leaf', 'chain'])
  requireChoice('revocation.unknown', unknown, ['refuse', 'allow'])
  requireChoice('revocation.expired', expired, ['refuse', 'allow'])
  if (!Array.isArray(lists)) fail('revocation.lists must be an array')
  const views: RevocationListView[] = []
  let judging: Judging | undefined
  for (const [i, list] of elements(lists).entries()) {
    judging = judgingOf(list) ?? fail(`revocation.lists[${i}] must be the value of parseRevocationList`)
    views.push(list as RevocationListView)
  }
  if (maxAgeDays !== undefined && !(typeof maxAgeDays === 'number' && maxAgeDays >= 0))
    fail('revocation.maxAgeDays must be a number')
  const maxAge = maxAgeDays === undefined ? Number.POSITIVE_INFINITY : maxAgeDays * day
  return { lists: views, judging, depth, unknown, expired, maxAge }
}

function readPolicies(inputs: PolicyInputs): PolicyRequest {
  const given = readFields<PolicyInputs>('verifyChain: options.certificatePolicies', inputs, noPolicies)
  const { initialPolicies } = given
  if (initialPolicies !== undefined && !Array.isArray(initialPolicies))
    fail('certificatePolicies.initialPolicies must be an array')
  const keys =
    initialPolicies &&
    elements(initialPolicies).map((policy): PolicyKey => {
      const key = typeof policy === 'string' ? policyKey(policy) : undefined
      return key ?? fail(`certificatePolicies.initialPolicies has ${String(policy)}, which is not a dotted OID`)
    })
  const flag = (field: 'requireExplicitPolicy' | 'inhibitPolicyMapping' | 'inhibitAnyPolicy'): boolean => {
    const value = given[field] ?? false
    return typeof value === 'boolean' ? value : fail(`certificatePolicies.${field} must be a boolean`)
  }
  return {
    initialPolicies: keys === undefined ? anyPolicies.initialPolicies : new Set(keys),
    requireExplicitPolicy: flag('requireExplicitPolicy'),
    inhibitPolicyMapping: flag('inhibitPolicyMapping'),
    inhibitAnyPolicy: flag('inhibitAnyPolicy'),
  }
}

function requireChoice(field: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) fail(`${field} must be one of ${choices.join(', ')}, got ${String(value)}`)
}

function fail(problem: string): never {
  throw new TypeError(`verifyChain: options.${problem}`)
}

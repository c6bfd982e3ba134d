import { elements, hasOwn, type NoFields, readFields, refuseForeign, requireTime } from '../policy/fields.ts'
import type { Policy, Purpose } from '../policy/policy.ts'
import { anyPolicy, type PolicyKey, policyKey } from '../x509/policies.ts'
import type { RevocationList } from '../x509/revocation-list.ts'
import type { PathParameters } from './check.ts'
import type { PolicyRequest } from './policy-graph.ts'
import { type JudgedList, type Judging, judging, type RevocationRequest } from './revocation/check.ts'

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
export interface VerifyParameters extends PathParameters {
  readonly serverName: string | undefined
  readonly revocation: RevocationRequest | undefined
  readonly policies: PolicyRequest
  /** The verdict is to tell which policies are valid. */
  readonly wantsPolicies: boolean
}

/** What the options are called in errors. */
const verifying = 'verifyChain: options'
const revocationOption = 'verifyChain: options.revocation'
const policiesOption = 'verifyChain: options.certificatePolicies'

/** The fields that options of `verifyChain` may have, none of them set; then those of its revocation and policies. */
export const noVerifyOptions: NoFields<VerifyOptions> = {
  at: undefined,
  purpose: undefined,
  serverName: undefined,
  revocation: undefined,
  certificatePolicies: undefined,
}
const verifyOptionNames = /* @__PURE__ */ Object.keys(noVerifyOptions)

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
export function readOptions(options: VerifyOptions | undefined, policy: Policy): VerifyParameters {
  let at: Date | number | undefined
  let purpose: Purpose | undefined
  let serverName: string | undefined
  let revocation: RevocationCheck | undefined
  let certificatePolicies: PolicyInputs | undefined
  if (options !== undefined) {
    if (typeof options !== 'object' || options === null) throw new TypeError(`${verifying} must be an object`)
    // What `readFields` does, without a copy of the object: that cost a tenth of a returning client's call.
    refuseForeign(verifying, options, verifyOptionNames)
    if (hasOwn.call(options, 'at')) at = options.at
    if (hasOwn.call(options, 'purpose')) purpose = options.purpose
    if (hasOwn.call(options, 'serverName')) serverName = options.serverName
    if (hasOwn.call(options, 'revocation')) revocation = options.revocation
    if (hasOwn.call(options, 'certificatePolicies')) certificatePolicies = options.certificatePolicies
  }
  if (purpose === undefined) purpose = policy.purpose
  else requireChoice(verifying, 'purpose', purpose, purposes)
  const check = revocation === undefined ? undefined : readRevocation(revocation, revocationOption)
  if (serverName !== undefined && typeof serverName !== 'string') fail(`${verifying}.serverName must be a string`)
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

const purposes: readonly Purpose[] = ['client', 'server', 'any']

const day = 86_400_000

/**
 * Checks how revocation is to be checked.
 *
 * @param what what it is called in errors
 * @throws TypeError naming the option
 */
export function readRevocation(revocation: unknown, what: string): RevocationRequest {
  const given = readFields<RevocationCheck>(what, revocation, noRevocation)
  const { lists, depth = 'chain', unknown = 'refuse', expired = 'refuse', maxAgeDays } = given
  requireChoice(what, 'depth', depth, ['leaf', 'chain'])
  requireChoice(what, 'unknown', unknown, ['refuse', 'allow'])
  requireChoice(what, 'expired', expired, ['refuse', 'allow'])
  if (!Array.isArray(lists)) fail(`${what}.lists must be an array`)
  const judged = elements(lists) as readonly (Partial<JudgedList> | null | undefined)[]
  let judge: Judging | undefined
  for (const [i, list] of judged.entries())
    judge = list?.[judging] ?? fail(`${what}.lists[${i}] must be the value of parseRevocationList`)
  if (maxAgeDays !== undefined && !(typeof maxAgeDays === 'number' && maxAgeDays >= 0))
    fail(`${what}.maxAgeDays must be a number`)
  const maxAge = maxAgeDays === undefined ? Number.POSITIVE_INFINITY : maxAgeDays * day
  return { lists: judged as readonly JudgedList[], judging: judge, depth, unknown, expired, maxAge }
}

function readPolicies(inputs: PolicyInputs): PolicyRequest {
  const given = readFields<PolicyInputs>(policiesOption, inputs, noPolicies)
  const { initialPolicies } = given
  if (initialPolicies !== undefined && !Array.isArray(initialPolicies)) fail(`${policiesOption}.initialPolicies must be an array`)
  const keys =
    initialPolicies &&
    elements(initialPolicies).map((policy): PolicyKey => {
      const key = typeof policy === 'string' ? policyKey(policy) : undefined
      return key ?? fail(`${policiesOption}.initialPolicies has ${String(policy)}, which is not a dotted OID`)
    })
  const flag = (field: 'requireExplicitPolicy' | 'inhibitPolicyMapping' | 'inhibitAnyPolicy'): boolean => {
    const value = given[field]
    if (value === undefined) return false
    return typeof value === 'boolean' ? value : fail(`${policiesOption}.${field} must be a boolean`)
  }
  return {
    initialPolicies: keys === undefined ? anyPolicies.initialPolicies : new Set(keys),
    requireExplicitPolicy: flag('requireExplicitPolicy'),
    inhibitPolicyMapping: flag('inhibitPolicyMapping'),
    inhibitAnyPolicy: flag('inhibitAnyPolicy'),
  }
}

function requireChoice(what: string, field: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) fail(`${what}.${field} must be one of ${choices.join(', ')}, got ${String(value)}`)
}

function fail(problem: string): never {
  throw new TypeError(problem)
}

import { elements, hasOwn, type NoFields, readFields, refuseForeign, requireTime } from '../policy/fields.ts'
import type { Policy, Purpose } from '../policy/policy.ts'
import { type PurposeTransition, readTransition } from '../policy/purpose.ts'
import { anyPolicy, type PolicyKey, policyKey } from '../x509/policies.ts'
import type { RevocationList } from '../x509/revocation-list.ts'
import type { PathParameters } from './certificate-checks.ts'
import type { PolicyRequest } from './policy-graph.ts'
import { type JudgedList, type Judging, judging, type RevocationRequest } from './revocation/revocation-check.ts'

/** The options of `verifyChain`: their types, defaults and validation. */

/** Options of `verifyChain`. */
export interface VerifyOptions {
  /** The time of verification: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default: `purpose` of the truststore's policy. A transition also accepts, until a date, clients with serverAuth only. */
  readonly purpose?: Purpose | PurposeTransition
  /** A DNS name (A-labels) or IP address that the leaf must be valid for. If absent, no name is checked. */
  readonly serverName?: string
  /** If absent, revocation is not checked. */
  readonly revocation?: RevocationCheck
  /** If absent, every policy is acceptable and the verdict lists no policies. */
  readonly certificatePolicies?: PolicyInputs
}

/**
 * Revocation by CRL (RFC 5280 6.3). Anchors are not checked. A pinned leaf is an anchor: remove it from the truststore to revoke
 * it. A critical cRLDistributionPoints requires that the revocation of its certificate is checked (4.2.1.13). If the signer of a
 * list has a keyUsage, it must include cRLSign. That applies to anchors too.
 */
export interface RevocationCheck {
  /** From `parseRevocationList`. Any issuers, in any order. */
  readonly lists: readonly RevocationList[]
  /** `leaf`: check only the leaf; `chain` (default): check every certificate below the anchor. */
  readonly depth?: 'leaf' | 'chain'
  /**
   * What to do if no list covers a certificate. Default `refuse`. A certificate that a list names is always rejected, whatever
   * the list's scope.
   */
  readonly unknown?: 'refuse' | 'allow'
  /**
   * Whether lists past their nextUpdate, or without one, clear certificates. Default `refuse`: they clear none. Certificates
   * that such lists name are rejected either way.
   */
  readonly expired?: 'refuse' | 'allow'
  /**
   * Days since thisUpdate after which a list clears no certificate, whatever nextUpdate and `expired` say. Until then, a list
   * without nextUpdate counts. Default: no limit.
   */
  readonly maxAgeDays?: number
}

/** The inputs (c) and (e) to (g) of RFC 5280 6.1.1. */
export interface PolicyInputs {
  /** Dotted OIDs of acceptable policies. Default anyPolicy, `2.5.29.32.0`. */
  readonly initialPolicies?: readonly string[]
  /** Whether the path must be valid for at least one of `initialPolicies`. Default false. */
  readonly requireExplicitPolicy?: boolean
  readonly inhibitPolicyMapping?: boolean
  readonly inhibitAnyPolicy?: boolean
}

/** The policy and the options of a call, with defaults applied. */
export interface VerifyParameters extends PathParameters {
  readonly serverName: string | undefined
  readonly revocation: RevocationRequest | undefined
  readonly policies: PolicyRequest
  /** Whether the verdict lists the valid policies. */
  readonly wantsPolicies: boolean
  /** If `purpose` is a transition, when it ends, in milliseconds since the epoch. */
  readonly transitionEnd: number | undefined
}

/** How error messages name the options. */
const verifying = 'verifyChain: options'
const revocationOption = 'verifyChain: options.revocation'
const policiesOption = 'verifyChain: options.certificatePolicies'

/** All fields of the options of `verifyChain`, unset. The two objects below do the same for its nested options. */
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
 * Validates the options of `verifyChain`. Unknown options throw, because a misspelt option must not be ignored.
 *
 * @throws TypeError naming the option
 */
export function readOptions(options: VerifyOptions | undefined, policy: Policy): VerifyParameters {
  let at: Date | number | undefined
  let purpose: Purpose | PurposeTransition | undefined
  let transitionEnd: number | undefined
  let serverName: string | undefined
  let revocation: RevocationCheck | undefined
  let certificatePolicies: PolicyInputs | undefined
  if (options !== undefined) {
    if (typeof options !== 'object' || options === null) throw new TypeError(`${verifying} must be an object`)
    // Like `readFields`, but without copying the object. The copy would take a tenth of the time of a returning client's call.
    refuseForeign(verifying, options, verifyOptionNames)
    if (hasOwn.call(options, 'at')) at = options.at
    if (hasOwn.call(options, 'purpose')) purpose = options.purpose
    if (hasOwn.call(options, 'serverName')) serverName = options.serverName
    if (hasOwn.call(options, 'revocation')) revocation = options.revocation
    if (hasOwn.call(options, 'certificatePolicies')) certificatePolicies = options.certificatePolicies
  }
  if (purpose === undefined) purpose = policy.purpose
  else if (typeof purpose === 'object') {
    transitionEnd = readTransition(purpose, 'verifyChain: options.purpose')
    purpose = 'client'
  } else requireChoice(verifying, 'purpose', purpose, purposes)
  const check = revocation === undefined ? undefined : readRevocation(revocation, revocationOption)
  if (serverName !== undefined && typeof serverName !== 'string') fail(`${verifying}.serverName must be a string`)
  return {
    policy,
    at: requireTime(at, 'verifyChain: options.at'),
    purpose,
    keyPurpose: purpose,
    serverName,
    revocation: check,
    listsFor: check === undefined || check.lists.length === 0 ? 'none' : check.depth,
    policies: certificatePolicies === undefined ? anyPolicies : readPolicies(certificatePolicies),
    wantsPolicies: certificatePolicies !== undefined,
    transitionEnd,
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
 * Validates the revocation options.
 *
 * @param label the name of the options in errors
 * @throws TypeError naming the option
 */
export function readRevocation(revocation: unknown, label: string): RevocationRequest {
  const given = readFields<RevocationCheck>(label, revocation, noRevocation)
  const { lists, depth = 'chain', unknown = 'refuse', expired = 'refuse', maxAgeDays } = given
  requireChoice(label, 'depth', depth, ['leaf', 'chain'])
  requireChoice(label, 'unknown', unknown, ['refuse', 'allow'])
  requireChoice(label, 'expired', expired, ['refuse', 'allow'])
  if (!Array.isArray(lists)) fail(`${label}.lists must be an array`)
  const judged = elements(lists) as readonly (Partial<JudgedList> | null | undefined)[]
  let judge: Judging | undefined
  for (const [i, list] of judged.entries())
    judge = list?.[judging] ?? fail(`${label}.lists[${i}] must be the value of parseRevocationList`)
  if (maxAgeDays !== undefined && !(typeof maxAgeDays === 'number' && maxAgeDays >= 0))
    fail(`${label}.maxAgeDays must be a number`)
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

function requireChoice(label: string, field: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) fail(`${label}.${field} must be one of ${choices.join(', ')}, got ${String(value)}`)
}

function fail(problem: string): never {
  throw new TypeError(problem)
}

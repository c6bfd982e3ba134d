import { type CurveName, curveNames } from '../crypto/curve/curves.ts'
import { elements, type NoFields, readFields } from './fields.ts'

/** Policies: what a path must satisfy, the built-in profiles, and validation of your own. */

/** Upper bounds on the work of one `verifyChain` call. A chain that exceeds one is rejected as `budget_exhausted`. */
export interface Budget {
  /** Signature verifications, in units of one on P-256. One on P-384 counts 2.6; RSA counts by size of modulus and exponent. */
  readonly signatures: number
  /** Possible issuers tried during path building. */
  readonly pathSteps: number
  /**
   * Comparisons of names: each name with each name constraint of its form, SANs with `serverName`, and distribution points with
   * revocation lists. Edges of the policy graph count too.
   */
  readonly nameComparisons: number
  /** Certificates that the peer sent, including the leaf. */
  readonly presentedCertificates: number
  /** Their total size in bytes. */
  readonly presentedBytes: number
}

/** What a path must satisfy. See `profiles` for the built-in policies. */
export interface Policy {
  /**
   * Which listed certificates are trust anchors. `roots`: self-signed ones; `every-ca`: other CAs too; `every-certificate`: all. A
   * listed leaf is pinned, so that it needs no issuer, if it is self-signed or if `trust` is `every-certificate`.
   */
  readonly trust: 'roots' | 'every-ca' | 'every-certificate'
  /** Where intermediates may come from: `truststore` only, or also certificates that the peer `presented`. */
  readonly intermediates: 'truststore' | 'presented'
  /** Maximum number of CA certificates above the leaf, including the anchor. */
  readonly maxChainLength: number
  /** Minimum bits of an RSA modulus, for leaves and CAs. */
  readonly minRsaBits: number
  /** Maximum bits of an RSA modulus, for leaves and CAs. */
  readonly maxRsaBits: number
  /** Accepted curves of EC keys, for leaves and CAs. */
  readonly curves: readonly CurveName[]
  /**
   * Accepted hashes of signatures and of PSS masks. The signature of a listed self-signed certificate may use any hash, because it
   * protects nothing.
   */
  readonly hashes: readonly ('sha256' | 'sha384' | 'sha512')[]
  /** Whether the leaf must have an extendedKeyUsage that includes the purpose. For purpose `any`, every value is accepted. */
  readonly requireEku: boolean
  /** Whether the anchor must be within its validity period. A pinned leaf always must. */
  readonly checkAnchorValidity: boolean
  /**
   * Whether the anchor's basicConstraints, path length, name constraints, key usage, EKU, policies, critical extensions and
   * conformance count (RFC 5937). If false, only its name and key count, and every anchor may issue certificates. Either way, a pinned
   * leaf is checked as a leaf, and a listed CA below another anchor as an intermediate.
   */
  readonly enforceAnchorConstraints: boolean
  /**
   * Whether a listed self-signed certificate of version 1 may issue certificates although it cannot have basicConstraints. It may
   * then issue any client certificate, and a client of version 1 that you list becomes a CA. Has no effect with
   * `trust: 'every-certificate'`, which lists clients, nor on certificates that a peer sends. Default false.
   */
  readonly version1Roots?: boolean
  /**
   * `practical`: the checks of RFC 5280 section 6, on certificates that may deviate from DER (docs/reference/deviations.md).
   * `strict`: no deviations, and also the requirements of section 4 on certificates and lists.
   * `web-pki`: like `strict`, with the CA/Browser Forum's rules where they differ.
   */
  readonly conformance: 'practical' | 'strict' | 'web-pki'
  /** The default of `purpose` in `verifyChain`. */
  readonly purpose: Purpose
  readonly budget: Budget
}

/** The role that the leaf is checked for: TLS client, TLS server, or any. */
export type Purpose = 'client' | 'server' | 'any'

/**
 * Real chains have up to 5 certificates and 10 KB. They need one signature check per link and, the first time, one per revocation
 * list (8 checks on P-384 count 21), and path building tries a handful of candidates. BetterTLS, the widest public test of path
 * building, presents 36 certificates. These bounds allow all of that and keep a hostile chain below 50 ms, as `bench/hostile.ts`
 * measures.
 */
const budget: Budget = {
  signatures: 32,
  pathSteps: 512,
  nameComparisons: 100_000,
  presentedCertificates: 48,
  presentedBytes: 131_072,
}

/** Fields that all built-in profiles share. */
const common = {
  curves: ['P-256', 'P-384'],
  hashes: ['sha256', 'sha384', 'sha512'],
  requireEku: false,
  enforceAnchorConstraints: true,
  version1Roots: false,
  budget,
} as const satisfies Partial<Policy>

const frozenCopies = /* @__PURE__ */ new WeakSet<object>()

/** Freezes a validated policy deeply, so that no truststore's policy can change. */
export function freezePolicy(policy: Policy): Policy {
  for (const part of [policy.curves, policy.hashes, policy.budget, policy]) Object.freeze(part)
  frozenCopies.add(policy)
  return policy
}

/** Whether {@link freezePolicy} made the policy. Others must be copied, even if frozen: their fields may be accessors. */
export function isFrozenCopy(policy: unknown): policy is Policy {
  return frozenCopies.has(policy as object)
}

/** The default policy. A separate constant, so that bundles without `profiles` contain only this policy. */
export const apiGateway: Policy = /* @__PURE__ */ freezePolicy({
  ...common,
  trust: 'roots',
  intermediates: 'truststore',
  maxChainLength: 4,
  minRsaBits: 2048,
  maxRsaBits: 8192,
  checkAnchorValidity: true,
  version1Roots: true,
  conformance: 'practical',
  purpose: 'client',
})

/**
 * The built-in policies. Derive your own: `{ ...profiles.apiGateway, maxChainLength: 6 }`.
 *
 * - `apiGateway` (default): what AWS API Gateway's mutual TLS accepts. All CAs up to a self-signed root are in the truststore, at
 *   most four CAs are above the client, and keys and hashes are at least RSA-2048 or P-256, and SHA-256.
 * - `rfc5280`: every listed CA is an anchor, peers may send intermediates, and RFC 5280 section 4 is enforced.
 * - `webServer`: for server certificates of public CAs. It also enforces the CA/Browser Forum's rules.
 *
 * @example
 * const policy = { ...profiles.apiGateway, requireEku: true }
 * buildTruststore(readFileSync('truststore.pem'), { policy })
 */
export const profiles: {
  readonly apiGateway: Policy
  readonly rfc5280: Policy
  readonly webServer: Policy
} = /* @__PURE__ */ Object.freeze({
  apiGateway,
  rfc5280: /* @__PURE__ */ freezePolicy({
    ...common,
    trust: 'every-ca',
    intermediates: 'presented',
    maxChainLength: 10,
    minRsaBits: 1024,
    maxRsaBits: 16384,
    checkAnchorValidity: false,
    conformance: 'strict',
    purpose: 'client',
  }),
  webServer: /* @__PURE__ */ freezePolicy({
    ...common,
    trust: 'every-ca',
    intermediates: 'presented',
    maxChainLength: 8,
    minRsaBits: 2048,
    maxRsaBits: 8192,
    checkAnchorValidity: true,
    conformance: 'web-pki',
    purpose: 'server',
  }),
})

const choices: Readonly<Partial<Record<keyof Policy, readonly unknown[]>>> = {
  trust: ['roots', 'every-ca', 'every-certificate'],
  intermediates: ['truststore', 'presented'],
  conformance: ['practical', 'strict', 'web-pki'],
  purpose: ['client', 'server', 'any'],
  requireEku: [true, false],
  checkAnchorValidity: [true, false],
  enforceAnchorConstraints: [true, false],
  version1Roots: [true, false],
}

const numbers = ['maxChainLength', 'minRsaBits', 'maxRsaBits'] as const
const lists = { curves: curveNames, hashes: ['sha256', 'sha384', 'sha512'] } as const

/** All fields of a policy and of its budget, unset. */
const noPolicy = /* @__PURE__ */ unset(apiGateway)
const noBudget = /* @__PURE__ */ unset(apiGateway.budget)

function unset<Options extends object>(options: Options): NoFields<Options> {
  return Object.fromEntries(Object.keys(options).map((field) => [field, undefined])) as NoFields<Options>
}

/**
 * Validates and copies a policy, and freezes the copy, so that later writes to the original change no truststore. Missing,
 * unknown and mistyped fields throw, because silently ignoring a setting could disable a check.
 *
 * @throws TypeError naming the field
 */
export function freezeCopy(policy: unknown): Policy {
  if (isFrozenCopy(policy)) return policy
  if (typeof policy !== 'object' || policy === null) throw new TypeError('policy must be an object, such as profiles.apiGateway')
  const given: Record<string, unknown> = { ...readFields<Policy>('policy', policy, noPolicy) }
  given['version1Roots'] ??= false
  for (const [field, allowed] of Object.entries(choices)) {
    if (!allowed.includes(given[field])) fail(field, `one of ${allowed.map(String).join(', ')}`, given[field])
  }
  for (const field of numbers) requireCount(`policy.${field}`, given[field])
  for (const [field, allowed] of Object.entries(lists)) {
    const list: unknown = given[field]
    const isKnown = (element: unknown): boolean => (allowed as readonly unknown[]).includes(element)
    given[field] = Array.isArray(list) ? elements(list) : undefined
    if (!(given[field] as readonly unknown[] | undefined)?.every(isKnown)) fail(field, `an array of ${allowed.join(', ')}`, list)
  }
  const budget = readFields<Budget>('policy.budget', given['budget'], noBudget)
  for (const [meter, value] of Object.entries(budget)) requireCount(`policy.budget.${meter}`, value)
  return freezePolicy({ ...given, budget } as Policy)
}

function requireCount(path: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new TypeError(`${path} must be a whole number, got ${String(value)}`)
}

function fail(field: string, expected: string, got: unknown): never {
  throw new TypeError(`policy.${field} must be ${expected}, got ${String(got)}`)
}

import { type CurveName, curveNames } from '../crypto/curve/curves.ts'
import { elements, type NoFields, readFields } from './fields.ts'

/** Upper bounds on the work of one `verifyChain` call. Exceeding one is `budget_exhausted`. */
export interface Budget {
  /** Signature verifications, in those of P-256: one of P-384 counts 2.6, one of RSA by the size of modulus and exponent. */
  readonly signatures: number
  /** Candidate issuers looked at while paths are built. */
  readonly pathSteps: number
  /**
   * Names times name constraints of their form, SANs compared with the wanted host name, distribution points compared with
   * revocation lists, and edges of the policy graph.
   */
  readonly nameComparisons: number
  /** Certificates that the peer sent, the leaf included. */
  readonly presentedCertificates: number
  /** Their size in bytes. */
  readonly presentedBytes: number
}

/** What a path must be like; see `profiles` for the three that are kept. */
export interface Policy {
  /**
   * Which listed certificates may end a path. `roots`: self-signed ones; `every-ca`: other CAs as well; `every-certificate`:
   * all. A listed leaf needs no issuer if it is self-signed, or with `every-certificate`: it is pinned.
   */
  readonly trust: 'roots' | 'every-ca' | 'every-certificate'
  /** Where intermediates may come from: the truststore alone, or also what the peer sent. */
  readonly intermediates: 'truststore' | 'presented'
  /** CA certificates above the leaf, the anchor included. */
  readonly maxChainLength: number
  /** Least bits of an RSA modulus, for leaves and CAs alike. */
  readonly minRsaBits: number
  /** Most bits of an RSA modulus. */
  readonly maxRsaBits: number
  /** Curves of EC keys, for leaves and CAs alike. */
  readonly curves: readonly CurveName[]
  /**
   * Hashes of signatures, in PSS of the mask as well. The signature of a listed self-signed certificate does not count, be it a
   * root or a pinned leaf: it protects nothing.
   */
  readonly hashes: readonly ('sha256' | 'sha384' | 'sha512')[]
  /** The leaf must have an extendedKeyUsage that lists the purpose; for purpose `any` it may list any. */
  readonly requireEku: boolean
  /** The anchor's own dates count; those of a pinned leaf always do. */
  readonly checkAnchorValidity: boolean
  /**
   * The anchor's basicConstraints, path length, name constraints, key usage, EKU, policies, critical extensions and
   * conformance count (RFC 5937). Without this an anchor is a name and a key, and every listed certificate that may end a path
   * may also issue. A pinned leaf is judged as a leaf either way.
   */
  readonly enforceAnchorConstraints: boolean
  /**
   * `practical`: what RFC 5280 section 6 checks; `strict`: also what section 4 demands of certificates and lists; `web-pki`:
   * the same, with CA/Browser Forum's rules where they differ.
   */
  readonly conformance: 'practical' | 'strict' | 'web-pki'
  /** What `verifyChain` takes when it is not told. */
  readonly purpose: Purpose
  readonly budget: Budget
}

/** What the leaf is presented for: a TLS client, a TLS server, or nothing in particular. */
export type Purpose = 'client' | 'server' | 'any'

/**
 * Real chains have up to 5 certificates and 10 KB, need as many signatures as they have links (and one more for each
 * revocation list, the first time: 8 on P-384 count 21), and try a handful of candidates. BetterTLS, the widest public test of path building,
 * presents 36 certificates. The bounds leave room for that and keep a hostile chain below 50 ms; `bench/hostile.ts`
 * measures it.
 */
const budget: Budget = {
  signatures: 32,
  pathSteps: 512,
  nameComparisons: 100_000,
  presentedCertificates: 48,
  presentedBytes: 131_072,
}

/** What all kept policies agree on. */
const common = {
  curves: ['P-256', 'P-384'],
  hashes: ['sha256', 'sha384', 'sha512'],
  requireEku: false,
  enforceAnchorConstraints: true,
  budget,
} as const satisfies Partial<Policy>

const frozenCopies = /* @__PURE__ */ new WeakSet<object>()

/** Freezes a checked policy and all its parts, so that nobody changes what a truststore judges by. */
export function freezePolicy(policy: Policy): Policy {
  for (const part of [policy.curves, policy.hashes, policy.budget, policy]) Object.freeze(part)
  frozenCopies.add(policy)
  return policy
}

/** Whether {@link freezePolicy} made it. Others are copied, frozen or not: their fields may be accessors. */
export function isFrozenCopy(policy: unknown): policy is Policy {
  return frozenCopies.has(policy as object)
}

/** The default, by itself: who takes no other has no other in a bundle. */
export const apiGateway: Policy = /* @__PURE__ */ freezePolicy({
  ...common,
  trust: 'roots',
  intermediates: 'truststore',
  maxChainLength: 4,
  minRsaBits: 2048,
  maxRsaBits: 8192,
  checkAnchorValidity: true,
  conformance: 'practical',
  purpose: 'client',
})

/**
 * The kept policies. Derive your own: `{ ...profiles.apiGateway, maxChainLength: 6 }`.
 *
 * - `apiGateway` (default): what AWS API Gateway's mutual TLS accepts. All CAs up to a self-signed root are in the
 *   truststore; at most four above the client; RSA-2048 or P-256 or stronger, SHA-256 or stronger.
 * - `rfc5280`: any listed CA is an anchor, peers may send intermediates, RFC 5280 section 4 is demanded.
 * - `webServer`: for server certificates of public CAs; CA/Browser Forum's rules as well.
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
}

const numbers = ['maxChainLength', 'minRsaBits', 'maxRsaBits'] as const
const lists = { curves: curveNames, hashes: ['sha256', 'sha384', 'sha512'] } as const

/** What a policy and its budget may have, nothing of it set. */
const noPolicy = /* @__PURE__ */ unset(apiGateway)
const noBudget = /* @__PURE__ */ unset(apiGateway.budget)

function unset<Options extends object>(options: Options): NoFields<Options> {
  return Object.fromEntries(Object.keys(options).map((field) => [field, undefined])) as NoFields<Options>
}

/**
 * A policy as it is now, checked and frozen: what its owner writes into it later changes no truststore. One with a missing,
 * unknown or mistyped field is refused, because a setting that is silently ignored is a hole.
 *
 * @throws TypeError naming the field
 */
export function freezeCopy(policy: unknown): Policy {
  if (isFrozenCopy(policy)) return policy
  if (typeof policy !== 'object' || policy === null) throw new TypeError('policy must be an object, such as profiles.apiGateway')
  const given: Record<string, unknown> = { ...readFields<Policy>('policy', policy, noPolicy) }
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

function fail(field: string, wanted: string, got: unknown): never {
  throw new TypeError(`policy.${field} must be ${wanted}, got ${String(got)}`)
}

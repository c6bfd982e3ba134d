import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import { anyPolicy, mappingsOf, type PolicyKey, policiesOf } from '../x509/policies.ts'
import type { PathRefusal } from './failure.ts'
import { memoize } from './memoize.ts'
import type { Meter } from './meter.ts'

/**
 * Certificate policies (RFC 5280 6.1), processed with the policy graph of RFC 9618. The graph has one node per policy and level.
 * The policy tree of RFC 5280 has one node per path, and mappings can make it grow exponentially.
 */

/** The inputs of RFC 5280 6.1.1 (c) and (e) to (g). */
export interface PolicyRequest {
  /** The user-initial-policy-set. If it includes anyPolicy, every policy is acceptable. */
  readonly initialPolicies: ReadonlySet<PolicyKey>
  readonly requireExplicitPolicy: boolean
  readonly inhibitPolicyMapping: boolean
  readonly inhibitAnyPolicy: boolean
}

/** The two outputs of RFC 9618 5.6. A set that includes anyPolicy stands for all policies. */
export interface PolicySets {
  readonly authorityConstrained: ReadonlySet<PolicyKey>
  readonly userConstrained: ReadonlySet<PolicyKey>
}

/** A policy on one level of the graph. anyPolicy is a node like any other. */
interface PolicyNode {
  /** Policies of the level above that lead to this one. */
  readonly parents: ReadonlySet<PolicyKey>
  /** Policies of the level below that continue this one: itself, or the policies it is mapped to. */
  expected: ReadonlySet<PolicyKey>
}

type Level = Map<PolicyKey, PolicyNode>

/** Reads the policy extensions of certificates. */
export interface PolicyReader {
  /** The asserted policies, or `undefined` without certificatePolicies. */
  readonly policies: (certificate: CertificateView) => ReadonlySet<PolicyKey> | undefined
  /** The subjectDomainPolicies by issuerDomainPolicy, or `undefined` without policyMappings. */
  readonly mappings: (ca: CertificateView) => ReadonlyMap<PolicyKey, ReadonlySet<PolicyKey>> | undefined
}

export function policyReader(): PolicyReader {
  return { policies: memoize(readPolicies), mappings: memoize(readMappings) }
}

function readPolicies({ extensions }: CertificateView): ReadonlySet<PolicyKey> | undefined {
  const value = extensions.value(ExtensionId.certificatePolicies)
  return value && policiesOf(value)
}

function readMappings({ extensions }: CertificateView): ReadonlyMap<PolicyKey, ReadonlySet<PolicyKey>> | undefined {
  const value = extensions.value(ExtensionId.policyMappings)
  if (value === undefined) return undefined
  const targets = new Map<PolicyKey, Set<PolicyKey>>()
  for (const [issuer, subject] of mappingsOf(value)) {
    const set = targets.get(issuer)
    if (set === undefined) targets.set(issuer, new Set([subject]))
    else set.add(subject)
  }
  return targets
}

/**
 * Processes a path, leaf first and anchor last. A pinned leaf is a path of one certificate. It is processed as a leaf, as if
 * below an anchor without policy extensions.
 *
 * @param enforceAnchor whether the policy extensions of the anchor count (RFC 5937)
 * @returns the valid policies, or why the path is rejected
 */
export function processPolicies(
  path: readonly CertificateView[],
  enforceAnchor: boolean,
  request: PolicyRequest,
  reader: PolicyReader,
  meter: Meter,
): PolicySets | PathRefusal {
  const graph = new PolicyGraph(Math.max(path.length - 1, 1), request, reader, meter)
  const anchor = path[path.length - 1]!
  const anchorProblem = enforceAnchor && path.length > 1 ? graph.startAtAnchor(anchor) : undefined
  if (anchorProblem !== undefined) return { code: 'policy_violation', index: path.length - 1, message: anchorProblem }
  for (let i = Math.max(path.length - 2, 0); i >= 0; i--) {
    const problem = graph.addCertificate(path[i]!, i === 0)
    if (meter.exhausted !== undefined) return meter.refusal(i)
    if (problem !== undefined) return { code: 'policy_violation', index: i, message: problem }
  }
  return graph.conclude()
}

class PolicyGraph {
  readonly #request: PolicyRequest
  readonly #reader: PolicyReader
  readonly #meter: Meter
  /** From the anchor down. Level 0 has only anyPolicy. An empty array is the NULL graph of RFC 9618. */
  #levels: Level[] = [new Map([[anyPolicy, { parents: new Set<PolicyKey>(), expected: new Set([anyPolicy]) }]])]
  #explicitPolicy: number
  #policyMapping: number
  #inhibitAny: number

  constructor(length: number, request: PolicyRequest, reader: PolicyReader, meter: Meter) {
    this.#request = request
    this.#reader = reader
    this.#meter = meter
    this.#explicitPolicy = request.requireExplicitPolicy ? 0 : length + 1
    this.#policyMapping = request.inhibitPolicyMapping ? 0 : length + 1
    this.#inhibitAny = request.inhibitAnyPolicy ? 0 : length + 1
  }

  /**
   * RFC 5937 3.2: the anchor's policies restrict the initial set, and its policy constraints apply from the start. Inhibiting
   * anyPolicy affects only the certificates below (RFC 5280 6.1.1 (g)), so an anchor with anyPolicy restricts nothing.
   */
  startAtAnchor(anchor: CertificateView): string | undefined {
    if (anchor.extensions.has(ExtensionId.certificatePolicies)) {
      this.#addLevel(anchor, true)
      const problem = this.#applyMappings(anchor)
      if (problem !== undefined) return problem
    }
    this.#applyConstraints(anchor)
    return undefined
  }

  /** RFC 5280 6.1.3 (d) to (f), then 6.1.4 or 6.1.5. */
  addCertificate(certificate: CertificateView, isLeaf: boolean): string | undefined {
    if (this.#levels.length > 0) this.#addLevel(certificate, this.#inhibitAny > 0 || (!isLeaf && certificate.isSelfIssued))
    if (this.#explicitPolicy === 0 && this.#levels.length === 0)
      return 'a certificate policy is required, but the path is valid for none'
    if (isLeaf) {
      if (this.#explicitPolicy > 0) this.#explicitPolicy--
      if (certificate.requireExplicitPolicy === 0) this.#explicitPolicy = 0
      return undefined
    }
    const problem = this.#applyMappings(certificate)
    if (problem !== undefined) return problem
    if (!certificate.isSelfIssued) {
      if (this.#explicitPolicy > 0) this.#explicitPolicy--
      if (this.#policyMapping > 0) this.#policyMapping--
      if (this.#inhibitAny > 0) this.#inhibitAny--
    }
    this.#applyConstraints(certificate)
    return undefined
  }

  /** RFC 9618 5.6. */
  conclude(): PolicySets | PathRefusal {
    const authorityConstrained = this.#authorityPolicies()
    const { initialPolicies } = this.#request
    let userConstrained = authorityConstrained
    if (!initialPolicies.has(anyPolicy)) {
      const all = authorityConstrained.has(anyPolicy)
      userConstrained = new Set([...initialPolicies].filter((policy) => all || authorityConstrained.has(policy)))
    }
    if (this.#explicitPolicy === 0 && userConstrained.size === 0) {
      return { code: 'policy_violation', index: 0, message: 'the path is valid for none of the required certificate policies' }
    }
    return { authorityConstrained, userConstrained }
  }

  /**
   * RFC 9618 5.3: adds a level with the policies that the level above expects and the certificate asserts.
   *
   * @param allowsAny whether anyPolicy in the certificate counts
   */
  #addLevel(certificate: CertificateView, allowsAny: boolean): void {
    const above = this.#levels[this.#levels.length - 1]!
    const policies = this.#reader.policies(certificate)
    if (policies === undefined) {
      this.#levels = []
      return
    }
    // By expected policy: the policies of the level above that lead to it.
    const leading = new Map<PolicyKey, Set<PolicyKey>>()
    for (const [policy, node] of above) {
      for (const expected of node.expected) {
        if (!this.#meter.names()) return
        const parents = leading.get(expected)
        if (parents === undefined) leading.set(expected, new Set([policy]))
        else parents.add(policy)
      }
    }
    const underAny = leading.has(anyPolicy)
    const level: Level = new Map()
    const add = (policy: PolicyKey, parents: ReadonlySet<PolicyKey>): void => {
      level.set(policy, { parents, expected: new Set([policy]) })
    }
    for (const policy of policies) {
      if (!this.#meter.names()) return
      if (policy === anyPolicy) continue
      const parents = leading.get(policy) ?? (underAny ? new Set([anyPolicy]) : undefined)
      if (parents !== undefined) add(policy, parents)
    }
    if (allowsAny && policies.has(anyPolicy)) {
      for (const [expected, parents] of leading) if (!level.has(expected)) add(expected, parents)
    }
    if (level.size === 0) this.#levels = []
    else this.#levels.push(level)
  }

  /** RFC 5280 6.1.4 (a) and (b) with RFC 9618 5.4. */
  #applyMappings(ca: CertificateView): string | undefined {
    const targets = this.#reader.mappings(ca)
    // Charged even if the graph is NULL, because all mappings are still checked for anyPolicy.
    if (targets === undefined || !this.#meter.names(targets.size)) return undefined
    for (const [issuer, subjects] of targets) {
      if (issuer === anyPolicy || subjects.has(anyPolicy)) return 'policyMappings maps anyPolicy'
    }
    const level = this.#levels.at(-1)
    if (level === undefined) return undefined
    for (const [issuer, subjects] of targets) {
      const node = level.get(issuer)
      if (this.#policyMapping === 0) level.delete(issuer)
      else if (node !== undefined) node.expected = subjects
      else if (level.has(anyPolicy)) level.set(issuer, { parents: new Set([anyPolicy]), expected: subjects })
    }
    if (level.size === 0) this.#levels = []
    return undefined
  }

  /** RFC 5280 6.1.4 (i) and (j). */
  #applyConstraints({ requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy }: CertificateView): void {
    if (requireExplicitPolicy !== undefined) this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy)
    if (inhibitPolicyMapping !== undefined) this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping)
    if (inhibitAnyPolicy !== undefined) this.#inhibitAny = Math.min(this.#inhibitAny, inhibitAnyPolicy)
  }

  /** The authority-constrained set of RFC 9618 5.6: ancestors of the lowest level that are direct children of an anyPolicy. */
  #authorityPolicies(): ReadonlySet<PolicyKey> {
    const found = new Set<PolicyKey>()
    const lowest = this.#levels.at(-1)
    if (lowest === undefined) return found
    let reached: ReadonlySet<PolicyKey> = new Set(lowest.keys())
    if (lowest.has(anyPolicy)) found.add(anyPolicy)
    for (let depth = this.#levels.length - 1; depth > 0; depth--) {
      const above = new Set<PolicyKey>()
      for (const policy of reached) {
        const { parents } = this.#levels[depth]!.get(policy)!
        if (policy !== anyPolicy && parents.has(anyPolicy)) found.add(policy)
        for (const parent of parents) if (parent !== anyPolicy && this.#meter.names()) above.add(parent)
      }
      reached = above
    }
    return found
  }
}

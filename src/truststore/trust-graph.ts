import { finish, type Steps } from '../bytes/steps.ts'
import type { VerifyingKey } from '../crypto/signatures.ts'
import type { Policy } from '../policy/policy.ts'
import type { BundleEntry } from '../rules/rule.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { VerificationCache } from './verification-cache.ts'

/** Listed certificates as a graph: nodes, their issuers, and the anchors. */

/** A certificate of a truststore, with its key (imported on first use) and its issuers. */
export class TrustNode implements BundleEntry {
  readonly certificate: CertificateView
  readonly index: number
  readonly line: number | undefined
  issuers: readonly TrustNode[] = []
  isSelfSigned = false
  falseIssuer: TrustNode | undefined = undefined
  hasBadSelfSignature = false
  readonly #cache: VerificationCache
  #importedKey: VerifyingKey | undefined | null = null
  #checks = 0

  constructor(certificate: CertificateView, index: number, line: number | undefined, cache: VerificationCache) {
    this.certificate = certificate
    this.index = index
    this.line = line
    this.#cache = cache
  }

  /** The imported key; `undefined` if the backend does not support it. */
  get key(): VerifyingKey | undefined {
    if (this.#importedKey === null) this.#importedKey = this.#cache.importKey(this.certificate)
    return this.#importedKey
  }

  /** Whether this key signed the certificate. Names and policies are not checked. */
  hasSigned(child: CertificateView): boolean {
    this.#checks++
    return this.key !== undefined && child.isSignedBy(this.key)
  }

  /** Releases a key that only checked its own certificate. In large bundles, few CAs ever see a client. */
  releaseIdleKey(): void {
    if (this.#checks >= 2) return
    this.#importedKey = null
    this.certificate.releaseCaches()
  }
}

/** How the key identifiers of a certificate and of a possible issuer compare. */
export type KeyIdMatch = 'same' | 'different' | 'unknown'

/** Compares the child's authority key identifier with the issuer's subject key identifier (RFC 5280 4.2.1.1). */
export function compareKeyIds(child: CertificateView, issuer: CertificateView): KeyIdMatch {
  const { authorityKeyIdentifier } = child
  const { subjectKeyIdentifier } = issuer
  if (authorityKeyIdentifier === undefined || subjectKeyIdentifier === undefined) return 'unknown'
  return authorityKeyIdentifier.equals(subjectKeyIdentifier) ? 'same' : 'different'
}

/** Which listed certificates a path may end at besides those that are self-signed. */
const anchors: Readonly<Record<Policy['trust'], (certificate: CertificateView) => boolean>> = {
  roots: () => false,
  'every-ca': ({ isCa }) => isCa,
  'every-certificate': () => true,
}

/**
 * Whether a path may end at a listed certificate. `Policy.trust` alone decides this. Whether the anchor's dates and constraints
 * count is decided by `checkAnchorValidity` and `enforceAnchorConstraints`, when the path is checked.
 */
export function isTrustAnchor({ certificate, isSelfSigned }: TrustNode, { trust }: Pick<Policy, 'trust'>): boolean {
  return isSelfSigned || anchors[trust](certificate)
}

/**
 * Whether a listed certificate may issue although it is of version 1, which cannot say that it is a CA; see
 * `Policy.version1Roots`.
 */
export function isVersion1Root(
  { certificate, isSelfSigned }: TrustNode,
  policy: Pick<Policy, 'trust' | 'version1Roots'>,
): boolean {
  return policy.version1Roots === true && policy.trust !== 'every-certificate' && isSelfSigned && certificate.version === 1
}

const none: readonly TrustNode[] = []

/** The graph of listed certificates and the signatures between them. Every query is linear in certificates and signatures. */
export class TrustGraph {
  readonly nodes: readonly TrustNode[]
  readonly policy: Pick<Policy, 'trust'>
  readonly #mayIssue: (node: TrustNode) => boolean
  #children: ReadonlyMap<TrustNode, readonly TrustNode[]> | undefined
  #depths: ReadonlyMap<TrustNode, number> | undefined

  /** @param mayIssue which certificates count as issuers; default all */
  constructor(nodes: readonly TrustNode[], policy: Pick<Policy, 'trust'>, mayIssue = (_: TrustNode): boolean => true) {
    this.nodes = nodes
    this.policy = policy
    this.#mayIssue = mayIssue
  }

  /** Collects the children of every certificate in steps. Otherwise the first query does so at once. */
  *collectChildren(): Steps<ReadonlyMap<TrustNode, readonly TrustNode[]>> {
    const children = new Map<TrustNode, TrustNode[]>()
    for (const node of this.nodes) {
      yield
      for (const issuer of node.issuers) {
        if (issuer === node || !this.#mayIssue(issuer)) continue
        const others = children.get(issuer)
        if (others === undefined) children.set(issuer, [node])
        else others.push(node)
      }
    }
    this.#children = children
    return children
  }

  /** Whether a path may end at it, as verification decides. */
  isAnchor(node: TrustNode): boolean {
    return isTrustAnchor(node, this.policy)
  }

  /** The certificates other than itself that signed this one. */
  issuersOf(node: TrustNode): readonly TrustNode[] {
    return node.issuers.filter((issuer) => issuer !== node && this.#mayIssue(issuer))
  }

  /** The certificates other than itself that this one signed. */
  childrenOf(node: TrustNode): readonly TrustNode[] {
    this.#children ??= finish(this.collectChildren())
    return this.#children.get(node) ?? none
  }

  /** Number of certificates from this one to the nearest anchor, both included; undefined if it reaches none. */
  depthOf(node: TrustNode): number | undefined {
    this.#depths ??= this.propagate(
      this.nodes.filter((each) => this.isAnchor(each)),
      () => 1,
      (depth) => depth + 1,
    )
    return this.#depths.get(node)
  }

  /**
   * Computes a value for every certificate below `tops`, breadth first. Each certificate gets its value when it is first reached.
   * The traversal does not enter a child for which `next` returns `undefined`.
   */
  propagate<Value>(
    tops: readonly TrustNode[],
    start: (top: TrustNode) => Value,
    next: (value: Value, child: TrustNode) => Value | undefined,
  ): ReadonlyMap<TrustNode, Value> {
    const values = new Map<TrustNode, Value>(tops.map((top) => [top, start(top)]))
    const queue = [...tops]
    for (let i = 0; i < queue.length; i++) {
      const value = values.get(queue[i]!)!
      for (const child of this.childrenOf(queue[i]!)) {
        if (values.has(child)) continue
        const reached = next(value, child)
        if (reached === undefined) continue
        values.set(child, reached)
        queue.push(child)
      }
    }
    return values
  }
}

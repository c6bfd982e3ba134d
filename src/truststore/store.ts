import { hexOf } from '../bytes/encoding.ts'
import { bytesEqual } from '../bytes/span.ts'
import { finish, type Steps } from '../bytes/steps.ts'
import { newHash } from '../crypto/digest.ts'
import type { VerifyingKey } from '../crypto/signatures.ts'
import type { Policy } from '../policy/policy.ts'
import { type Finding, inFull } from '../rules/rule.ts'
import type { Certificate, CertificateView } from '../x509/certificate.ts'
import { PartIndex, type SubjectIndex } from './lookup.ts'
import type { TrustNode } from './trust-graph.ts'
import type { VerificationCache } from './verification-cache.ts'

/** The certificates that are trusted, ready to judge peers by; made by `buildTruststore`, never changed. */
export interface Truststore {
  /** The usable certificates, in bundle order. */
  readonly certificates: readonly Certificate[]
  /** Why others are unusable, and what is doubtful. */
  readonly findings: readonly Finding[]
  /** The same in API Gateway's style: `<problem>: subject <DN>`. */
  readonly warnings: readonly string[]
  /** SHA-256 (hex) over the DER of the usable certificates in order: the identity of this version. */
  readonly fingerprint: string
  readonly policy: Policy
  /**
   * Prepares every CA key now instead of at its first handshakes: with the default backend, tables for as many as
   * `tableBudgetBytes` has room for, in bundle order, some 20 ms each.
   */
  warmUp(): void
}

/** The truststore itself. */
export class TruststoreView implements Truststore {
  readonly nodes: readonly TrustNode[]
  readonly subjects: SubjectIndex
  /** Listed certificates that cannot be used. The revocation lists that they signed still refuse whom they name. */
  readonly leftOut: SubjectIndex
  readonly findings: readonly Finding[]
  readonly policy: Policy
  readonly cache: VerificationCache
  #cachedKeyIds: PartIndex | undefined
  #cachedFingerprint: string | undefined

  constructor(
    nodes: readonly TrustNode[],
    subjects: SubjectIndex,
    leftOut: SubjectIndex,
    findings: readonly Finding[],
    policy: Policy,
    cache: VerificationCache,
  ) {
    this.nodes = nodes
    this.subjects = subjects
    this.leftOut = leftOut
    this.findings = findings
    this.policy = policy
    this.cache = cache
  }

  /** Made when a refusal is first explained. */
  get keyIds(): PartIndex {
    this.#cachedKeyIds ??= new PartIndex(this.nodes, 'subjectKeyIdentifier')
    return this.#cachedKeyIds
  }

  /** The node of a certificate of the same bytes. */
  nodeOf({ bytes, subjectName }: CertificateView): TrustNode | undefined {
    for (const node of this.subjects.findSpelled(subjectName)) {
      if (bytesEqual(bytes, node.certificate.bytes)) return node
    }
    return undefined
  }

  /** The key of a certificate, the store's own where it is listed; `undefined` for one that the backend refuses. */
  keyOf(certificate: CertificateView): VerifyingKey | undefined {
    const node = this.nodeOf(certificate)
    return node === undefined ? this.cache.importUntrusted(certificate) : node.key
  }

  get certificates(): readonly Certificate[] {
    return this.nodes.map((node) => node.certificate)
  }

  get warnings(): readonly string[] {
    return this.findings
      .filter((finding) => finding.severity !== 'info')
      .map((finding) => {
        const { message, subject } = inFull(finding)
        return subject === undefined ? `${message}` : `${message}: subject ${subject}`
      })
  }

  get fingerprint(): string {
    this.#cachedFingerprint ??= finish(this.hashing())
    return this.#cachedFingerprint
  }

  /** {@link fingerprint} in steps; remembers it. */
  *hashing(): Steps<string> {
    const hash = newHash('sha256')!
    for (const { certificate } of this.nodes) {
      yield
      hash.update(certificate.bytes)
    }
    this.#cachedFingerprint ??= hexOf(hash.digest())
    return this.#cachedFingerprint
  }

  warmUp(): void {
    for (const node of this.nodes) if (node.certificate.isCa) node.key?.warmUp?.()
  }
}

/** The store behind the public type; anything else is the caller's mistake. */
export function requireTruststore(value: unknown, what: string): TruststoreView {
  if (value instanceof TruststoreView) return value
  throw new TypeError(`${what} must be a Truststore made by buildTruststore`)
}

import { hexOf } from '../bytes/encoding.ts'
import { bytesEqual } from '../bytes/span.ts'
import { finish, type Steps } from '../bytes/steps.ts'
import { newHash } from '../crypto/digest.ts'
import type { VerifyingKey } from '../crypto/signatures.ts'
import type { Policy } from '../policy/policy.ts'
import { type Finding, inFull } from '../rules/rule.ts'
import type { Certificate, CertificateView } from '../x509/certificate.ts'
import { hasAmbiguousNames } from '../x509/loose-name.ts'
import { PartIndex, type SubjectIndex } from './lookup.ts'
import { isVersion1Root, type TrustNode } from './trust-graph.ts'
import type { VerificationCache } from './verification-cache.ts'

/** The built truststore: its public interface and the view that verification works with. */

/** An immutable set of trusted certificates, made by `buildTruststore`. */
export interface Truststore {
  /** The usable certificates, in bundle order. */
  readonly certificates: readonly Certificate[]
  /** Errors and warnings about the bundle. Certificates with an error were left out. */
  readonly findings: readonly Finding[]
  /** Errors and warnings as text in API Gateway's style: `<problem>: subject <DN>`. */
  readonly warnings: readonly string[]
  /** SHA-256 (hex) over the DER of the usable certificates in order. It identifies this version of the truststore. */
  readonly fingerprint: string
  readonly policy: Policy
  /**
   * Prepares the CA keys now and not at their first handshakes. The default backend computes tables in bundle order, about 20 ms
   * each, for as many keys as fit into `tableBudgetBytes`.
   */
  warmUp(): void
}

/** The implementation behind {@link Truststore}. */
export class TruststoreView implements Truststore {
  readonly nodes: readonly TrustNode[]
  readonly subjects: SubjectIndex
  /** Listed certificates that are unusable. Certificates on CRLs that they signed are still rejected. */
  readonly leftOut: SubjectIndex
  readonly findings: readonly Finding[]
  readonly policy: Policy
  readonly cache: VerificationCache
  #cachedKeyIds: PartIndex | undefined
  #cachedFingerprint: string | undefined
  #cachedAmbiguous: readonly CertificateView[] | undefined

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

  /** Created on first use, for messages. */
  get keyIds(): PartIndex {
    this.#cachedKeyIds ??= new PartIndex(this.nodes, 'subjectKeyIdentifier')
    return this.#cachedKeyIds
  }

  /** The node of a listed certificate, found by its bytes. */
  nodeOf({ bytes, subjectName }: CertificateView): TrustNode | undefined {
    for (const node of this.subjects.findSpelled(subjectName)) {
      if (bytesEqual(bytes, node.certificate.bytes)) return node
    }
    return undefined
  }

  /** All certificates, also those that the build left out. */
  get all(): readonly CertificateView[] {
    const leftOut = [...this.leftOut.groups()].flat()
    return [...this.nodes, ...leftOut].map(({ certificate }) => certificate)
  }

  /** Those whose names can be read in several ways. Nearly always none. */
  get ambiguous(): readonly CertificateView[] {
    this.#cachedAmbiguous ??= this.all.filter(hasAmbiguousNames)
    return this.#cachedAmbiguous
  }

  /** The imported key of a certificate, listed or not; `undefined` if the backend does not support it. */
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

  /** Computes {@link fingerprint} in steps and caches it. */
  *hashing(): Steps<string> {
    const hash = newHash('sha256')
    for (const { certificate } of this.nodes) {
      yield
      hash.update(certificate.bytes)
    }
    this.#cachedFingerprint ??= hexOf(hash.digest())
    return this.#cachedFingerprint
  }

  warmUp(): void {
    for (const node of this.nodes) if (node.certificate.isCa || isVersion1Root(node, this.policy)) node.key?.warmUp?.()
  }
}

/** @throws TypeError for anything that `buildTruststore` did not make */
export function requireTruststore(value: unknown, label: string): TruststoreView {
  if (value instanceof TruststoreView) return value
  throw new TypeError(`${label} must be a Truststore made by buildTruststore`)
}

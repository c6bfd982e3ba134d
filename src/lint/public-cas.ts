import { latin1Of } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { oidBytes } from '../der/oid.ts'
import { elements } from '../policy/fields.ts'
import { requireTruststore, type Truststore, type TruststoreView } from '../truststore/store.ts'
import type { TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import { policiesOf, policyText } from '../x509/policies.ts'
import type { LintGraph } from './graph.ts'

/** How public CAs and their certificates are recognised. */

/** The CA/Browser Forum's policies, such as 2.23.140.1.2.1 for domain validation. Public CAs must name one (BR 7.1.6.1). */
const forumPolicies = /* @__PURE__ */ latin1Of(/* @__PURE__ */ new Span(/* @__PURE__ */ oidBytes('2.23.140.1')))

/** SignedCertificateTimestampList (RFC 6962 3.3). */
const timestamps = /* @__PURE__ */ oidBytes('1.3.6.1.4.1.11129.2.4.2')

function forumPolicyOf({ extensions }: CertificateView): string | undefined {
  const value = extensions.value(ExtensionId.certificatePolicies)
  const found = value && [...policiesOf(value)].find((policy) => policy.startsWith(forumPolicies))
  return found && `certificatePolicies has ${policyText(found)} of the CA/Browser Forum`
}

function timestampsOf({ extensions }: CertificateView): string | undefined {
  const ids = Array.from({ length: extensions.length }, (_, i) => extensions.oidAt(i))
  return ids.some((id) => id.is(timestamps)) ? 'has signed certificate timestamps (SCTs)' : undefined
}

/** What shows that a public CA issued a leaf, in words. */
export function evidenceOf(leaf: CertificateView): string | undefined {
  return forumPolicyOf(leaf) ?? timestampsOf(leaf)
}

/** The roots of public CAs that the caller knows, as a truststore or as fingerprints. */
export class PublicRoots {
  readonly #store: TruststoreView | undefined
  readonly #fingerprints: ReadonlySet<string>

  /** @throws TypeError for anything but a truststore and an array of SHA-256 fingerprints in hexadecimal */
  constructor(roots: unknown, label: string) {
    this.#store = Array.isArray(roots) ? undefined : requireTruststore(roots as Truststore, label)
    const listed = Array.isArray(roots) ? elements(roots) : []
    this.#fingerprints = new Set(listed.map((text, i) => readFingerprint(text, `${label}[${i}]`)))
  }

  /** Whether it is one of the roots, or has the name and key of one. */
  has(certificate: CertificateView): boolean {
    const named = this.#store?.subjects.find(certificate.subjectName) ?? []
    return named.some((root) => root.certificate.hasKeyOf(certificate)) || this.#fingerprints.has(certificate.fingerprint)
  }

  /** A root that signed the certificate. */
  signerOf(certificate: CertificateView): CertificateView | undefined {
    return this.#store?.subjects.issuersOf(certificate).find((root) => root.hasSigned(certificate))?.certificate
  }
}

function readFingerprint(text: unknown, label: string): string {
  // Other tools write it in capitals, with colons.
  const hex = typeof text === 'string' ? text.replaceAll(':', '').toLowerCase() : ''
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new TypeError(`${label} must be a SHA-256 fingerprint in hexadecimal`)
  return hex
}

/** The listed CAs that are public, each with what shows it. */
export class PublicCas {
  readonly #reasons = new Map<TrustNode, string>()

  constructor(graph: LintGraph, roots: PublicRoots | undefined) {
    const add = (node: TrustNode, reason: string | undefined): boolean => {
      if (reason === undefined || !node.certificate.isCa || this.#reasons.has(node)) return false
      this.#reasons.set(node, reason)
      return true
    }
    if (roots !== undefined) this.#addBelow(graph, roots, add)
    // A CA that issues for the public is public, and so are the CAs above it.
    const above: TrustNode[] = []
    for (const node of graph.nodes) {
      const { certificate } = node
      const evidence = certificate.isCa ? forumPolicyOf(certificate) : evidenceOf(certificate)
      if (evidence === undefined) continue
      add(node, evidence)
      above.push(node)
    }
    for (let i = 0; i < above.length; i++) {
      const { subjectForMessage } = above[i]!.certificate
      for (const issuer of graph.issuersOf(above[i]!))
        if (add(issuer, `issued ${subjectForMessage}, which is of a public CA`)) above.push(issuer)
    }
  }

  /** What shows that a CA is public; undefined if nothing does. */
  reasonOf(node: TrustNode): string | undefined {
    return this.#reasons.get(node)
  }

  /** The public roots, and the CAs that they certified. */
  #addBelow(graph: LintGraph, roots: PublicRoots, add: (node: TrustNode, reason: string) => boolean): void {
    const below: TrustNode[] = []
    for (const node of graph.nodes) {
      const signer = roots.has(node.certificate) ? undefined : roots.signerOf(node.certificate)?.subjectForMessage
      const reason = signer === undefined ? 'is a root of a public CA' : `was issued by ${signer}, a root of a public CA`
      if ((signer !== undefined || roots.has(node.certificate)) && add(node, reason)) below.push(node)
    }
    for (let i = 0; i < below.length; i++) {
      const { subjectForMessage } = below[i]!.certificate
      for (const child of graph.childrenOf(below[i]!))
        if (add(child, `was issued by ${subjectForMessage}, a public CA`)) below.push(child)
    }
  }
}

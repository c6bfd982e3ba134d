import type { Refusal } from '../policy/strength.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'
import { refuseListSigner, type Terms } from './check.ts'
import type { Meter } from './meter.ts'
import { type NameReader, nameReader, refuseNames } from './name-constraints.ts'
import type { Request } from './options.ts'
import { type PolicyReader, type PolicySets, policyReader, processPolicies } from './policy-graph.ts'
import { revocationCheck } from './revocation.ts'
import { type PathCheck, Search } from './search.ts'

/** A refusal of a path, and which of its certificates is at fault. */
export type PathRefusal = Refusal & { readonly index: number }

/** What can only be judged of a path as a whole: name constraints, certificate policies and revocation. */
export class CompletePathCheck {
  /** Of the path accepted last. */
  policySets: PolicySets | undefined = undefined
  private readonly store: TruststoreView
  private readonly terms: Terms
  private readonly request: Request
  private readonly presented: readonly CertificateView[]
  private readonly meter: Meter
  private readonly names: NameReader = nameReader()
  private readonly policies: PolicyReader = policyReader()
  private readonly revocation: PathCheck | undefined

  constructor(store: TruststoreView, terms: Terms, request: Request, presented: readonly CertificateView[], meter: Meter) {
    this.store = store
    this.terms = terms
    this.request = request
    this.presented = presented
    this.meter = meter
    this.revocation =
      request.revocation &&
      revocationCheck({
        policy: terms.policy,
        at: terms.at,
        request: request.revocation,
        meter,
        backend: store.keyring.backend,
        keyOf: (certificate) => store.keyOf(certificate),
        namesakes: (list) => this.namesakes(list),
        pathOf: (signer) => this.pathOf(signer),
      })
  }

  refuse(path: readonly CertificateView[]): PathRefusal | undefined {
    return this.refuseNames(path) ?? this.refusePolicies(path) ?? this.revocation?.(path)
  }

  private refuseNames(path: readonly CertificateView[]): PathRefusal | undefined {
    return refuseNames(path, this.terms.policy.enforceAnchorConstraints, this.names, this.meter)
  }

  /** The graph is only made where it can matter, or is asked for. */
  private refusePolicies(path: readonly CertificateView[]): PathRefusal | undefined {
    const { wantsPolicies, policies } = this.request
    if (!wantsPolicies && !path.some(concernsPolicies)) return undefined
    const { enforceAnchorConstraints } = this.terms.policy
    const result = processPolicies(path, enforceAnchorConstraints, policies, this.policies, this.meter)
    if ('code' in result) return result
    this.policySets = wantsPolicies ? result : undefined
    return undefined
  }

  /** Certificates of the list's issuer, which may have signed it with a key of their own. */
  private namesakes(list: RevocationListView): readonly CertificateView[] {
    const { bytes, issuerStart, issuerEnd } = list
    const listed = this.store.subjects.find(bytes, issuerStart, issuerEnd).map((node) => node.certificate)
    return [...listed, ...this.presented.filter((certificate) => certificate.subjectIs(bytes, issuerStart, issuerEnd))]
  }

  private pathOf(signer: CertificateView): readonly CertificateView[] | undefined {
    if (refuseListSigner(signer, this.terms) !== undefined) return undefined
    const search = new Search(this.store, { ...this.terms, purpose: 'any' }, this.presented, this.meter, (path) =>
      this.refuseNames(path),
    )
    // Who certified it is the question, so that it is listed itself is no answer.
    return search.run(signer, false)
  }
}

/** Whether a certificate can make certificate policies matter although nobody asked for one. */
function concernsPolicies({ requireExplicitPolicy, extensions }: CertificateView): boolean {
  return requireExplicitPolicy >= 0 || extensions.has(ExtensionId.policyMappings)
}

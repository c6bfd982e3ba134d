import type { Refusal } from '../policy/strength.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'
import { refuseListSigner, type Terms } from './check.ts'
import type { Meter } from './meter.ts'
import { NameReader, refuseNames } from './name-constraints.ts'
import type { Request } from './options.ts'
import { type PolicyReader, type PolicySets, policyReader, processPolicies } from './policy-graph.ts'
import type { Presented } from './presented.ts'
import { type RevocationRequest, revocationCheck } from './revocation.ts'
import { type PathCheck, Search } from './search.ts'

/** A refusal of a path, and which of its certificates is at fault. */
export type PathRefusal = Refusal & { readonly index: number }

type RefusalOf = (path: readonly CertificateView[]) => PathRefusal | undefined

/** What can only be judged of a path as a whole: name constraints, certificate policies and revocation. */
export class CompletePathCheck implements PathCheck {
  /** Of the path accepted last. */
  policySets: PolicySets | undefined = undefined
  private readonly store: TruststoreView
  private readonly request: Request
  private readonly presented: Presented
  private readonly meter: Meter
  /** Made for the first path that has something to read. */
  private names: NameReader | undefined = undefined
  private namesOfSigners: NameReader | undefined = undefined
  private policies: PolicyReader | undefined = undefined
  private readonly revocation: RefusalOf | undefined

  constructor(store: TruststoreView, request: Request, presented: Presented, meter: Meter) {
    this.store = store
    this.request = request
    this.presented = presented
    this.meter = meter
    this.revocation = request.revocation && this.revocationOf(request.revocation)
  }

  private revocationOf(request: RevocationRequest): RefusalOf {
    const { policy, at } = this.request
    return revocationCheck({
      policy,
      at,
      request,
      meter: this.meter,
      backend: this.store.keyring.backend,
      keyOf: (certificate) => this.store.keyOf(certificate),
      namesakes: (list) => this.namesakes(list),
      findPath: (signer, takes) => this.findPath(signer, takes),
    })
  }

  refuse(path: readonly CertificateView[]): PathRefusal | undefined {
    return this.refuseNames(path, true) ?? this.refusePolicies(path) ?? this.revocation?.(path)
  }

  /** A client may be known by its common name; a server never is, nor is a certificate that signs revocation lists. */
  private refuseNames(path: readonly CertificateView[], isPeer = false): PathRefusal | undefined {
    if (!path.some(constrainsNames)) return undefined
    if (isPeer) this.names ??= new NameReader(this.request.purpose !== 'server')
    else this.namesOfSigners ??= new NameReader(false)
    const reader = (isPeer ? this.names : this.namesOfSigners)!
    return refuseNames(path, this.request.policy.enforceAnchorConstraints, reader, this.meter)
  }

  /** The graph is only made where it can matter, or is asked for. */
  private refusePolicies(path: readonly CertificateView[]): PathRefusal | undefined {
    const { policy, policies, wantsPolicies } = this.request
    if (!wantsPolicies && !path.some(concernsPolicies)) return undefined
    this.policies ??= policyReader()
    const result = processPolicies(path, policy.enforceAnchorConstraints, policies, this.policies, this.meter)
    if ('code' in result) return result
    this.policySets = wantsPolicies ? result : undefined
    return undefined
  }

  /** Certificates of the list's issuer, which may have signed it with a key of their own. */
  private namesakes(list: RevocationListView): readonly CertificateView[] {
    const listed = this.store.subjects.issuersOf(list).map((node) => node.certificate)
    return [...listed, ...this.presented.issuersOf(list)]
  }

  private findPath(signer: CertificateView, takes: (path: readonly CertificateView[]) => boolean): void {
    if (refuseListSigner(signer, this.request) !== undefined) return
    // A path that is longer than the policy allows is for the caller to judge: no bound may hide that a list names somebody.
    const policy = { ...this.request.policy, maxChainLength: Number.POSITIVE_INFINITY }
    const terms: Terms = { ...this.request, policy, purpose: 'any' }
    const search = new Search(this.store, terms, this.presented, this.meter, {
      refuse: (path) => this.refuseNames(path) ?? (takes(path) ? undefined : anotherPath),
    })
    // Who certified it is the question, so that it is listed itself is no answer.
    search.run(signer, false)
  }
}

/** Makes a search go on to the next path; nobody reads it. */
const anotherPath: PathRefusal = { code: 'revocation_unknown', index: 0, message: '' }

function constrainsNames({ extensions }: CertificateView): boolean {
  return extensions.has(ExtensionId.nameConstraints)
}

/** Whether a certificate can make certificate policies matter although nobody asked for one. */
function concernsPolicies({ requireExplicitPolicy, extensions }: CertificateView): boolean {
  return requireExplicitPolicy >= 0 || extensions.has(ExtensionId.policyMappings)
}

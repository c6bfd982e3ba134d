import type { TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import type { Call } from './call.ts'
import { refuseListSigner } from './check.ts'
import type { PathRefusal } from './failure.ts'
import { NameReader, refuseNames } from './names/name-constraints.ts'
import { type PolicyReader, type PolicySets, policyReader, processPolicies } from './policy-graph.ts'
import { type RevocationRequest, revocationCheck } from './revocation/check.ts'
import { type PathCheck, Search } from './search.ts'

type RefusalOf = (path: readonly CertificateView[]) => PathRefusal | undefined

/** What can only be judged of a path as a whole: name constraints, certificate policies and revocation. */
export class CompletePathCheck implements PathCheck {
  /** Of the path accepted last. */
  policySets: PolicySets | undefined = undefined
  readonly #call: Call
  /** Made for the first path that has something to read. */
  #names: NameReader | undefined
  #namesOfSigners: NameReader | undefined
  #policies: PolicyReader | undefined
  readonly #revocation: RefusalOf | undefined

  constructor(call: Call) {
    this.#call = call
    this.#revocation = call.request.revocation && this.#revocationOf(call.request.revocation)
  }

  #revocationOf(request: RevocationRequest): RefusalOf {
    const { store, request: terms, presented, meter } = this.#call
    return revocationCheck({
      policy: terms.policy,
      at: terms.at,
      request,
      meter,
      backend: store.cache.backend,
      keyOf: (certificate) => store.keyOf(certificate),
      namesakes: (list) => [...store.subjects.issuersOf(list).map(certificateOf), ...presented.issuersOf(list)],
      listedNamesakes: (list) => [...store.subjects.issuersOf(list), ...store.leftOut.issuersOf(list)].map(certificateOf),
      findPath: (signer, takes) => this.#findPath(signer, takes),
    })
  }

  refuse(path: readonly CertificateView[]): PathRefusal | undefined {
    return this.#refuseNames(path, true) ?? this.#refusePolicies(path) ?? this.#revocation?.(path)
  }

  /** A client may be known by its common name; a server never is, nor is a certificate that signs revocation lists. */
  #refuseNames(path: readonly CertificateView[], isPeer = false): PathRefusal | undefined {
    if (!path.some(constrainsNames)) return undefined
    if (isPeer) this.#names ??= new NameReader(this.#call.request.purpose !== 'server')
    else this.#namesOfSigners ??= new NameReader(false)
    const reader = (isPeer ? this.#names : this.#namesOfSigners)!
    return refuseNames(path, this.#call.request.policy.enforceAnchorConstraints, reader, this.#call.meter)
  }

  /** The graph is only made where it can matter, or is asked for. */
  #refusePolicies(path: readonly CertificateView[]): PathRefusal | undefined {
    const { policy, policies, wantsPolicies } = this.#call.request
    if (!wantsPolicies && !path.some(concernsPolicies)) return undefined
    this.#policies ??= policyReader()
    const result = processPolicies(path, policy.enforceAnchorConstraints, policies, this.#policies, this.#call.meter)
    if (isRefusal(result)) return result
    this.policySets = wantsPolicies ? result : undefined
    return undefined
  }

  #findPath(signer: CertificateView, takes: (path: readonly CertificateView[]) => boolean): void {
    const { request } = this.#call
    if (refuseListSigner(signer, request) !== undefined) return
    // The caller judges a path that is longer than the policy allows: no bound may hide that a list names a certificate.
    const policy = { ...request.policy, maxChainLength: Number.POSITIVE_INFINITY }
    const search = new Search(
      { ...this.#call, request: { ...request, policy, purpose: 'any' } },
      { refuse: (path) => this.#refuseNames(path) ?? (takes(path) ? undefined : anotherPath) },
    )
    // Who certified it is the question, so that it is listed itself is no answer.
    search.run(signer, false)
  }
}

/** Makes a search go on to the next path; nobody reads it. */
const anotherPath: PathRefusal = { code: 'revocation_unknown', index: 0, message: '' }

const certificateOf = ({ certificate }: TrustNode): CertificateView => certificate

function isRefusal(result: PolicySets | PathRefusal): result is PathRefusal {
  return Object.hasOwn(result, 'code')
}

function constrainsNames({ extensions }: CertificateView): boolean {
  return extensions.has(ExtensionId.nameConstraints)
}

/** Whether a certificate can make certificate policies matter although nobody asked for one. */
function concernsPolicies({ requireExplicitPolicy, extensions }: CertificateView): boolean {
  return requireExplicitPolicy !== undefined || extensions.has(ExtensionId.policyMappings)
}

import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'
import type { Call } from './call.ts'
import { refuseListSigner } from './check.ts'
import type { PathRefusal } from './failure.ts'
import { NameReader, refuseNames } from './name-constraints.ts'
import { type PolicyReader, type PolicySets, policyReader, processPolicies } from './policy-graph.ts'
import { type RevocationRequest, revocationCheck } from './revocation.ts'
import { type PathCheck, Search } from './search.ts'
import { SignatureChecks } from './signature-checks.ts'

type RefusalOf = (path: readonly CertificateView[]) => PathRefusal | undefined

/** What can only be judged of a path as a whole: name constraints, certificate policies and revocation. */
export class CompletePathCheck implements PathCheck {
  /** Of the path accepted last. */
  policySets: PolicySets | undefined = undefined
  readonly #call: Call
  /** Made for the first path that has something to read. */
  #names: NameReader | undefined = undefined
  #namesOfSigners: NameReader | undefined = undefined
  /** Shared by the searches for signers of lists, of whose failures nobody reads. */
  #signatures: SignatureChecks | undefined = undefined
  #policies: PolicyReader | undefined = undefined
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
      backend: store.keyring.backend,
      keyOf: (certificate) => store.keyOf(certificate),
      namesakes: (list) => [...this.#listedNamesakes(list), ...presented.issuersOf(list)],
      listedNamesakes: (list) => this.#listedNamesakes(list),
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

  /** Listed certificates of the list's issuer, which may have signed it with a key of their own. */
  #listedNamesakes(list: RevocationListView): readonly CertificateView[] {
    return this.#call.store.subjects.issuersOf(list).map((node) => node.certificate)
  }

  #findPath(signer: CertificateView, takes: (path: readonly CertificateView[]) => boolean): void {
    const { request } = this.#call
    if (refuseListSigner(signer, request) !== undefined) return
    // The caller judges a path that is longer than the policy allows: no bound may hide that a list names a certificate.
    const policy = { ...request.policy, maxChainLength: Number.POSITIVE_INFINITY }
    const search = new Search(
      { ...this.#call, request: { ...request, policy, purpose: 'any' } },
      { refuse: (path) => this.#refuseNames(path) ?? (takes(path) ? undefined : anotherPath) },
      (this.#signatures ??= new SignatureChecks(this.#call.store.keyring, this.#call.meter)),
    )
    // Who certified it is the question, so that it is listed itself is no answer.
    search.run(signer, false)
  }
}

/** Makes a search go on to the next path; nobody reads it. */
const anotherPath: PathRefusal = { code: 'revocation_unknown', index: 0, message: '' }

function isRefusal(result: PolicySets | PathRefusal): result is PathRefusal {
  return Object.hasOwn(result, 'code')
}

function constrainsNames({ extensions }: CertificateView): boolean {
  return extensions.has(ExtensionId.nameConstraints)
}

/** Whether a certificate can make certificate policies matter although nobody asked for one. */
function concernsPolicies({ requireExplicitPolicy, extensions }: CertificateView): boolean {
  return requireExplicitPolicy >= 0 || extensions.has(ExtensionId.policyMappings)
}

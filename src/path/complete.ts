import type { TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import { hasAmbiguousNames } from '../x509/loose-name.ts'
import type { Call } from './call.ts'
import { refuseListSigner, refusePinned } from './certificate-checks.ts'
import type { PathRefusal } from './failure.ts'
import { NameReader, refuseNames } from './names/name-constraints.ts'
import { type PolicyReader, type PolicySets, policyReader, processPolicies } from './policy-graph.ts'
import { type RevocationRequest, revocationCheck } from './revocation/revocation-check.ts'
import { type PathCheck, Search } from './search.ts'

type RefusalOf = (path: readonly CertificateView[]) => PathRefusal | undefined

/** Checks of a complete path: name constraints, certificate policies and revocation. */
export class CompletePathCheck implements PathCheck {
  /** Of the last accepted path. */
  policySets: PolicySets | undefined = undefined
  readonly #call: Call
  // Readers are created for the first path that needs them.
  #names: NameReader | undefined
  #namesOfSigners: NameReader | undefined
  #policies: PolicyReader | undefined
  readonly #revocation: RefusalOf | undefined

  constructor(call: Call) {
    this.#call = call
    this.#revocation = call.request.revocation && this.#revocationOf(call.request.revocation)
  }

  #revocationOf(request: RevocationRequest): RefusalOf {
    const { store, request: parameters, presented, meter } = this.#call
    return revocationCheck({
      policy: parameters.policy,
      at: parameters.at,
      request,
      meter,
      backend: store.cache.backend,
      keyOf: (certificate) => store.keyOf(certificate),
      signerCandidates: (list) => [...store.subjects.issuersOf(list).map(certificateOf), ...presented.issuersOf(list)],
      listedCandidates: (list) => [...store.subjects.issuersOf(list), ...store.leftOut.issuersOf(list)].map(certificateOf),
      similarCandidates: (list) => [...(hasAmbiguousNames(list) ? store.all : store.ambiguous), ...presented.all],
      findPath: (signer, accepts) => this.#findPath(signer, accepts),
    })
  }

  refuse(path: readonly CertificateView[]): PathRefusal | undefined {
    if (path.length === 1) {
      const refusal = refusePinned(path[0]!)
      if (refusal !== undefined) return { ...refusal, index: 0 }
    }
    return this.#refuseNames(path, true) ?? this.#refusePolicies(path) ?? this.#revocation?.(path)
  }

  /** Applications may identify a client by its common name, but never a server or a CRL signer. */
  #refuseNames(path: readonly CertificateView[], isPeer = false): PathRefusal | undefined {
    if (!path.some(constrainsNames)) return undefined
    if (isPeer) this.#names ??= new NameReader(this.#call.request.purpose !== 'server')
    else this.#namesOfSigners ??= new NameReader(false)
    const reader = (isPeer ? this.#names : this.#namesOfSigners)!
    return refuseNames(path, this.#call.request.policy.enforceAnchorConstraints, reader, this.#call.meter)
  }

  /** Builds the policy graph only if it can change the verdict or the caller asked for policies. */
  #refusePolicies(path: readonly CertificateView[]): PathRefusal | undefined {
    const { policy, policies, wantsPolicies } = this.#call.request
    if (!wantsPolicies && !path.some(concernsPolicies)) return undefined
    // If only a CA requires a policy, unreadable certificatePolicies count as absent: the path is then valid for no policy.
    if (wantsPolicies) {
      const counted = policy.enforceAnchorConstraints ? path : path.slice(0, Math.max(path.length - 1, 1))
      const index = counted.findIndex(({ extensions }) => extensions.isIgnored(ExtensionId.certificatePolicies))
      const message = 'policies are asked for, but certificatePolicies cannot be read'
      if (index >= 0) return { code: 'policy_violation', index, message }
    }
    this.#policies ??= policyReader()
    const result = processPolicies(path, policy.enforceAnchorConstraints, policies, this.#policies, this.#call.meter)
    if (isRefusal(result)) return result
    this.policySets = wantsPolicies ? result : undefined
    return undefined
  }

  #findPath(signer: CertificateView, accepts: (path: readonly CertificateView[]) => boolean): void {
    const { request } = this.#call
    if (refuseListSigner(signer, request) !== undefined) return
    // No length limit here: a long path must not hide that a list revokes a certificate. The caller checks the length.
    const policy = { ...request.policy, maxChainLength: Number.POSITIVE_INFINITY }
    const search = new Search(
      // On the path of a signer, the revocation of every certificate is checked, whatever the depth.
      { ...this.#call, request: { ...request, policy, purpose: 'any', keyPurpose: 'any', listsFor: 'chain' } },
      { refuse: (path) => this.#refuseNames(path) ?? (accepts(path) ? undefined : tryNextPath) },
    )
    // The caller needs the CAs that certified the signer, so a listed signer must not end its own path.
    search.run(signer, false)
  }
}

/** Makes the search continue with the next path. Never reported. */
export const tryNextPath: PathRefusal = { code: 'revocation_unknown', index: 0, message: '' }

const certificateOf = ({ certificate }: TrustNode): CertificateView => certificate

function isRefusal(result: PolicySets | PathRefusal): result is PathRefusal {
  return Object.hasOwn(result, 'code')
}

function constrainsNames({ extensions }: CertificateView): boolean {
  return extensions.has(ExtensionId.nameConstraints)
}

/** Whether a certificate can make the path fail for its policies even if the caller requires none. */
function concernsPolicies({ requireExplicitPolicy, extensions }: CertificateView): boolean {
  return requireExplicitPolicy !== undefined || extensions.has(ExtensionId.policyMappings)
}

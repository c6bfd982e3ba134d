import type { CertificateView } from '../../x509/certificate.ts'
import * as KeyUsageBit from '../../x509/ids/key-usage-bit.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import type { RevocationContext } from './revocation-check.ts'
import { maySayName } from './scope.ts'

/**
 * Finds the signer of a list and checks whether it may sign lists about a certificate (RFC 5280 6.3.3 (f)). The signer is the
 * certificate's CA, or a certificate whose subject is the list's issuer and that has a valid, unrevoked path to the same anchor.
 * For its lists to clear certificates, that CA or a CA above it must also have certified the signer.
 */

/**
 * A CRL signer's own revocation status may depend on a list with another signer, and so on, up to this depth. Deeper lists clear
 * no certificate, but certificates that they name are rejected.
 */
const maxDepth = 2

/** The signer of a list. */
export interface ListSigner {
  readonly certificate: CertificateView
  /** Why the list clears no certificate. Certificates that it names are rejected all the same. */
  readonly limitation: string | undefined
}

export class ListSigners {
  readonly #context: RevocationContext

  constructor(context: RevocationContext) {
    this.#context = context
  }

  /**
   * The signer of a list, for the certificate at `index` of a path; `undefined` if no permitted signer signed it. Several
   * certificates may have the name of the list's issuer. All of them are tried; if the budget does not suffice, the chain is
   * rejected.
   */
  find(list: RevocationListView, path: readonly CertificateView[], index: number, depth: number): ListSigner | undefined {
    const issuer = path[index + 1]!
    let limited: ListSigner | undefined
    if (list.issuerKey === issuer.subjectKey && this.hasSigned(list, issuer)) {
      if (allowsLists(issuer)) return { certificate: issuer, limitation: undefined }
      limited = { certificate: issuer, limitation: 'the keyUsage of its CA does not include cRLSign' }
    }
    for (const signer of this.#inOrder(this.#context.signerCandidates(list), list)) {
      if (this.#cachedResult(list, signer) === false) continue
      const found = this.#checkCandidate(signer, list, path, index, depth)
      if (found !== undefined && found.limitation === undefined) return found
      limited ??= found
    }
    return limited ?? this.#listedSigner(list) ?? this.#similarSigner(list, path)
  }

  /**
   * A truststore certificate that signed the list, whatever its faults and paths. The operator lists it under the name of the
   * list's issuer, so a peer must not escape its revocations by its choice of path.
   */
  #listedSigner(list: RevocationListView): ListSigner | undefined {
    const signer = this.#inOrder(this.#context.listedCandidates(list), list).find((listed) => this.hasSigned(list, listed))
    return signer && { certificate: signer, limitation: 'its signer is listed, but may not sign it for this path' }
  }

  /**
   * A certificate whose subject may be the issuer of the list, although their bytes differ. Whatever its paths are, the list only
   * rejects by it.
   */
  #similarSigner(list: RevocationListView, path: readonly CertificateView[]): ListSigner | undefined {
    const similar = (signer: CertificateView): boolean => maySayName(signer, list, [signer.subjectName], [list.issuerName])
    const signer = [...path, ...this.#context.similarCandidates(list)].find(
      (candidate) => similar(candidate) && this.hasSigned(list, candidate),
    )
    return signer && { certificate: signer, limitation: 'the name of its issuer can be read in several ways' }
  }

  /** Whether the key of this certificate signed the list. Each list caches its results. */
  hasSigned(list: RevocationListView, signer: CertificateView): boolean {
    const known = this.#cachedResult(list, signer)
    if (known !== undefined) return known
    if (!this.#context.meter.signature(signer.keyParts)) return false
    const key = this.#context.keyOf(signer)
    const signed = key !== undefined && list.isSignedBy(key)
    list.rememberSignature(signer, this.#context.backend, signed)
    return signed
  }

  /** Checks a candidate other than the CA itself. */
  #checkCandidate(
    signer: CertificateView,
    list: RevocationListView,
    path: readonly CertificateView[],
    index: number,
    depth: number,
  ): ListSigner | undefined {
    const anchor = path[path.length - 1]!
    const permitted: ListSigner = { certificate: signer, limitation: undefined }
    if (isSameAuthority(signer, anchor)) return allowsLists(anchor) && this.hasSigned(list, anchor) ? permitted : undefined
    if (!maySignForCa(signer)) return undefined
    const casAbove = path.slice(index + 1)
    let found: ListSigner | undefined
    const limit = (limitation: string): boolean => {
      found = { certificate: signer, limitation }
      return false
    }
    // Peers may present many certificates with that name. Hash the list only for those with a valid path.
    this.#context.findPath(signer, (signerPath) => {
      if (!isSameAuthority(signerPath[signerPath.length - 1]!, anchor)) return false
      // These two results are the same on every path, so returning true ends the search.
      if (!this.hasSigned(list, signer)) return true
      if (depth >= maxDepth) return !limit(`more than ${maxDepth} CRL signers depend on each other's lists`)
      // A signer whose status depends on its own list runs into maxDepth, so it cannot clear itself.
      const refusal = this.#context.refuseBelow(signerPath, depth + 1)
      if (refusal !== undefined) return refusal.code !== 'revoked' && limit('the revocation status of its signer is unknown')
      if (signerPath.length - 1 > this.#context.policy.maxChainLength)
        return limit('the path of its signer is longer than the policy allows')
      if (this.#context.policy.conformance !== 'practical' && signer.deviations.length > 0)
        return limit('its signer deviates from DER or from the syntax of RFC 5280')
      if (!isCertifiedBy(casAbove, signerPath, list)) return limit('neither the CA nor a CA above it certified its signer')
      found = permitted
      return true
    })
    return found
  }

  /** Certificates with the list's authority key identifier first. */
  #inOrder(signers: readonly CertificateView[], list: RevocationListView): readonly CertificateView[] {
    return inOrderOfLikelihood(signers, (signer) => list.hasAuthorityKeyOf(signer))
  }

  /** Whether the key signed the list, if that was checked before. */
  #cachedResult(list: RevocationListView, signer: CertificateView): boolean | undefined {
    return list.knownSignature(signer, this.#context.backend)
  }
}

/** Moves likely elements to the front and keeps the order otherwise. */
export function inOrderOfLikelihood<T>(all: readonly T[], isLikely: (one: T) => boolean): readonly T[] {
  return [...all.filter(isLikely), ...all.filter((one) => !isLikely(one))]
}

/** RFC 5280 6.3.3 (f): a keyUsage must include cRLSign. This applies to anchors under every policy. */
function allowsLists({ keyUsageBits }: CertificateView): boolean {
  return keyUsageBits === undefined || (keyUsageBits & KeyUsageBit.cRLSign) !== 0
}

/** A signer other than the CA itself needs a keyUsage with cRLSign. Only a CA certificate may omit keyUsage. */
function maySignForCa(signer: CertificateView): boolean {
  return allowsLists(signer) && (signer.keyUsageBits !== undefined || signer.isCa)
}

/**
 * Whether one of these CAs certified the signer, directly or through key rollover certificates of the list's issuer. RFC 5280
 * requires only the same anchor, which would let every CA below it clear the certificates of every other.
 *
 * @param casAbove the CA whose certificates the list is about, and the CAs above it
 * @param signerPath the path of the signer
 */
function isCertifiedBy(
  casAbove: readonly CertificateView[],
  signerPath: readonly CertificateView[],
  list: RevocationListView,
): boolean {
  for (let i = 1; i < signerPath.length; i++) {
    const certifier = signerPath[i]!
    if (casAbove.some((ca) => isSameAuthority(ca, certifier))) return true
    if (certifier.subjectKey !== list.issuerKey) return false
  }
  return false
}

/** Whether two certificates have the same subject and key. */
function isSameAuthority(a: CertificateView, b: CertificateView): boolean {
  return a === b || (a.hasKeyOf(b) && a.subjectKey === b.subjectKey)
}

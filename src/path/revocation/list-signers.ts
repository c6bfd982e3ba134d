import type { CertificateView } from '../../x509/certificate.ts'
import * as KeyUsageBit from '../../x509/ids/key-usage-bit.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import type { RevocationContext } from './check.ts'

/**
 * Who signed a list, and whether that certificate may speak for the issuer of another one (RFC 5280 6.3.3 (f)): it is the CA's, or
 * bears the name of the list's issuer and has a valid, unrevoked path of its own to the same anchor. To clear clients, it must
 * also be certified by the CA or by one above it.
 */

/** How many CRL issuers may vouch for one another. Deeper lists refuse the certificates that they name and clear none. */
const maxDepth = 2

/** A signer of a list; with `doubt`, its list clears no certificate, and still refuses those that it names. */
export interface ListSigner {
  readonly certificate: CertificateView
  readonly doubt: string | undefined
}

export class ListSigners {
  readonly #context: RevocationContext

  constructor(context: RevocationContext) {
    this.#context = context
  }

  /**
   * The signer of a list, for the certificate at this place of a path; `undefined` where nobody who may sign it has. Several
   * certificates may bear the name of the list's issuer: every one of them is asked, and if the budget does not allow that, the
   * meter says so and nothing is accepted.
   */
  find(list: RevocationListView, path: readonly CertificateView[], index: number, depth: number): ListSigner | undefined {
    const issuer = path[index + 1]!
    let doubtful: ListSigner | undefined
    if (list.issuerKey === issuer.subjectKey && this.hasSigned(list, issuer)) {
      if (allowsLists(issuer)) return { certificate: issuer, doubt: undefined }
      doubtful = { certificate: issuer, doubt: 'the keyUsage of its CA does not include cRLSign' }
    }
    for (const signer of this.#inOrder(this.#context.namesakes(list), list)) {
      if (this.#isKnown(list, signer) === false) continue
      const found = this.#asSigner(signer, list, path, index, depth)
      if (found !== undefined && found.doubt === undefined) return found
      doubtful ??= found
    }
    return doubtful ?? this.#listedSigner(list)
  }

  /**
   * A certificate of the truststore that signed the list. Whatever speaks against it, and wherever its paths lead, its operator
   * lists it under the name of the issuer, so that it is not for a path of the peer's choice to pass over whom it names.
   */
  #listedSigner(list: RevocationListView): ListSigner | undefined {
    const signer = this.#inOrder(this.#context.listedNamesakes(list), list).find((listed) => this.hasSigned(list, listed))
    return signer && { certificate: signer, doubt: 'its signer is listed, but may not sign it for this path' }
  }

  /** The signature of a list under a key is checked once in the lifetime of the list. */
  hasSigned(list: RevocationListView, signer: CertificateView): boolean {
    const known = this.#isKnown(list, signer)
    if (known !== undefined) return known
    if (!this.#context.meter.signature(signer.keyParts)) return false
    const key = this.#context.keyOf(signer)
    const signed = key !== undefined && list.isSignedBy(key)
    list.rememberSignature(signer, this.#context.backend, signed)
    return signed
  }

  /** Another certificate of the list's issuer as its signer. */
  #asSigner(
    signer: CertificateView,
    list: RevocationListView,
    path: readonly CertificateView[],
    index: number,
    depth: number,
  ): ListSigner | undefined {
    const anchor = path[path.length - 1]!
    const sound: ListSigner = { certificate: signer, doubt: undefined }
    if (isSameAuthority(signer, anchor)) return allowsLists(anchor) && this.hasSigned(list, anchor) ? sound : undefined
    if (!mayReplace(signer)) return undefined
    const superiors = path.slice(index + 1)
    let found: ListSigner | undefined
    const doubted = (doubt: string): boolean => {
      found = { certificate: signer, doubt }
      return false
    }
    // Peers may present any number of certificates of that name: only one that has a path makes us hash a list.
    this.#context.findPath(signer, (own) => {
      if (!isSameAuthority(own[own.length - 1]!, anchor)) return false
      // Another path would not change that.
      if (!this.hasSigned(list, signer)) return true
      // No other path changes that either.
      if (depth >= maxDepth) return !doubted(`more than ${maxDepth} CRL issuers vouch for one another`)
      const refusal = this.#context.refuseBelow(own, depth + 1)
      // A signer that a list it signed itself would have to clear is not cleared.
      if (refusal !== undefined)
        return refusal.code !== 'revoked' && doubted('it is not known whether the certificate of its signer is revoked')
      if (own.length - 1 > this.#context.policy.maxChainLength)
        return doubted('the path of its signer is longer than the policy allows')
      if (!isVouchedFor(own, list, superiors)) return doubted('neither the CA nor one above it has certified its signer')
      found = sound
      return true
    })
    return found
  }

  /** Those with the list's key identifier first. */
  #inOrder(signers: readonly CertificateView[], list: RevocationListView): readonly CertificateView[] {
    return inOrderOfLikelihood(signers, (signer) => list.authorityKeyIs(signer))
  }

  /** Whether the key signed the list, where that is known. */
  #isKnown(list: RevocationListView, signer: CertificateView): boolean | undefined {
    return list.signatureUnder(signer, this.#context.backend)
  }
}

/** Those first that are likely; otherwise in their order. */
export function inOrderOfLikelihood<T>(all: readonly T[], isLikely: (one: T) => boolean): readonly T[] {
  return [...all.filter(isLikely), ...all.filter((one) => !isLikely(one))]
}

/** RFC 5280 6.3.3 (f): a keyUsage must have cRLSign, an anchor's as well, whatever else of the anchor the policy counts. */
function allowsLists({ keyUsageBits }: CertificateView): boolean {
  return keyUsageBits === undefined || (keyUsageBits & KeyUsageBit.cRLSign) !== 0
}

/** Another signer than the CA may do without a keyUsage only where it is a CA's. */
function mayReplace(signer: CertificateView): boolean {
  return allowsLists(signer) && (signer.keyUsageBits !== undefined || signer.isCa)
}

/**
 * Whether one of these CAs certified a signer, or the first of a row of certificates by which a list's issuer changed its own key.
 * RFC 5280 asks only for the same anchor, so that every CA below it could clear the clients of every other.
 *
 * @param superiors the CA whose certificates the list is about, and those above it
 */
function isVouchedFor(own: readonly CertificateView[], list: RevocationListView, superiors: readonly CertificateView[]): boolean {
  for (let i = 1; i < own.length; i++) {
    const voucher = own[i]!
    if (superiors.some((ca) => isSameAuthority(ca, voucher))) return true
    if (voucher.subjectKey !== list.issuerKey) return false
  }
  return false
}

/** The same subject and key. */
function isSameAuthority(a: CertificateView, b: CertificateView): boolean {
  return a === b || (a.hasKeyOf(b) && a.subjectKey === b.subjectKey)
}

import type { VerifyingKey } from '../../crypto/signatures.ts'
import { isoTime } from '../../policy/fields.ts'
import type { Policy } from '../../policy/policy.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import type { RevocationEntry } from '../../x509/revocation-entries.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import type { PathRefusal } from '../failure.ts'
import type { Meter } from '../meter.ts'

/** Revocation of the certificates of a path (RFC 5280 6.3). `crl-judge.ts` decides what the lists say about one certificate. */

/** The revocation options, with defaults applied. */
export interface RevocationRequest {
  readonly lists: readonly RevocationListView[]
  /** Makes the judge of these lists; undefined if there are no lists. */
  readonly judging: Judging | undefined
  readonly depth: 'leaf' | 'chain'
  readonly unknown: 'refuse' | 'allow'
  readonly expired: 'refuse' | 'allow'
  /** Milliseconds since thisUpdate after which a list clears no certificate. Infinity: only nextUpdate decides. */
  readonly maxAge: number
}

/** What revocation needs from the search and the call. */
export interface PathContext {
  readonly policy: Policy
  readonly at: number
  readonly request: RevocationRequest
  readonly meter: Meter
  /** The signature backend. Lists cache their signature results per backend. */
  readonly backend: object
  /** The imported key of a certificate. */
  keyOf(certificate: CertificateView): VerifyingKey | undefined
  /** Certificates, listed or presented, whose subject is the issuer of the list. */
  signerCandidates(list: RevocationListView): readonly CertificateView[]
  /** The same from the truststore alone, with certificates that the build left out. */
  listedCandidates(list: RevocationListView): readonly CertificateView[]
  /** Certificates, listed, left out or presented, whose subject may be the issuer of the list although their bytes differ. */
  similarCandidates(list: RevocationListView): readonly CertificateView[]
  /** Calls `accepts` with each valid path of a CRL signer, until it returns true. */
  findPath(signer: CertificateView, accepts: (path: readonly CertificateView[]) => boolean): void
}

/** What a {@link ListJudge} needs. It also checks whether signers of lists are revoked themselves. */
export interface RevocationContext extends PathContext {
  refuseBelow(path: readonly CertificateView[], depth: number): PathRefusal | undefined
}

/**
 * What lists say about a certificate. `uncovered`: no list covers it, which the caller may allow. `unknown`: a list covers or
 * names it, but the list cannot be relied on.
 */
export type RevocationStatus =
  | { readonly kind: 'good' }
  /** `details`: the scopes of the lists, to append to a message; empty if no list was given. */
  | { readonly kind: 'uncovered'; readonly details: () => string }
  | { readonly kind: 'unknown'; readonly problem: () => string }
  | { readonly kind: 'revoked'; readonly entry: RevocationEntry }

/** Evaluates the lists of a request. */
export interface ListJudge {
  /**
   * The status of one certificate of a path.
   *
   * @param depth 0 for the peer's path; 1 for the path of a CRL signer, 2 for the path of a signer of that signer's list, and so on
   */
  statusOf(path: readonly CertificateView[], index: number, depth: number): RevocationStatus
}

export type Judging = (context: RevocationContext) => ListJudge

/** The property of a list that holds the code that evaluates it. */
export const judging: unique symbol = /* @__PURE__ */ Symbol('judging')

/**
 * A revocation list as `verifyChain` takes it, made by `parseRevocationList`. It carries the code that evaluates it, so that
 * bundles without `parseRevocationList` do not contain that code.
 */
export interface JudgedList extends RevocationListView {
  readonly [judging]: Judging | undefined
}

/** Why it is unknown which lists cover a certificate. If nobody can read where its lists are, none clears it. */
function unreadablePoints({ extensions }: CertificateView): string | undefined {
  if (extensions.isIgnored(ExtensionId.crlDistributionPoints)) return 'its cRLDistributionPoints cannot be read'
  return extensions.isIgnored(ExtensionId.freshestCrl) ? 'its freshestCRL cannot be read' : undefined
}

const uncovered: RevocationStatus = { kind: 'uncovered', details: () => '' }

/** Returns a function that checks the certificates of a complete path, leaf first, below its anchor. */
export function revocationCheck(context: PathContext): (path: readonly CertificateView[]) => PathRefusal | undefined {
  const { request, meter } = context
  const judge = request.judging?.({ ...context, refuseBelow })

  function refuseBelow(path: readonly CertificateView[], depth: number): PathRefusal | undefined {
    const end = request.depth === 'leaf' && depth === 0 ? Math.min(1, path.length - 1) : path.length - 1
    let unknown: PathRefusal | undefined
    for (let index = 0; index < end; index++) {
      const status = judge === undefined ? uncovered : judge.statusOf(path, index, depth)
      if (meter.exhausted !== undefined) return meter.refusal(index)
      if (status.kind === 'revoked') {
        return { code: 'revoked', index, message: `revoked on ${isoTime(status.entry.revocationTime)}` }
      }
      const unreadable = unreadablePoints(path[index]!)
      const isEnough = status.kind === 'good' || (status.kind === 'uncovered' && request.unknown === 'allow')
      if (isEnough && unreadable === undefined) continue
      unknown ??= { code: 'revocation_unknown', index, message: '', describe: () => describe(unreadable, status, path[index]!) }
    }
    return unknown
  }

  return (path) => refuseBelow(path, 0)
}

function describe(unreadable: string | undefined, status: RevocationStatus, { issuerForMessage }: CertificateView): string {
  const problem = unreadable ?? (status.kind === 'unknown' ? status.problem() : 'no revocation list covers it')
  const details = unreadable === undefined && status.kind === 'uncovered' ? status.details() : ''
  return `${problem} (issuer ${issuerForMessage})${details}`
}

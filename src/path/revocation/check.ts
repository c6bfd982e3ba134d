import type { VerifyingKey } from '../../crypto/signatures.ts'
import { isoTime } from '../../policy/fields.ts'
import type { Policy } from '../../policy/policy.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import type { RevocationEntry } from '../../x509/revocation-entries.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import type { PathRefusal } from '../failure.ts'
import type { Meter } from '../meter.ts'

/** Revocation of the certificates of a path (RFC 5280 6.3). `crl-judge.ts` judges what the lists say of one certificate. */

/** How revocation is checked, with its defaults. */
export interface RevocationRequest {
  readonly lists: readonly RevocationListView[]
  /** What judges by these lists; without lists there is nothing to judge by. */
  readonly judging: Judging | undefined
  readonly depth: 'leaf' | 'chain'
  readonly unknown: 'refuse' | 'allow'
  readonly expired: 'refuse' | 'allow'
  /** Milliseconds since thisUpdate after which a list no longer counts; Infinity: nextUpdate alone decides. */
  readonly maxAge: number
}

/** What is needed of path building. */
export interface PathContext {
  readonly policy: Policy
  readonly at: number
  readonly request: RevocationRequest
  readonly meter: Meter
  /** What checks signatures; results are remembered by it. */
  readonly backend: object
  /** The key of a certificate, prepared once. */
  keyOf(certificate: CertificateView): VerifyingKey | undefined
  /** Certificates of this subject that might have signed a list: of the truststore, and presented ones. */
  namesakes(list: RevocationListView): readonly CertificateView[]
  /** Those of the truststore alone. */
  listedNamesakes(list: RevocationListView): readonly CertificateView[]
  /** Shows the valid paths of a certificate that signs CRLs one after the other, until one is taken. */
  findPath(signer: CertificateView, takes: (path: readonly CertificateView[]) => boolean): void
}

/** What a judge of lists needs: the same, and whether the path of a list's signer is revoked itself. */
export interface RevocationContext extends PathContext {
  refuseBelow(path: readonly CertificateView[], depth: number): PathRefusal | undefined
}

/**
 * What lists say of a certificate. `uncovered`: none is about it, which the caller may allow. `unknown`: one is, but it must not
 * be relied on, for the reason given.
 */
export type RevocationStatus =
  | { readonly kind: 'good' | 'uncovered' }
  | { readonly kind: 'unknown'; readonly problem: string }
  | { readonly kind: 'revoked'; readonly entry: RevocationEntry }

/** Tells what the lists of a request say. */
export interface ListJudge {
  /** Of one certificate of a path that stands itself `depth` CRL signers away from the peer's. */
  statusOf(path: readonly CertificateView[], index: number, depth: number): RevocationStatus
}

export type Judging = (context: RevocationContext) => ListJudge

/** The property of a list that holds the code that judges by it. */
export const judging: unique symbol = /* @__PURE__ */ Symbol('judging')

/**
 * A revocation list as `verifyChain` takes it. It carries the code that judges by it, so that bundles that check no revocation do
 * not have that code. `parseRevocationList` makes them.
 */
export interface JudgedList extends RevocationListView {
  readonly [judging]: Judging | undefined
}

const uncovered: RevocationStatus = { kind: 'uncovered' }

/** What checks the certificates of a complete path, leaf first, below its anchor. */
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
      if (status.kind === 'good' || (status.kind === 'uncovered' && request.unknown === 'allow')) continue
      const problem = status.kind === 'unknown' ? status.problem : 'no revocation list covers it'
      unknown ??= { code: 'revocation_unknown', index, message: `${problem} (issuer ${path[index]!.issuerForMessage})` }
    }
    return unknown
  }

  return (path) => refuseBelow(path, 0)
}

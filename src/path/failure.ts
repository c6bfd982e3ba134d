import { type RejectCode, rankOf } from '../codes/reject.ts'
import type { Refusal } from '../policy/strength.ts'
import type { CertificateView } from '../x509/certificate.ts'

/** Why a path is refused, and the place of the certificate at fault in it: 0 is the leaf. */
export interface PathRefusal extends Refusal {
  readonly index: number
}

/** Why one candidate path failed. */
export interface Failure {
  readonly code: RejectCode
  /** Position of the certificate at fault in the tried path, 0 = leaf. */
  readonly index: number
  readonly certificate: CertificateView
  /** Written only for the failure that is reported. */
  readonly message: () => string
}

/** The more specific of two failures; of equally specific ones the first. */
export function moreSpecific(a: Failure | undefined, b: Failure): Failure {
  return a === undefined || rankOf(b.code) > rankOf(a.code) ? b : a
}

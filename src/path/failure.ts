import { cut } from '../bytes/encoding.ts'
import { type RejectCode, rankOf } from '../codes/reject.ts'
import type { Refusal } from '../policy/strength.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'

/** Why paths fail, and which failure is reported. */

/** Why a path is rejected. */
export interface PathRefusal extends Refusal {
  /** Position of the certificate at fault in the path; 0 is the leaf. */
  readonly index: number
  /** Builds the message, in place of `message`, if that takes time. Called only if the failure is reported. */
  readonly describe?: () => string
}

/** Why one candidate path failed. */
export interface Failure {
  readonly code: RejectCode
  /** Position of the certificate at fault in the path; 0 is the leaf. */
  readonly index: number
  readonly certificate: CertificateView
  /** Builds the message. Called only for the failure that is reported. */
  readonly message: () => string
}

/** The more specific of two failures. If both are equally specific, the first. */
export function moreSpecific(a: Failure | undefined, b: Failure): Failure {
  return a === undefined || rankOf(b.code) > rankOf(a.code) ? b : a
}

/** Most certificates that a message names. */
const listed = 3

/**
 * Describes the missing issuer by name and key identifier, and near matches in the truststore: certificates with its name but
 * another key identifier. If there are none, certificates with its key identifier but another name.
 */
export function describeMissingIssuer(child: CertificateView, store: TruststoreView): string {
  const { authorityKeyId: keyId, authorityKeyIdentifier } = child
  const description = `${child.issuerForMessage}${keyId === undefined ? '' : `, key id ${cut(keyId)}`}`
  const sameName = store.subjects.issuersOf(child).map(({ certificate }) => certificate)
  if (sameName.length > 0) {
    return `${description}; under that name it has ${list(sameName, ({ subjectKeyId }) => `key id ${subjectKeyId ?? 'unknown'}`)}`
  }
  if (authorityKeyIdentifier === undefined) return description
  const sameKey = store.keyIds.find(authorityKeyIdentifier).map(({ certificate }) => certificate)
  return sameKey.length === 0
    ? description
    : `${description}; with that key id it has ${list(sameKey, ({ subjectForMessage }) => subjectForMessage)}`
}

function list(certificates: readonly CertificateView[], describe: (certificate: CertificateView) => string): string {
  const more = certificates.length > listed ? ` and ${certificates.length - listed} more` : ''
  return certificates.slice(0, listed).map(describe).join('; ') + more
}

import { cut } from '../bytes/encoding.ts'
import { type RejectCode, rankOf } from '../codes/reject.ts'
import type { Refusal } from '../policy/strength.ts'
import type { TruststoreView } from '../truststore/store.ts'
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

/** Most certificates that a message names. */
const listed = 3

/**
 * The issuer that was looked for, by name and key identifier, and which certificates of the truststore come close: those
 * of the same name with another key, and those of the same key identifier under another name.
 */
export function describeWanted(child: CertificateView, store: TruststoreView): string {
  const { authorityKeyId: keyId, authorityKeyIdentifier } = child
  const wanted = `${child.issuerForMessage}${keyId === undefined ? '' : `, key id ${cut(keyId)}`}`
  const namesakes = store.subjects.issuersOf(child).map(({ certificate }) => certificate)
  if (namesakes.length > 0) {
    return `${wanted}; of that name it has ${list(namesakes, ({ subjectKeyId }) => `key id ${subjectKeyId ?? 'unknown'}`)}`
  }
  if (authorityKeyIdentifier === undefined) return wanted
  const sameKey = store.keyIds.find(authorityKeyIdentifier).map(({ certificate }) => certificate)
  return sameKey.length === 0
    ? wanted
    : `${wanted}; with that key id it has ${list(sameKey, ({ subjectForMessage }) => subjectForMessage)}`
}

function list(certificates: readonly CertificateView[], describe: (certificate: CertificateView) => string): string {
  const more = certificates.length > listed ? ` and ${certificates.length - listed} more` : ''
  return certificates.slice(0, listed).map(describe).join('; ') + more
}

import { isoTime } from '../policy/fields.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { LintRule, Rule, RuleText } from './rule.ts'

/** Rules about dates. */

const day = 86_400_000

/** The second that notAfter names is still valid (RFC 5280 4.1.2.5), as in `verifyChain`. */
function hasEnded({ notAfterTime }: CertificateView, at: number): boolean {
  return at >= notAfterTime + 1000
}

/** Certificates that are never valid are reported as `validity_inverted` only. */
function isNeverValid({ notBeforeTime, notAfterTime }: CertificateView): boolean {
  return notBeforeTime > notAfterTime
}

const validityInverted: Rule<CertificateView> = {
  code: 'validity_inverted',
  severity: 'error',
  citation: 'RFC 5280 4.1.2.5',
  check(certificate) {
    const { notBeforeTime, notAfterTime } = certificate
    if (!isNeverValid(certificate)) return undefined
    return `notBefore ${isoTime(notBeforeTime)} is later than notAfter ${isoTime(notAfterTime)}`
  },
}
const validityInvertedText: RuleText = {
  summary: 'notBefore is later than notAfter, so the certificate is never valid.',
  remedy: 'Re-issue the certificate.',
}

const expired: Rule<CertificateView> = {
  code: 'expired',
  severity: 'warning',
  citation: 'RFC 5280 4.1.2.5; API Gateway: validity',
  check(certificate, { at }) {
    if (isNeverValid(certificate) || !hasEnded(certificate, at)) return undefined
    return `expired on ${isoTime(certificate.notAfterTime)}`
  },
}
const expiredText: RuleText = {
  summary: 'The certificate is no longer valid, so clients below it are rejected.',
  remedy: 'Replace it with its successor, or remove it.',
}

const notYetValid: Rule<CertificateView> = {
  code: 'not_yet_valid',
  severity: 'warning',
  citation: 'RFC 5280 4.1.2.5; API Gateway: validity',
  check(certificate, { at }) {
    const { notBeforeTime } = certificate
    return at < notBeforeTime && !isNeverValid(certificate) ? `not valid before ${isoTime(notBeforeTime)}` : undefined
  },
}
const notYetValidText: RuleText = {
  summary: 'The certificate is not valid yet, so clients below it are rejected until it is.',
  remedy: 'Keep its predecessor in the truststore until then, or check the clock.',
}

const expiresWithin: Rule<CertificateView> = {
  code: 'expires_within',
  severity: 'warning',
  citation: 'API Gateway: gives warnings only at an update',
  check(certificate, { at, expiresWithinDays }) {
    const { notAfterTime } = certificate
    const isFar = notAfterTime > at + expiresWithinDays * day
    if (isFar || isNeverValid(certificate) || hasEnded(certificate, at)) return undefined
    return `expires in ${Math.max(0, Math.floor((notAfterTime - at) / day))} days, on ${isoTime(notAfterTime)}`
  },
}
const expiresWithinText: RuleText = {
  summary: 'The certificate will expire soon. API Gateway does not warn about that.',
  remedy: 'Add its successor to the truststore and move its clients before that date.',
}

export const validityRules: readonly Rule<CertificateView>[] = [validityInverted, expired, notYetValid, expiresWithin]
/** These rules with their texts. */
export const describedValidityRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  { ...validityInverted, ...validityInvertedText },
  { ...expired, ...expiredText },
  { ...notYetValid, ...notYetValidText },
  { ...expiresWithin, ...expiresWithinText },
])()

import type { CertificateRule } from './rule.ts'

/** Rules about dates. */

const day = 86_400_000

/** `2026-11-23T20:08:00Z` */
function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z')
}

export const validityRules: readonly CertificateRule[] = [
  {
    code: 'validity_inverted',
    severity: 'error',
    summary: 'notBefore is later than notAfter, so the certificate is never valid.',
    citation: 'RFC 5280 4.1.2.5',
    remedy: 'Re-issue the certificate.',
    check({ notBeforeTime, notAfterTime }) {
      if (notBeforeTime <= notAfterTime) return undefined
      return `notBefore ${isoTime(notBeforeTime)} is later than notAfter ${isoTime(notAfterTime)}`
    },
  },
  {
    code: 'expired',
    severity: 'warning',
    summary: 'The certificate is no longer valid, so clients below it are refused.',
    citation: 'RFC 5280 4.1.2.5; API Gateway: validity',
    remedy: 'Replace it by its successor, or remove it.',
    check({ notAfterTime }, { at }) {
      return notAfterTime < at ? `expired on ${isoTime(notAfterTime)}` : undefined
    },
  },
  {
    code: 'not_yet_valid',
    severity: 'warning',
    summary: 'The certificate is not valid yet, so clients below it are refused until it is.',
    citation: 'RFC 5280 4.1.2.5; API Gateway: validity',
    remedy: 'Keep its predecessor in the truststore until then, or check the clock.',
    check({ notBeforeTime, notAfterTime }, { at }) {
      return at < notBeforeTime && notBeforeTime <= notAfterTime ? `not valid before ${isoTime(notBeforeTime)}` : undefined
    },
  },
  {
    code: 'expires_within',
    severity: 'warning',
    summary: 'The certificate will expire soon; API Gateway gives no notice of that.',
    citation: 'API Gateway: warnings are given at an update only',
    remedy: 'Add its successor to the truststore and move its clients before that date.',
    check({ notAfterTime }, { at, expiresWithinDays }) {
      if (notAfterTime < at || notAfterTime > at + expiresWithinDays * day) return undefined
      return `expires in ${Math.floor((notAfterTime - at) / day)} days, on ${isoTime(notAfterTime)}`
    },
  },
]

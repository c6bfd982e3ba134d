import type { Span } from '../bytes/span.ts'
import { algorithmName } from '../crypto/algorithm-names.ts'
import type { KeyFault } from '../crypto/public-key.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { LintRule, Rule, RuleText } from './rule.ts'

/** Rules about the public key. */

function keyFault(certificate: CertificateView, ...faults: readonly KeyFault[]): boolean {
  const { fault } = certificate.keyParts
  return fault !== undefined && faults.includes(fault)
}

interface PrimeGroup {
  readonly product: number
  readonly primes: readonly number[]
}

/**
 * The odd primes below 752, which CA/Browser Forum 6.1.6 forbids as factors of a modulus. They are grouped so that each product is
 * below 2^45: then `remainder * 256 + byte` is exact in a double.
 */
const primeGroups: readonly PrimeGroup[] = /* @__PURE__ */ (() => {
  const groups: { product: number; primes: number[] }[] = [{ product: 1, primes: [] }]
  for (let n = 3; n < 752; n += 2) {
    let isPrime = true
    for (let d = 3; d * d <= n && isPrime; d += 2) isPrime = n % d !== 0
    if (!isPrime) continue
    if (groups[groups.length - 1]!.product * n >= 2 ** 45) groups.push({ product: 1, primes: [] })
    const group = groups[groups.length - 1]!
    group.product *= n
    group.primes.push(n)
  }
  return groups
})()

/** Whether a big-endian number has one of those primes as a factor. */
function hasSmallFactor({ bytes, start, end }: Span): boolean {
  return primeGroups.some(({ product, primes }) => {
    let remainder = 0
    for (let i = start; i < end; i++) remainder = (remainder * 256 + bytes[i]!) % product
    return primes.some((prime) => remainder % prime === 0)
  })
}

const rsaTooSmall: Rule<CertificateView> = {
  code: 'rsa_too_small',
  severity: 'error',
  citation: 'API Gateway: RSA-2048 or stronger; NIST SP 800-57 part 1',
  check({ keyParts }, { policy }) {
    if (keyParts.kind !== 'rsa' || keyParts.key.bits >= policy.minRsaBits) return undefined
    return `RSA key of ${keyParts.key.bits} bits, at least ${policy.minRsaBits} are required`
  },
}
const rsaTooSmallText: RuleText = {
  summary: 'The RSA key is smaller than the policy allows, so none of its signatures are accepted.',
  remedy: 'Re-issue the CA with a key of at least 2048 bits.',
}

const rsaTooLarge: Rule<CertificateView> = {
  code: 'rsa_too_large',
  severity: 'error',
  citation: 'Application Load Balancer: RSA 2048 to 8192 bits',
  check({ keyParts }, { policy }) {
    if (keyParts.kind !== 'rsa' || keyParts.key.bits <= policy.maxRsaBits) return undefined
    return `RSA key of ${keyParts.key.bits} bits, at most ${policy.maxRsaBits} are accepted`
  },
}
const rsaTooLargeText: RuleText = {
  summary: 'The RSA key is larger than the policy allows. Verifying its signatures would cost too much.',
  remedy: 'Use a key of at most 8192 bits, or raise maxRsaBits.',
}

const rsaBadExponent: Rule<CertificateView> = {
  code: 'rsa_bad_exponent',
  severity: 'error',
  citation: 'RFC 8017 3.1; CA/Browser Forum BR 6.1.6',
  check(certificate) {
    return keyFault(certificate, 'invalid_exponent') ? 'RSA exponent is not an odd number from 3 to 2^32 - 1' : undefined
  },
}
const rsaBadExponentText: RuleText = {
  summary: 'The RSA public exponent is even, below 3 or above 2^32 - 1.',
  remedy: 'Re-issue the CA with a key whose exponent is 65537.',
}

const rsaModulusEvenOrSmallFactor: Rule<CertificateView> = {
  code: 'rsa_modulus_even_or_small_factor',
  severity: 'error',
  citation: 'CA/Browser Forum BR 6.1.6',
  check({ keyParts }) {
    if (keyParts.kind !== 'rsa' || keyParts.fault === 'modulus_too_large') return undefined
    if (keyParts.fault === 'even_modulus') return 'RSA modulus is even'
    return hasSmallFactor(keyParts.modulus) ? 'RSA modulus has a prime factor below 752' : undefined
  },
}
const rsaModulusEvenOrSmallFactorText: RuleText = {
  summary: 'The RSA modulus is even or has a small prime factor, so its key generator is broken.',
  remedy: 'Re-issue the CA with a new key.',
}

const ecCurveNotAllowed: Rule<CertificateView> = {
  code: 'ec_curve_not_allowed',
  severity: 'error',
  citation: 'API Gateway: ECDSA P-256 and P-384; RFC 5480 2.1.1',
  check({ keyParts }, { policy }) {
    if (keyParts.kind !== 'ec' || keyParts.fault === 'explicit_curve') return undefined
    const accepted: readonly string[] = policy.curves
    return accepted.includes(keyParts.key.curve)
      ? undefined
      : `EC key on ${algorithmName(keyParts.key.curve)}, not ${accepted.join(' or ')}`
  },
}
const ecCurveNotAllowedText: RuleText = {
  summary: 'The EC key is on a curve that is not supported.',
  remedy: 'Re-issue the CA with a key on P-256 or P-384.',
}

const ecPointInvalid: Rule<CertificateView> = {
  code: 'ec_point_invalid',
  severity: 'error',
  citation: 'RFC 5480 2.1.1, 2.2; CVE-2020-0601',
  check(certificate) {
    if (keyFault(certificate, 'explicit_curve')) return 'EC key with explicit curve parameters'
    return keyFault(certificate, 'invalid_point') ? 'EC key is not an uncompressed point on its curve' : undefined
  },
}
const ecPointInvalidText: RuleText = {
  summary: 'The EC key is not a point on its curve, is compressed, or has explicit curve parameters.',
  remedy: 'Re-issue the CA with a key on a named curve.',
}

const unsupportedKeyAlgorithm: Rule<CertificateView> = {
  code: 'unsupported_key_algorithm',
  severity: 'error',
  citation: 'RFC 4055; RFC 5480',
  check(certificate) {
    if (keyFault(certificate, 'malformed_key')) return 'public key is malformed'
    const { publicKey, signatureAlgorithm, parsedAlgorithm } = certificate
    if (parsedAlgorithm === 'unknown_algorithm')
      return `signature algorithm ${algorithmName(signatureAlgorithm.oid)} is not supported`
    if (!keyFault(certificate, 'unknown_key_algorithm')) return undefined
    return `public key algorithm ${publicKey.algorithm === 'unknown' ? algorithmName(publicKey.oid) : publicKey.algorithm} is not supported`
  },
}
const unsupportedKeyAlgorithmText: RuleText = {
  summary: 'The public key or the signature algorithm is neither RSA nor EC, or the key is malformed.',
  remedy: 'Re-issue the CA with an RSA, P-256 or P-384 key.',
}

export const keyRules: readonly Rule<CertificateView>[] = [
  rsaTooSmall,
  rsaTooLarge,
  rsaBadExponent,
  rsaModulusEvenOrSmallFactor,
  ecCurveNotAllowed,
  ecPointInvalid,
  unsupportedKeyAlgorithm,
]
/** These rules with their texts. */
export const describedKeyRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  { ...rsaTooSmall, ...rsaTooSmallText },
  { ...rsaTooLarge, ...rsaTooLargeText },
  { ...rsaBadExponent, ...rsaBadExponentText },
  { ...rsaModulusEvenOrSmallFactor, ...rsaModulusEvenOrSmallFactorText },
  { ...ecCurveNotAllowed, ...ecCurveNotAllowedText },
  { ...ecPointInvalid, ...ecPointInvalidText },
  { ...unsupportedKeyAlgorithm, ...unsupportedKeyAlgorithmText },
])()

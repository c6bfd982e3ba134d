import { namesEqual } from '../x509/name.ts'
import type { BundleEntry, BundleRule, ReportedRule, RuleText, RuleTexts } from './rule.ts'

/** Rules about the bundle as a whole, and about certificates among their neighbours. */

/** What is found while a bundle is read, before certificates are judged. */
export type ReadingCode =
  | 'pem_syntax_invalid'
  | 'non_der_encoding'
  | 'duplicate_extension'
  | 'cert_too_large'
  | 'not_v3_with_extensions'
  | 'san_malformed'
  | 'name_constraints_empty'
  | 'name_constraints_minimum_not_zero'
  | 'private_key_in_bundle'
  | 'empty_bundle'
  | 'non_certificate_block'
  | 'duplicate_certificate'

const readingRules: Readonly<Record<ReadingCode, Omit<ReportedRule, 'code'>>> = {
  pem_syntax_invalid: {
    severity: 'error',
    citation: 'RFC 7468; RFC 5280 4.1; API Gateway: X.509 syntax',
  },
  non_der_encoding: {
    severity: 'error',
    citation: 'X.690 10, 11; RFC 5280 4.1',
  },
  duplicate_extension: {
    severity: 'error',
    citation: 'RFC 5280 4.2',
  },
  cert_too_large: {
    severity: 'error',
    citation: 'portcullis reads 64 KB a certificate; Application Load Balancer and CloudFront 16 KB',
  },
  not_v3_with_extensions: {
    severity: 'error',
    citation: 'RFC 5280 4.1.2.1, 4.1.2.8; Application Load Balancer: X.509 v3 only',
  },
  san_malformed: {
    severity: 'error',
    citation: 'RFC 5280 4.2.1.6; RFC 1034 3.5',
  },
  name_constraints_empty: {
    severity: 'error',
    citation: 'RFC 5280 4.2.1.10',
  },
  name_constraints_minimum_not_zero: {
    severity: 'error',
    citation: 'RFC 5280 4.2.1.10',
  },
  private_key_in_bundle: {
    severity: 'error',
    citation: 'Azure Application Gateway: the bundle must not have a private key',
  },
  empty_bundle: {
    severity: 'error',
    citation: 'Azure Application Gateway: data must be specified',
  },
  non_certificate_block: {
    severity: 'warning',
    citation: 'RFC 7468 5',
  },
  duplicate_certificate: {
    severity: 'warning',
    citation: 'Application Load Balancer, CloudFront: every copy counts towards the limit of 25',
  },
}

export function readingRule(code: ReadingCode): ReportedRule {
  return { code, ...readingRules[code] }
}

export const incompleteChain: BundleRule = {
  code: 'incomplete_chain',
  severity: 'warning',
  citation: 'API Gateway: the issuer and the whole chain up to the root must be in the truststore',
  check({ certificate, issuers, falseIssuer, hasBadSelfSignature }, _bundle, { policy }) {
    if (policy.trust !== 'roots' || issuers.length > 0) return undefined
    // The issuer is there; that it did not sign is for the signature rules to say.
    if (falseIssuer !== undefined || hasBadSelfSignature) return undefined
    const { authorityKeyId } = certificate
    const keyId = authorityKeyId === undefined ? '' : `, key id ${authorityKeyId}`
    return `its issuer is not in the truststore: ${certificate.issuer}${keyId}`
  },
}

export const neighbourRules: readonly BundleRule[] = [
  {
    code: 'subject_issuer_conflict',
    severity: 'warning',
    citation: 'API Gateway: truststore warnings',
    check(entry, bundle) {
      const [first] = bundle.withSubjectOf(entry)
      if (first === undefined || sameIssuer(entry, first)) return undefined
      return `The certificate subject ${entry.certificate.subject} conflicts with an existing certificate from a different issuer.`
    },
  },
  incompleteChain,
]

function sameIssuer({ certificate: a }: BundleEntry, { certificate: b }: BundleEntry): boolean {
  return namesEqual(a.bytes, a.issuerStart, a.issuerEnd, b.bytes, b.issuerStart, b.issuerEnd)
}

/** What people are told of faults of reading beyond their findings. */
export const readingTexts: Readonly<Record<ReadingCode, RuleText>> = {
  pem_syntax_invalid: {
    summary: 'A block of the bundle is not PEM, or is not an X.509 certificate.',
    remedy: 'Fetch the certificate again, or convert it with `openssl x509`.',
  },
  non_der_encoding: {
    summary: 'The certificate is not DER-encoded, so different readers may see different certificates in it.',
    remedy: 'Re-issue the certificate with a correct tool.',
  },
  duplicate_extension: {
    summary: 'An extension occurs twice, so different readers may obey different ones.',
    remedy: 'Re-issue the certificate with a correct tool.',
  },
  cert_too_large: {
    summary: 'The certificate is larger than is ever read.',
    remedy: 'Re-issue the certificate with fewer names or extensions.',
  },
  not_v3_with_extensions: {
    summary: 'The certificate has fields that its version does not have, so readers that believe the version do not see them.',
    remedy: 'Re-issue the certificate as version 3.',
  },
  san_malformed: {
    summary:
      'A subject alternative name is not of its form: empty, with a blank, an underscore, a NUL or a wrong length. A warning where the policy lets it pass.',
    remedy: 'Re-issue the certificate with names in their preferred syntax.',
  },
  name_constraints_empty: {
    summary: 'nameConstraints has no subtree, so it cannot be told what the CA was to be limited to.',
    remedy: 'Re-issue the CA certificate with the subtrees that were meant, or without the extension.',
  },
  name_constraints_minimum_not_zero: {
    summary: 'A subtree of nameConstraints has a minimum or maximum distance, which nobody implements.',
    remedy: 'Re-issue the CA certificate without minimum and maximum.',
  },
  private_key_in_bundle: {
    summary: 'The bundle contains a private key. Truststores are copied around and must not.',
    remedy: 'Remove the key from the file, and replace it: consider it known to everybody who has the file.',
  },
  empty_bundle: {
    summary: 'The bundle contains no certificate.',
    remedy: 'Give PEM text with at least one CERTIFICATE block, or DER.',
  },
  non_certificate_block: {
    summary: 'The bundle has a block that is not a certificate; it is skipped.',
    remedy: 'Remove the block, or convert it to a CERTIFICATE block.',
  },
  duplicate_certificate: {
    summary: 'The same certificate occurs more than once; the copies are skipped.',
    remedy: 'Remove the copies.',
  },
}

/** The same of the other rules. */
export const neighbourTexts: RuleTexts = {
  incomplete_chain: {
    summary: 'The issuer is not in the bundle, so where only roots are trusted, nothing below the certificate is accepted.',
    remedy: "Add the issuer's certificate, up to a self-signed root.",
  },
  subject_issuer_conflict: {
    summary:
      'Two certificates of one subject have different issuers, so clients may be judged by either. API Gateway reports it.',
    remedy: 'Keep the one whose whole chain is in the truststore.',
  },
}

/**
 * The reasons why `verifyChain` rejects a chain, from the least to the most specific. If candidate paths fail for different
 * reasons, the one furthest down this list is reported. Codes are never renamed. The table below explains them.
 */
export const rejectCodes = [
  'unknown_issuer',
  'self_signed_untrusted',
  'incomplete_chain',
  'signature_mismatch',
  'unsupported_algorithm',
  'unsupported_curve',
  'weak_hash',
  'weak_key',
  'chain_too_long',
  'not_a_ca',
  'path_length_exceeded',
  'key_usage_violation',
  'extended_key_usage_violation',
  'unknown_critical_extension',
  'nonconforming',
  'name_constraint_violation',
  'policy_violation',
  'name_mismatch',
  'revocation_unknown',
  'not_yet_valid',
  'expired',
  'revoked',
  'too_large',
  'malformed',
  'budget_exhausted',
] as const

/** Why a chain was rejected. `explain(code)` has the details. */
export type RejectCode = (typeof rejectCodes)[number]

/** How specific a code is. If there are several failures, the one with the highest rank is reported. */
export function rankOf(code: RejectCode): number {
  return rejectCodes.indexOf(code)
}

/** The codes that other systems use for the same rejection. A system that does not check or report it has no entry. */
export interface CodeMappings {
  /** `error.code` of Node's TLS sockets: OpenSSL's X509_V_ERR_… without the prefix. */
  readonly node?: string
  /** AWS Application Load Balancer's connection log. CloudFront uses the same names with another prefix. */
  readonly alb?: string
  readonly cloudFront?: string
  /** `client_cert_error` of Google Cloud load balancers. */
  readonly googleCloud?: string
  /** API Gateway's execution log. */
  readonly apiGateway?: string
}

interface RejectRow {
  readonly summary: string
  readonly citation: string
  readonly remedy: string
  readonly mappings: CodeMappings
}

const insecureAlgorithm = 'Access denied. Reason: Client cert using an insecure Signature Algorithm'
const noIssuer = 'Access denied. Reason: Could not find issuer for certificate'

const table: Readonly<Record<RejectCode, RejectRow>> = {
  unknown_issuer: {
    summary: 'The issuer is not in the truststore and, if the policy uses presented certificates, not among them.',
    citation: 'RFC 5280 6.1.3 (a)(4)',
    remedy:
      'Add the issuing CA to the truststore. The peer may send its intermediates only if policy.intermediates is presented.',
    mappings: {
      node: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      alb: 'ClientCertUntrusted',
      cloudFront: 'ClientCertUntrusted',
      googleCloud: 'client_cert_chain_verification_failed',
      apiGateway: noIssuer,
    },
  },
  self_signed_untrusted: {
    summary: 'The certificate is signed by its own key and is not in the truststore.',
    citation: 'RFC 5280 6.1',
    remedy: 'Pin the certificate by adding it to the truststore, or have a CA issue one.',
    mappings: {
      node: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      alb: 'ClientCertUntrusted',
      cloudFront: 'ClientCertUntrusted',
      googleCloud: 'client_cert_chain_verification_failed',
      apiGateway: 'Access denied. Reason: self signed certificate',
    },
  },
  incomplete_chain: {
    summary: 'The issuer was found, but a CA between it and a trusted root is missing from the truststore.',
    citation: 'RFC 5280 6.1',
    remedy: 'Add the named CA: the whole chain up to a self-signed root must be in the truststore.',
    mappings: {
      node: 'UNABLE_TO_GET_ISSUER_CERT',
      alb: 'ClientCertUntrusted',
      cloudFront: 'ClientCertUntrusted',
      googleCloud: 'client_cert_chain_verification_failed',
      apiGateway: noIssuer,
    },
  },
  signature_mismatch: {
    summary: "The signature does not match the issuer's key and these bytes.",
    citation: 'RFC 5280 6.1.3 (a)(1)',
    remedy: 'The certificate was altered, or another CA with the same name issued it. Compare the key identifiers.',
    mappings: {
      node: 'CERT_SIGNATURE_FAILURE',
      alb: 'ClientCertUntrusted',
      cloudFront: 'ClientCertUntrusted',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  unsupported_algorithm: {
    summary: 'The signature or key algorithm is not RSA (PKCS#1 v1.5, PSS) or ECDSA with the parameters from their RFCs.',
    citation: 'RFC 4055, RFC 5480, RFC 5758',
    remedy: 'Issue the certificate with RSA or ECDSA and SHA-256 or stronger.',
    mappings: {
      node: 'CERT_SIGNATURE_FAILURE',
      alb: 'ClientCertTypeUnsupported',
      cloudFront: 'ClientCertTypeUnsupported',
      apiGateway: insecureAlgorithm,
    },
  },
  unsupported_curve: {
    summary: 'The policy does not allow the elliptic curve, or the key has explicit curve parameters.',
    citation: 'RFC 5480 2.1.1',
    remedy: 'Use a key on P-256 or P-384.',
    mappings: {
      alb: 'ClientCertTypeUnsupported',
      cloudFront: 'ClientCertTypeUnsupported',
      googleCloud: 'client_cert_unsupported_elliptic_curve_key',
    },
  },
  weak_hash: {
    summary: 'The signature uses a hash that is too weak, such as SHA-1 or MD5.',
    citation: 'RFC 9155; NIST SP 800-131A',
    remedy: 'Re-issue the certificate with SHA-256 or stronger.',
    mappings: {
      node: 'CA_MD_TOO_WEAK',
      alb: 'ClientCertTypeUnsupported',
      cloudFront: 'ClientCertTypeUnsupported',
      googleCloud: 'client_cert_unsupported_signature_algorithm',
      apiGateway: insecureAlgorithm,
    },
  },
  weak_key: {
    summary: 'The key is too small, or malformed in a way that makes it weak.',
    citation: 'NIST SP 800-57; RFC 8017 3.1',
    remedy: 'Use RSA with at least 2048 bits and exponent 65537, or P-256 or P-384.',
    mappings: {
      node: 'EE_KEY_TOO_SMALL',
      alb: 'ClientCertTypeUnsupported',
      cloudFront: 'ClientCertTypeUnsupported',
      googleCloud: 'client_cert_invalid_rsa_key_size',
    },
  },
  chain_too_long: {
    summary: 'The path has more CA certificates than the policy allows.',
    citation: 'API Gateway: maximum chain length of four',
    remedy: 'Issue the certificate from a CA closer to the root, or raise maxChainLength.',
    mappings: {
      node: 'CERT_CHAIN_TOO_LONG',
      alb: 'ClientCertMaxChainDepthExceeded',
      cloudFront: 'ClientCertMaxChainDepthExceeded',
      googleCloud: 'client_cert_chain_exceeded_limit',
    },
  },
  not_a_ca: {
    summary: 'The path has an issuer that is not a CA.',
    citation: 'RFC 5280 6.1.4 (k), 4.2.1.9',
    remedy: 'Issue the certificate from a CA: its certificate needs basicConstraints with cA TRUE.',
    mappings: {
      node: 'INVALID_CA',
      alb: 'ClientCertInvalid',
      cloudFront: 'ClientCertInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  path_length_exceeded: {
    summary: 'The path has more CAs below a CA than its basicConstraints allows.',
    citation: 'RFC 5280 6.1.4 (l), 4.2.1.9',
    remedy: "Issue from a CA that the path length allows, or re-issue the constrained CA's certificate.",
    mappings: {
      node: 'PATH_LENGTH_EXCEEDED',
      alb: 'ClientCertInvalid',
      cloudFront: 'ClientCertInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  key_usage_violation: {
    summary: 'keyUsage does not allow this use of the key.',
    citation: 'RFC 5280 6.1.4 (n), 4.2.1.3',
    remedy: 'A CA needs keyCertSign. A TLS client or server needs digitalSignature.',
    mappings: {
      node: 'KEYUSAGE_NO_CERTSIGN',
      alb: 'ClientCertPurposeInvalid',
      cloudFront: 'ClientCertIntentInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  extended_key_usage_violation: {
    summary: 'extendedKeyUsage of the leaf or of a CA above it does not allow the purpose.',
    citation: 'RFC 5280 4.2.1.12',
    remedy:
      'Issue the certificate with the purpose clientAuth (for servers: serverAuth), from CAs that allow it. Public CAs stop issuing clientAuth: for their clients, use a private CA and, until they have moved, a purpose transition.',
    mappings: {
      node: 'INVALID_PURPOSE',
      alb: 'ClientCertPurposeInvalid',
      cloudFront: 'ClientCertIntentInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  unknown_critical_extension: {
    summary: 'A critical extension is not understood, so the certificate must be rejected.',
    citation: 'RFC 5280 6.1.4 (o), 6.1.5 (f), 4.2',
    remedy: 'Re-issue the certificate without the extension, or with a non-critical one.',
    mappings: {
      node: 'UNHANDLED_CRITICAL_EXTENSION',
      alb: 'ClientCertInvalid',
      cloudFront: 'ClientCertInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  nonconforming: {
    summary: 'The certificate breaks a rule of the profile that policy.conformance requires; the message cites the rule.',
    citation: 'RFC 5280 4; CA/Browser Forum BR 7.1',
    remedy: 'Re-issue the certificate according to the cited rule, or set conformance to practical.',
    mappings: {
      alb: 'ClientCertInvalid',
      cloudFront: 'ClientCertInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  name_constraint_violation: {
    summary: 'A name violates the name constraints of a CA, or cannot be compared with them.',
    citation: 'RFC 5280 6.1.3 (b)(c), 4.2.1.10',
    remedy: 'Issue the certificate from a CA that is allowed to certify the name.',
    mappings: {
      node: 'PERMITTED_VIOLATION',
      alb: 'ClientCertInvalid',
      cloudFront: 'ClientCertInvalid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  policy_violation: {
    summary: 'The certificate policies of the path do not include a required policy.',
    citation: 'RFC 5280 6.1.3 (d)-(f), 6.1.5 (g); RFC 9618',
    remedy: 'Issue the certificate under a required policy, or change the policy inputs.',
    mappings: { node: 'NO_EXPLICIT_POLICY' },
  },
  name_mismatch: {
    summary: 'No subject alternative name matches the server name.',
    citation: 'RFC 9525 6',
    remedy: 'Connect to a name in subjectAltName, or add the name to it. The common name is ignored.',
    mappings: { node: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  },
  revocation_unknown: {
    summary: 'No usable revocation list covers the certificate, so its status is unknown.',
    citation: 'RFC 5280 6.3.3',
    remedy: "Supply a current CRL of the certificate's issuer. unknown: 'allow' accepts a certificate only if no list covers it.",
    mappings: { node: 'UNABLE_TO_GET_CRL' },
  },
  not_yet_valid: {
    summary: 'The validity period has not begun.',
    citation: 'RFC 5280 6.1.3 (a)(2), 4.1.2.5',
    remedy: 'Wait, check the clocks of issuer and verifier, or re-issue the certificate.',
    mappings: {
      node: 'CERT_NOT_YET_VALID',
      alb: 'ClientCertNotYetValid',
      cloudFront: 'ClientCertNotYetValid',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  expired: {
    summary: 'The validity period has ended.',
    citation: 'RFC 5280 6.1.3 (a)(2), 4.1.2.5',
    remedy: 'Renew the certificate named in the message (index 0: the client; above: a CA of its chain).',
    mappings: {
      node: 'CERT_HAS_EXPIRED',
      alb: 'ClientCertExpired',
      cloudFront: 'ClientCertExpired',
      googleCloud: 'client_cert_chain_verification_failed',
    },
  },
  revoked: {
    summary: 'The issuer has revoked the certificate.',
    citation: 'RFC 5280 6.3.3 (i)(j)',
    remedy: 'Issue a new certificate, with a new key if the old one was compromised.',
    mappings: { node: 'CERT_REVOKED', alb: 'ClientCertCrlHit', cloudFront: 'ClientCertCrlHit' },
  },
  too_large: {
    summary: 'The certificate or its key is larger than the limit.',
    citation: 'policy.maxRsaBits; 65,536 bytes per certificate',
    remedy: 'Use a smaller key or fewer names.',
    mappings: {
      alb: 'ClientCertMaxSizeExceeded',
      cloudFront: 'ClientCertMaxSizeExceeded',
      googleCloud: 'client_cert_exceeded_size_limit',
    },
  },
  malformed: {
    summary: 'The bytes are not a valid DER certificate. The message says where.',
    citation: 'RFC 5280 4.1; X.690',
    remedy: 'Inspect the certificate at the byte offset given, and re-issue it.',
    mappings: { alb: 'ClientCertInvalid', cloudFront: 'ClientCertInvalid', googleCloud: 'client_cert_invalid' },
  },
  budget_exhausted: {
    summary: 'Verifying the chain exceeds the budget of the policy. The message names the limit.',
    citation: 'policy.budget',
    remedy: 'Send only the certificates of one path; raise the budget if the hierarchy really needs it.',
    mappings: {
      alb: 'ClientCertMaxSizeExceeded',
      cloudFront: 'ClientCertMaxSizeExceeded',
      googleCloud: 'client_cert_validation_search_limit_exceeded',
    },
  },
}

/** The meaning of a code. */
export interface CodeInfo {
  readonly code: string
  /** One sentence. */
  readonly summary: string
  /** The section of the RFC, or the platform documentation, that defines the rule. */
  readonly citation: string
  /** What to do about it. */
  readonly remedy: string
  readonly mappings: CodeMappings
}

/** The meaning of a reject code, or `undefined` if there is no such code. */
export function rejectInfo(code: string): CodeInfo | undefined {
  if (!Object.hasOwn(table, code)) return undefined
  return { code, ...table[code as RejectCode] }
}

import type { KnownCode } from './own-codes.ts'

/**
 * What other systems write into their logs and responses for a fault, and our codes for it. `foreign.ts` finds these names in log
 * lines. It adds the names of `CodeMappings` that are not here.
 */
export interface OtherSystem {
  readonly system: string
  /** Where the names are documented or printed. */
  readonly source: string
  /** The codes by name or phrase, likeliest first; none if portcullis does not check that. */
  readonly names: Readonly<Record<string, readonly KnownCode[]>>
}

/** An alert of TLS: its number, its name in the RFC, Go's text, and our codes. */
type Alert = readonly [number: number, name: string, go: string, ...codes: KnownCode[]]

/** The alerts of RFC 8446 6.2 about certificates, and those between their numbers. */
const alerts: readonly Alert[] = [
  [42, 'bad_certificate', 'bad certificate', 'malformed', 'signature_mismatch'],
  [43, 'unsupported_certificate', 'unsupported certificate', 'unsupported_algorithm', 'extended_key_usage_violation'],
  [44, 'certificate_revoked', 'revoked certificate', 'revoked'],
  [45, 'certificate_expired', 'expired certificate', 'expired'],
  [46, 'certificate_unknown', 'unknown certificate', 'unknown_issuer', 'malformed'],
  [47, 'illegal_parameter', 'illegal parameter'],
  [48, 'unknown_ca', 'unknown certificate authority', 'unknown_issuer', 'self_signed_untrusted', 'incomplete_chain'],
  [49, 'access_denied', 'access denied', 'not_authorized'],
  [116, 'certificate_required', 'certificate required', 'no_certificate'],
]

function alertNames(nameOf: (alert: Alert) => string): OtherSystem['names'] {
  return Object.fromEntries(
    alerts.map((alert) => {
      const [, , , ...codes] = alert
      return [nameOf(alert), codes]
    }),
  )
}

/** As Rust writes the names of alerts: `unknown_ca` is `UnknownCA`. */
function rustName(name: string): string {
  return name.replaceAll(/(?:^|_)(ca$|[a-z])/g, (_, start: string) => start.toUpperCase())
}

export const otherSystems: readonly OtherSystem[] = [
  {
    system: 'API Gateway',
    source: 'AWS re:Post, HTTP 403 errors from a custom domain name that requires mutual TLS; API Gateway, truststore warnings',
    names: {
      'Access denied. Reason: Could not find issuer for certificate': ['unknown_issuer', 'incomplete_chain', 'chain_too_long'],
      'Access denied. Reason: Client cert using an insecure Signature Algorithm': ['weak_hash', 'unsupported_algorithm'],
      'Access denied. Reason: self signed certificate': ['self_signed_untrusted'],
      'conflicts with an existing certificate from a different issuer': ['subject_issuer_conflict'],
    },
  },
  {
    system: 'Application Load Balancer, CloudFront',
    source: 'Elastic Load Balancing, Connection logs: error reason codes; CloudFront, connection logs',
    names: {
      ClientCertMaxChainDepthExceeded: ['chain_too_long'],
      ClientCertMaxSizeExceeded: ['too_large', 'budget_exhausted'],
      ClientCertCrlHit: ['revoked'],
      ClientCertCrlProcessingError: ['revocation_unknown'],
      ClientCertUntrusted: ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain', 'signature_mismatch'],
      ClientCertNotYetValid: ['not_yet_valid'],
      ClientCertExpired: ['expired'],
      ClientCertTypeUnsupported: ['unsupported_algorithm', 'unsupported_curve', 'weak_key', 'weak_hash'],
      ClientCertInvalid: ['malformed', 'not_a_ca', 'name_constraint_violation', 'unknown_critical_extension'],
      ClientCertPurposeInvalid: ['extended_key_usage_violation', 'key_usage_violation'],
      ClientCertIntentInvalid: ['extended_key_usage_violation', 'key_usage_violation'],
      ClientCertRejected: ['not_authorized'],
      ClientCertIncompatible: ['unsupported_algorithm'],
      UnmappedConnectionError: [],
    },
  },
  {
    system: 'Google Cloud',
    source: 'Cloud Load Balancing, Logged errors for closed connections',
    names: {
      client_cert_not_provided: ['no_certificate'],
      client_cert_validation_failed: ['unknown_issuer', 'weak_hash'],
      client_cert_validation_not_performed: ['no_trust_anchor'],
      client_cert_chain_invalid_eku: ['extended_key_usage_violation', 'ca_eku_excludes_client_auth'],
      client_cert_chain_exceeded_limit: ['chain_too_long'],
      client_cert_invalid_rsa_key_size: ['weak_key', 'too_large'],
      client_cert_unsupported_elliptic_curve_key: ['unsupported_curve'],
      client_cert_unsupported_key_algorithm: ['unsupported_algorithm'],
      client_cert_pki_too_large: ['pki_too_large', 'excessive_same_subject_set'],
      client_cert_chain_max_name_constraints_exceeded: ['platform_constraints_too_many'],
      client_cert_validation_timed_out: ['budget_exhausted'],
      client_cert_validation_search_limit_exceeded: ['budget_exhausted'],
    },
  },
  {
    system: 'Azure Application Gateway',
    source: 'Azure Application Gateway, Troubleshooting mutual authentication errors',
    names: {
      ApplicationGatewayTrustedClientCertificateMustSpecifyData: ['empty_bundle'],
      ApplicationGatewayTrustedClientCertificateMustNotHavePrivateKey: ['private_key_in_bundle'],
      ApplicationGatewayTrustedClientCertificateInvalidData: ['pem_syntax_invalid', 'pem_required', 'empty_bundle'],
      ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate: ['no_ca_in_bundle', 'leaf_in_truststore'],
      ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate: ['root_count_wrong'],
      'Unable to verify the client certificate issuer': ['unknown_issuer'],
      'SslClientVerify is NONE': ['no_certificate'],
    },
  },
  {
    system: 'nginx, ingress-nginx',
    source: 'nginx, ngx_http_request.c and ngx_http_special_response.c; the errors of OpenSSL follow in brackets',
    names: {
      'client sent no required SSL certificate': ['no_certificate'],
      'No required SSL certificate was sent': ['no_certificate'],
      'The SSL certificate error': ['unknown_issuer', 'expired', 'revoked'],
      'ssl_client_verify: NONE': ['no_certificate'],
    },
  },
  {
    system: 'HAProxy',
    source: 'HAProxy, connection.c; ssl_c_err and ssl_c_ca_err are the numbers of OpenSSL',
    names: {
      'SSL client CA chain cannot be verified': ['unknown_issuer', 'incomplete_chain', 'expired'],
      'SSL client certificate not trusted': ['self_signed_untrusted', 'unknown_issuer', 'expired', 'revoked'],
    },
  },
  {
    system: 'OpenSSL and BoringSSL, in HAProxy, nginx, Node, curl, Envoy and Istio',
    source: 'openssl/openssl, ssl/ssl_err.c; BoringSSL, ssl.h',
    names: {
      PEER_DID_NOT_RETURN_A_CERTIFICATE: ['no_certificate'],
      CERTIFICATE_VERIFY_FAILED: ['unknown_issuer', 'expired'],
    },
  },
  {
    system: 'Envoy, Istio',
    source: 'Envoy, TLS statistics and cert_validator/default_validator.cc',
    names: {
      'verify cert failed: empty cert chain': ['no_certificate'],
      'verify cert failed: verify SAN list': ['not_authorized'],
      'verify cert failed: SAN matcher': ['not_authorized'],
      'ssl.fail_verify_no_cert': ['no_certificate'],
      'ssl.fail_verify_error': ['unknown_issuer', 'expired'],
      'ssl.fail_verify_san': ['not_authorized'],
      'ssl.fail_verify_cert_hash': ['not_authorized'],
    },
  },
  {
    system: 'TLS alert, as OpenSSL, Node and curl print it',
    source: 'RFC 8446 6.2; openssl/openssl, ssl/ssl_err.c',
    names: {
      ...alertNames(([, name]) => `alert ${name.replaceAll('_', ' ')}`),
      ...alertNames(([number]) => `SSL alert number ${number}`),
      // Alone, these are no ordinary words and no texts of OpenSSL.
      bad_certificate: ['malformed', 'signature_mismatch'],
      unsupported_certificate: ['unsupported_algorithm', 'extended_key_usage_violation'],
      certificate_expired: ['expired'],
      certificate_unknown: ['unknown_issuer', 'malformed'],
      unknown_ca: ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain'],
      certificate_required: ['no_certificate'],
    },
  },
  {
    system: 'TLS alert, as Go prints it',
    source: 'RFC 8446 6.2; golang/go, crypto/tls/alert.go',
    names: alertNames(([, , go]) => `remote error: tls: ${go}`),
  },
  {
    system: 'TLS alert, as Java prints it',
    source: 'RFC 8446 6.2; OpenJDK, sun.security.ssl.Alert',
    names: alertNames(([, name]) => `Received fatal alert: ${name}`),
  },
  {
    system: 'TLS alert, as rustls prints it',
    source: 'RFC 8446 6.2; rustls/rustls, rustls/src/error.rs',
    names: alertNames(([, name]) => `received fatal alert: ${rustName(name)}`),
  },
  {
    system: 'Go',
    source: 'golang/go, crypto/x509/verify.go and crypto/tls/handshake_server.go',
    names: {
      'x509: certificate signed by unknown authority': ['unknown_issuer', 'self_signed_untrusted'],
      'x509: certificate has expired or is not yet valid': ['expired', 'not_yet_valid'],
      'x509: certificate specifies an incompatible key usage': ['extended_key_usage_violation'],
      'x509: certificate is not authorized to sign other certificates': ['not_a_ca'],
      'x509: too many intermediates for path length constraint': ['path_length_exceeded'],
      'x509: unhandled critical extension': ['unknown_critical_extension'],
      'x509: cannot verify signature: insecure algorithm': ['weak_hash'],
      "tls: client didn't provide a certificate": ['no_certificate'],
      'tls: failed to verify certificate': ['unknown_issuer', 'expired'],
    },
  },
  {
    system: 'Java',
    source: 'OpenJDK, sun.security.validator.PKIXValidator and EndEntityChecker, java.security.cert',
    names: {
      'unable to find valid certification path to requested target': ['unknown_issuer', 'incomplete_chain'],
      'PKIX path building failed': ['unknown_issuer', 'incomplete_chain'],
      'Path does not chain with any of the trust anchors': ['unknown_issuer', 'self_signed_untrusted'],
      CertificateExpiredException: ['expired'],
      CertificateNotYetValidException: ['not_yet_valid'],
      CertificateRevokedException: ['revoked'],
      'Extended key usage does not permit use for TLS client authentication': ['extended_key_usage_violation'],
      'Empty client certificate chain': ['no_certificate'],
    },
  },
  {
    system: 'rustls',
    source: 'rustls/rustls, rustls/src/error.rs',
    names: {
      'invalid peer certificate: UnknownIssuer': ['unknown_issuer', 'self_signed_untrusted'],
      'invalid peer certificate: Expired': ['expired'],
      'invalid peer certificate: NotValidYet': ['not_yet_valid'],
      'invalid peer certificate: Revoked': ['revoked'],
      'invalid peer certificate: InvalidPurpose': ['extended_key_usage_violation'],
      'invalid peer certificate: BadSignature': ['signature_mismatch'],
      'invalid peer certificate: BadEncoding': ['malformed'],
      'peer sent no certificates': ['no_certificate'],
    },
  },
]

import type { LintRule, RuleText } from './rule.ts'

/** Rules about reading a bundle. They have no `check`: `truststore/read-bundle.ts` and the build report them. */

export const pemSyntaxInvalid = {
  code: 'pem_syntax_invalid',
  severity: 'error',
  citation: 'RFC 7468; API Gateway: X.509 syntax',
} as const
export const pemSyntaxInvalidText: RuleText = {
  summary: 'A block of the bundle is not PEM.',
  remedy: 'Get the certificate again, or correct the lines that the message names.',
}

export const certificateSyntaxInvalid = {
  code: 'certificate_syntax_invalid',
  severity: 'error',
  citation: 'RFC 5280 4.1; API Gateway: X.509 syntax',
} as const
export const certificateSyntaxInvalidText: RuleText = {
  summary: 'The bytes are not an X.509 certificate, or a field of it has invalid syntax.',
  remedy: 'If the message names another format, convert the file. Otherwise re-issue the certificate with a correct tool.',
}

export const nonDerEncoding = {
  code: 'non_der_encoding',
  severity: 'error',
  citation: 'X.690 10, 11; RFC 5280 4.1',
} as const
export const nonDerEncodingText: RuleText = {
  summary: 'The certificate is not DER-encoded, so different parsers may read it differently.',
  remedy: 'Re-issue the certificate with a correct tool.',
}

export const duplicateExtension = {
  code: 'duplicate_extension',
  severity: 'error',
  citation: 'RFC 5280 4.2',
} as const
export const duplicateExtensionText: RuleText = {
  summary: 'An extension occurs twice, so different verifiers may use different ones.',
  remedy: 'Re-issue the certificate with a correct tool.',
}

export const certTooLarge = {
  code: 'cert_too_large',
  severity: 'error',
  citation: 'portcullis: 64 KB per certificate; Application Load Balancer and CloudFront: 16 KB',
} as const
export const certTooLargeText: RuleText = {
  summary: 'The certificate is larger than the size limit.',
  remedy: 'Re-issue the certificate with fewer names or extensions.',
}

export const notV3WithExtensions = {
  code: 'not_v3_with_extensions',
  severity: 'error',
  citation: 'RFC 5280 4.1.2.1, 4.1.2.8; Application Load Balancer: X.509 v3 only',
} as const
export const notV3WithExtensionsText: RuleText = {
  summary: 'The certificate has fields that its version does not allow, so some verifiers may ignore them.',
  remedy: 'Re-issue the certificate as version 3.',
}

export const sanMalformed = {
  code: 'san_malformed',
  severity: 'error',
  citation: 'RFC 5280 4.2.1.6; RFC 1034 3.5',
} as const
export const sanMalformedText: RuleText = {
  summary:
    'A subject alternative name has invalid syntax: it is empty, contains a space, an underscore or a NUL, or has a wrong length. A warning if the policy accepts it.',
  remedy: 'Re-issue the certificate with names in preferred name syntax.',
}

export const nameConstraintsEmpty = {
  code: 'name_constraints_empty',
  severity: 'error',
  citation: 'RFC 5280 4.2.1.10',
} as const
export const nameConstraintsEmptyText: RuleText = {
  summary: 'nameConstraints has no subtree, so it is unknown what the CA should be limited to.',
  remedy: 'Re-issue the CA certificate with the intended subtrees, or without the extension.',
}

export const nameConstraintsMinimumNotZero = {
  code: 'name_constraints_minimum_not_zero',
  severity: 'error',
  citation: 'RFC 5280 4.2.1.10',
} as const
export const nameConstraintsMinimumNotZeroText: RuleText = {
  summary: 'A subtree of nameConstraints has a minimum or maximum distance, which no verifier implements.',
  remedy: 'Re-issue the CA certificate without minimum and maximum.',
}

export const privateKeyInBundle = {
  code: 'private_key_in_bundle',
  severity: 'error',
  citation: 'Azure Application Gateway: the bundle must not have a private key',
} as const
export const privateKeyInBundleText: RuleText = {
  summary: 'The bundle contains a private key. Truststores are widely copied and must not contain secrets.',
  remedy: 'Remove the key from the file and replace it: everyone with access to the file may have it.',
}

export const emptyBundle = {
  code: 'empty_bundle',
  severity: 'error',
  citation: 'Azure Application Gateway: data must be specified',
} as const
export const emptyBundleText: RuleText = {
  summary: 'The bundle contains no certificate.',
  remedy: 'Provide PEM with at least one CERTIFICATE block, or DER.',
}

export const nonCertificateBlock = {
  code: 'non_certificate_block',
  severity: 'warning',
  citation: 'RFC 7468 5',
} as const
export const nonCertificateBlockText: RuleText = {
  summary: 'The bundle has a block that is not a certificate. The block is skipped.',
  remedy:
    'Remove the block. Only PKCS7 and TRUSTED CERTIFICATE blocks contain certificates: convert those to CERTIFICATE blocks.',
}

export const duplicateCertificate = {
  code: 'duplicate_certificate',
  severity: 'warning',
  citation: 'Application Load Balancer, CloudFront: every copy counts towards the limit of 25',
} as const
export const duplicateCertificateText: RuleText = {
  summary: 'The same certificate occurs more than once. The copies are skipped.',
  remedy: 'Remove the copies.',
}

/** All rules about reading, with their texts. */
export const readingRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  { ...pemSyntaxInvalid, ...pemSyntaxInvalidText },
  { ...certificateSyntaxInvalid, ...certificateSyntaxInvalidText },
  { ...nonDerEncoding, ...nonDerEncodingText },
  { ...duplicateExtension, ...duplicateExtensionText },
  { ...certTooLarge, ...certTooLargeText },
  { ...notV3WithExtensions, ...notV3WithExtensionsText },
  { ...sanMalformed, ...sanMalformedText },
  { ...nameConstraintsEmpty, ...nameConstraintsEmptyText },
  { ...nameConstraintsMinimumNotZero, ...nameConstraintsMinimumNotZeroText },
  { ...privateKeyInBundle, ...privateKeyInBundleText },
  { ...emptyBundle, ...emptyBundleText },
  { ...nonCertificateBlock, ...nonCertificateBlockText },
  { ...duplicateCertificate, ...duplicateCertificateText },
])()

/**
 * Deviations from DER (X.690) and from the syntax of RFC 5280 that the parsers read. No decision is looser than for the same
 * certificate in correct DER. `docs/reference/deviations.md` is generated from this table and has the criteria.
 */
const deviations = {
  ecdsa_null_parameters: {
    clause: 'RFC 5758 3.2',
    what: 'The identifier of an ECDSA signature algorithm has NULL parameters. It must have none.',
    reading: 'As without the NULL. Both identifiers of the certificate must have it.',
    writers: 'JDK before JDK-8252377, Mbed TLS, Android Keymaster, phpseclib, jsrsasign',
    readers: 'OpenSSL, s2n, BoringSSL, Java, Go, GnuTLS, pyca',
    remedy: 'Update the tool that signs, and re-issue the certificate or list.',
  },
  rsa_key_without_null: {
    clause: 'RFC 3279 2.3.1',
    what: 'The identifier of an RSA key lacks its NULL parameters.',
    reading: 'As with the NULL.',
    writers: 'embedded devices and home-made encoders',
    readers: 'OpenSSL, s2n, BoringSSL, Java, GnuTLS, pyca',
    remedy: 'Update the tool that made the key or the request, and re-issue the certificate.',
  },
  non_ascii_string: {
    clause: 'X.680 41.4, RFC 5280 4.1.2.4',
    what: 'A PrintableString, NumericString or IA5String of a name has bytes above 7F, in Latin-1 or UTF-8.',
    reading:
      'Equal to the same bytes only. An excluded subtree matches if either reading matches, and a revocation list rejects whom it may name. Texts show the value as `#` and hexadecimal.',
    writers: 'node-forge, mkcert on npm, and other tools that write “é” into a PrintableString; UTF-8 in emailAddress',
    readers: 'OpenSSL, s2n, BoringSSL, Java, GnuTLS, pyca',
    remedy: 'Re-issue the certificate with UTF8String. If it is a CA, its certificates need the same bytes as issuer.',
  },
  boolean_not_ff: {
    clause: 'X.690 11.1',
    what: 'A BOOLEAN TRUE of an extension is not FF.',
    reading: 'TRUE.',
    writers: 'IoT devices, Intel CSME, Tropic Square',
    readers: 'OpenSSL, s2n, BoringSSL, Java, GnuTLS',
    remedy: 'Re-issue the certificate with a DER encoder.',
  },
  critical_false_encoded: {
    clause: 'X.690 11.5',
    what: 'An extension writes critical FALSE, which DER omits.',
    reading: 'Not critical.',
    writers: 'IoT devices, SHECA, InfoNotary',
    readers: 'OpenSSL, s2n, BoringSSL, Java, Go, GnuTLS',
    remedy: 'Re-issue the certificate with a DER encoder.',
  },
  empty_extensions: {
    clause: 'RFC 5280 4.1, 5.1',
    what: 'The list of extensions is empty. It must be absent.',
    reading: 'As without the list.',
    writers: '@peculiar/x509 2.2, selfsigned on npm, pkijs',
    readers: 'OpenSSL, BoringSSL, Java, Go, GnuTLS, pyca',
    remedy: 'Update the tool, and re-issue the certificate with the extensions that its use needs.',
  },
  empty_list: {
    clause: 'RFC 5280 4.2.1.4, 4.2.1.6, 4.2.1.7, 4.2.1.10',
    what: 'A list of names, of policy qualifiers, or of excluded subtrees beside permitted ones is empty.',
    reading: 'subjectAltName, issuerAltName, policyQualifiers and excludedSubtrees count as absent, in every rule.',
    writers: 'OpenSSL with `email:copy` or `issuer:copy`, Camerfirma, GlobalSign CloudSSL CA G3, R3 Corda',
    readers: 'OpenSSL, BoringSSL, Java, Go, GnuTLS, pyca',
    remedy: 'Re-issue the certificate without the empty list.',
  },
  empty_revoked_certificates: {
    clause: 'RFC 5280 5.1.2.6',
    what: 'revokedCertificates is empty. It must be absent.',
    reading: 'The list revokes nothing.',
    writers: 'certtool, CreateCRL of Go, cfssl, pkijs, jsrsasign, DocuSign',
    readers: 'OpenSSL, Java, Go, GnuTLS, pyca',
    remedy: 'Nothing to do: the first revocation ends it. Or update the tool that signs the list.',
  },
  long_crl_number: {
    clause: 'RFC 5280 5.2.3',
    what: 'cRLNumber has 160 bits, so that its encoding has 21 octets. 20 are allowed.',
    reading: 'As the number.',
    writers: '`openssl ca -gencrl` with a random number',
    readers: 'OpenSSL, Java, Go, GnuTLS, pyca',
    remedy: 'Start a shorter number, such as the time. It must be larger than the last one.',
  },
  minimum_zero_encoded: {
    clause: 'X.690 11.5, RFC 5280 4.2.1.10',
    what: 'A subtree of nameConstraints writes minimum 0, which DER omits.',
    reading: 'As without the minimum.',
    writers: 'CertiPath',
    readers: 'OpenSSL, BoringSSL, Java, GnuTLS, pyca',
    remedy: 'Re-issue the CA certificate with a DER encoder.',
  },
  unused_extension_fault: {
    clause: 'RFC 5280 4.2.1.4, 4.2.1.7, 4.2.1.13, 4.2.1.15, 4.2.2',
    what: 'The content of an extension has a fault. The extension is not critical, and most verdicts do not need it.',
    reading:
      'authorityInfoAccess, subjectInfoAccess and issuerAltName count as absent. So do cRLDistributionPoints and freshestCRL, except with the `revocation` option, and certificatePolicies, unless a policy is asked for or required. Then the certificate is rejected.',
    writers: 'many',
    readers: 'OpenSSL, s2n, BoringSSL, Java, Go, GnuTLS, pyca',
    remedy: 'Re-issue the certificate with a correct extension, or without it.',
  },
} as const

/** What a deviation is, how it is read, and where it comes from. */
export interface DeviationInfo {
  readonly clause: string
  readonly what: string
  readonly reading: string
  readonly writers: string
  readonly readers: string
  readonly remedy: string
}

/** A kind of deviation from DER or from the syntax of RFC 5280 that the parsers read. */
export type DeviationCode = keyof typeof deviations

/** A deviation of a certificate or CRL. */
export interface Deviation {
  readonly code: DeviationCode
  /** Byte offset in the DER. */
  readonly offset: number
}

export const deviationCodes: readonly DeviationCode[] = /* @__PURE__ */ (() => Object.keys(deviations) as DeviationCode[])()

/** The deviations that certificates have, too. */
export const certificateDeviationCodes: readonly Exclude<DeviationCode, 'empty_revoked_certificates' | 'long_crl_number'>[] =
  /* @__PURE__ */ (() => deviationCodes.filter((code) => code !== 'empty_revoked_certificates' && code !== 'long_crl_number'))()

export function deviationInfo(code: DeviationCode): DeviationInfo {
  return deviations[code]
}

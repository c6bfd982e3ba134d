/** What `lintTruststore` and `buildTruststore` find. The rules that report them stand in `src/rules`. Never renamed. */
export type LintCode =
  // the bundle
  | 'pem_syntax_invalid'
  | 'private_key_in_bundle'
  | 'empty_bundle'
  | 'non_certificate_block'
  | 'duplicate_certificate'
  | 'subject_issuer_conflict'
  | 'incomplete_chain'
  // certificates
  | 'non_der_encoding'
  | 'duplicate_extension'
  | 'cert_too_large'
  | 'expired'
  | 'not_yet_valid'
  | 'expires_within'
  | 'validity_inverted'
  | 'bad_self_signature'
  | 'signature_not_by_named_issuer'
  | 'weak_signature_hash'
  | 'rsa_too_small'
  | 'rsa_too_large'
  | 'rsa_bad_exponent'
  | 'rsa_modulus_even_or_small_factor'
  | 'ec_curve_not_allowed'
  | 'ec_point_invalid'
  | 'unsupported_key_algorithm'
  | 'sigalg_mismatch'
  | 'algid_params_wrong'
  | 'unknown_critical_extension'
  // certification authorities
  | 'ca_basic_constraints_missing'
  | 'key_cert_sign_not_set'
  | 'ca_subject_empty'
  // waivers
  | 'waiver_expired'

/** `error`: the certificate cannot be used and is left out; `warning`: usable, doubtful; `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

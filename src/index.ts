/**
 * Mutual-TLS certificate validation in pure TypeScript: whom do I trust (`buildTruststore`), is this peer one of them,
 * now (`verifyChain`), and what is wrong with the truststore, or soon will be (`lintTruststore`).
 *
 * @module
 */
export { decodePem } from './bytes/pem.ts'
export type { LintCode, Severity } from './codes/lint.ts'
export type { ParseCode, ParseResult } from './codes/parse.ts'
export type { RejectCode } from './codes/reject.ts'
export type { CodeInfo, CodeMappings } from './codes/reject-info.ts'
export type { SignatureBackend, VerifyingKey } from './crypto/backend.ts'
export type { CurveName } from './crypto/curve.ts'
export type { PublicKey } from './crypto/public-key.ts'
export { pureSignatures } from './crypto/pure.ts'
export { explain } from './lint/explain.ts'
export { type LintOptions, type LintReport, lintTruststore } from './lint/lint.ts'
export type { Waiver } from './lint/waivers.ts'
export type { PolicyInputs, RevocationCheck, VerifyOptions } from './path/options.ts'
export { type Acceptance, type Chain, type Rejection, type Verdict, verifyChain } from './path/verify.ts'
export { type Budget, type Policy, type Purpose, profiles } from './policy/policy.ts'
export type { Finding } from './rules/rule.ts'
export { buildTruststore, TruststoreError, type TruststoreOptions } from './truststore/build.ts'
export type { TruststoreInput } from './truststore/bundle.ts'
export { diffTruststores, type TruststoreDiff } from './truststore/diff.ts'
export type { Truststore } from './truststore/store.ts'
export type { Certificate } from './x509/certificate.ts'
export type { BasicConstraints } from './x509/constraints.ts'
export type { GeneralName } from './x509/general-name.ts'
export type { KeyUsage } from './x509/key-usage.ts'
export type { NameFormat } from './x509/name-text.ts'
export { parseCertificate } from './x509/parse-certificate.ts'
export { parseRevocationList } from './x509/parse-revocation-list.ts'
export type { RevocationList, RevocationReason, RevokedCertificate } from './x509/revocation-list.ts'

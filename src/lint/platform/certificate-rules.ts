import { Reader } from '../../der/reader.ts'
import { certTooLarge, certTooLargeText } from '../../rules/reading.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import { excludesClients } from '../graph.ts'
import { limitRule, type PlatformLimits } from './limits.ts'
import type { PlatformEntry } from './platform-bundle.ts'

/** Rules about the certificates of a bundle, each by itself and in its chain. */
export const platformCertificateRules: readonly LintRule<PlatformEntry, PlatformLimits>[] = /* @__PURE__ */ (() => [
  limitRule('sameSubjectAndKey', {
    code: 'pki_too_large',
    severity: 'warning',
    summary: 'Too many intermediates have one subject and key; the platform then verifies no client at all.',
    citation: 'Google Cloud: client_cert_pki_too_large',
    remedy: 'Keep the newest of them.',
    // Once for all of them, at the first one too many.
    check: (entry, most) => {
      const { alike } = entry
      if (alike[most] !== entry) return undefined
      return `${alike.length} intermediate certificates of one subject and key, at most ${most} are verified`
    },
  }),
  limitRule('certificateBytes', {
    ...certTooLarge,
    ...certTooLargeText,
    check: ({ certificate: { raw } }, most) =>
      raw.length <= most ? undefined : `certificate of ${raw.length} bytes, at most ${most} are taken`,
  }),
  limitRule('rsaBits', {
    code: 'platform_key_unsupported',
    severity: 'error',
    summary: 'The platform does not support the size, curve or algorithm of the key. A warning where only clients are refused.',
    citation: 'Application Load Balancer, CloudFront: RSA 2048 to 8192; Google Cloud: RSA 2048 to 4096; P-256, P-384',
    remedy: 'Re-issue the CA with an RSA-2048 or P-256 key, which every platform supports.',
    check: ({ certificate: { publicKey } }, { least, most }) => {
      if (publicKey.algorithm === 'EC') return undefined
      if (publicKey.algorithm === 'unknown') return `key algorithm ${publicKey.oid} is not supported`
      const { bits } = publicKey
      if (bits >= least && (most === undefined || bits <= most)) return undefined
      return `RSA key of ${bits} bits, ${most === undefined ? `at least ${least}` : `${least} to ${most}`} are supported`
    },
  }),
  limitRule('curves', {
    code: 'platform_curve_unsupported',
    severity: 'error',
    summary: 'The platform does not support the curve of the key. A warning where only clients are refused.',
    citation: 'API Gateway, Google Cloud: P-256, P-384; Application Load Balancer, CloudFront: P-521 too',
    remedy: 'Re-issue the CA with a P-256 key, which every platform supports.',
    check: ({ certificate: { publicKey } }, supported) => {
      if (publicKey.algorithm !== 'EC' || supported.includes(publicKey.curve)) return undefined
      return `EC key on ${publicKey.curve}, ${supported.join(', ')} are supported`
    },
  }),
  limitRule('hashes', {
    code: 'platform_hash_unsupported',
    severity: 'error',
    summary: 'The platform does not support the hash of the signature. A warning where only clients are refused.',
    citation: 'API Gateway, Application Load Balancer, CloudFront: SHA-256 or stronger',
    remedy: 'Re-issue the certificate with SHA-256.',
    check: ({ certificate, isRoot }, supported) => {
      const { name, hash } = certificate.signatureAlgorithm
      if (isRoot || (hash !== undefined && supported.includes(hash))) return undefined
      return `signature with ${name}, ${supported.join(', ')} are supported`
    },
  }),
  limitRule('versions', {
    code: 'platform_version_unsupported',
    severity: 'error',
    summary: 'The platform does not take certificates of this X.509 version.',
    citation: 'Application Load Balancer: X.509v3',
    remedy: 'Re-issue the CA as a version 3 certificate with basicConstraints.',
    check: ({ certificate: { version } }, supported) =>
      supported.includes(version) ? undefined : `X.509 version ${version}, ${supported.join(', ')} is taken`,
  }),
  limitRule('chainLength', {
    code: 'platform_chain_too_deep',
    severity: 'warning',
    summary: 'More CAs stand between the root and this one than the platform follows, so its clients are refused.',
    citation: 'API Gateway, Application Load Balancer, CloudFront: 4; Google Cloud: 10 with the client',
    remedy: 'Issue clients from a CA nearer to the root, or cross-sign this one by a root.',
    check: ({ depth }, most) =>
      depth === undefined || depth <= most ? undefined : `${depth} CA certificates up to the root, at most ${most} are followed`,
  }),
  limitRule('completeChains', {
    code: 'platform_chain_incomplete',
    severity: 'warning',
    summary: 'No root of the bundle is above the certificate, and the platform accepts clients only below roots of the bundle.',
    citation: 'API Gateway: the complete chain from the issuing CA to the root must be in the truststore',
    remedy: "Add the issuers' certificates, up to a self-signed root.",
    check: ({ certificate, node, depth }) =>
      // What was left out has a finding of its own.
      node === undefined || depth !== undefined ? undefined : `no root is reached by way of its issuer ${certificate.issuer}`,
  }),
  limitRule('nameConstraints', {
    code: 'platform_constraints_too_many',
    severity: 'warning',
    summary: 'The CA has more name constraints than the platform checks, so its clients are refused.',
    citation: 'Google Cloud: client_cert_chain_max_name_constraints_exceeded',
    remedy: 'Re-issue the CA with fewer subtrees.',
    check: ({ certificate }, most) => {
      const found = subtreesOf(certificate)
      return found <= most ? undefined : `${found} name constraints, at most ${most} are checked`
    },
  }),
  limitRule('clientAuth', {
    code: 'platform_purpose_missing',
    severity: 'warning',
    summary: "The CA's extended key usage leaves out clientAuth, so the platform refuses its clients.",
    citation: 'Google Cloud: client_cert_chain_invalid_eku',
    remedy: 'Re-issue the CA with clientAuth among its purposes, or without the extension.',
    check: ({ certificate }) => {
      if (!certificate.isCa || !excludesClients(certificate)) return undefined
      return `extended key usage is ${certificate.extendedKeyUsage?.join(', ')}, without clientAuth`
    },
  }),
])()

/** How many subtrees, permitted and excluded, the checked nameConstraints of a certificate have. */
function subtreesOf({ extensions }: CertificateView): number {
  const value = extensions.value(ExtensionId.nameConstraints)
  if (value === undefined) return 0
  let count = 0
  const outer = new Reader(value)
  outer.next('nameConstraints')
  const lists = new Reader(outer.content())
  while (!lists.atEnd()) {
    lists.next('nameConstraints')
    const subtrees = new Reader(lists.content())
    for (; !subtrees.atEnd(); count++) subtrees.next('nameConstraints')
  }
  return count
}

import { oidForMessage } from '../der/oid.ts'
import { understoodWithLists } from '../policy/strength.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import * as KeyUsageBit from '../x509/ids/key-usage-bit.ts'
import type { LintRule, Problem, Rule, RuleContext, RuleText } from './rule.ts'

/** Rules about extensions, and about basicConstraints and keyUsage of CAs. */

/** An error if the policy enforces anchor constraints. Otherwise a warning, because only the name and key of an anchor count. */
function errorIfEnforced(problem: string, { policy }: RuleContext): Problem {
  return policy.enforceAnchorConstraints ? problem : { problem, severity: 'warning' }
}

/** An anchor's revocation is never checked, and its extensions count only if the policy enforces them. */
function exceptAnchors({ policy }: RuleContext): string {
  return policy.enforceAnchorConstraints ? ', and never on an anchor' : ', or on an anchor'
}

const unknownCriticalExtension: Rule<CertificateView> = {
  code: 'unknown_critical_extension',
  severity: 'error',
  citation: 'RFC 5280 4.2',
  check({ extensions }, context) {
    const unknown = extensions.firstCriticalOutside(understoodWithLists)
    const hasPoints = extensions.isCritical(ExtensionId.crlDistributionPoints)
    const needsLists = `critical extension 2.5.29.31 (cRLDistributionPoints) is accepted only if revocation is checked${exceptAnchors(context)}`
    if (unknown === undefined) return hasPoints ? { problem: needsLists, severity: 'warning' } : undefined
    const oid = oidForMessage(extensions.oidAt(unknown))
    return errorIfEnforced(`critical extension ${oid} is not understood${hasPoints ? `; ${needsLists}` : ''}`, context)
  },
}
const unknownCriticalExtensionText: RuleText = {
  summary:
    'A critical extension is not understood, so paths through the certificate are rejected. A warning if the policy does not enforce anchor constraints: then the certificate is accepted as an anchor.',
  remedy: 'Re-issue the certificate without the extension, or with it not critical.',
}

const caBasicConstraintsMissing: Rule<CertificateView> = {
  code: 'ca_basic_constraints_missing',
  severity: 'error',
  citation: 'RFC 5280 4.2.1.9',
  check({ isCa, keyUsageBits }, context) {
    if (isCa || keyUsageBits === undefined || (keyUsageBits & KeyUsageBit.keyCertSign) === 0) return undefined
    return errorIfEnforced('keyUsage has keyCertSign, but basicConstraints with cA TRUE is missing', context)
  },
}
const caBasicConstraintsMissingText: RuleText = {
  summary: 'keyUsage includes keyCertSign, but basicConstraints does not mark the certificate as a CA.',
  remedy: 'Re-issue the CA certificate with basicConstraints cA TRUE, critical.',
}

const keyCertSignNotSet: Rule<CertificateView> = {
  code: 'key_cert_sign_not_set',
  severity: 'error',
  citation: 'RFC 5280 4.2.1.3',
  check({ isCa, keyUsageBits }, context) {
    if (!isCa || keyUsageBits === undefined || (keyUsageBits & KeyUsageBit.keyCertSign) !== 0) return undefined
    return errorIfEnforced('CA certificate without keyCertSign in keyUsage', context)
  },
}
const keyCertSignNotSetText: RuleText = {
  summary: 'basicConstraints marks a CA, but keyUsage does not include keyCertSign.',
  remedy: 'Re-issue the CA certificate with keyCertSign.',
}

const caSubjectEmpty: Rule<CertificateView> = {
  code: 'ca_subject_empty',
  severity: 'error',
  citation: 'RFC 5280 4.1.2.6',
  check({ isCa, subjectIsEmpty, extensions }) {
    return subjectIsEmpty && (isCa || !extensions.has(ExtensionId.subjectAltName)) ? 'subject is empty' : undefined
  },
}
const caSubjectEmptyText: RuleText = {
  summary: 'A CA without a subject name cannot be named as an issuer.',
  remedy: 'Re-issue the CA certificate with a subject.',
}

const v1Ca: Rule<CertificateView> = {
  code: 'v1_ca',
  severity: 'warning',
  citation: 'RFC 5280 4.1.2.1, 6.1.4 (k); Application Load Balancer: X.509 v3 only',
  check({ version, isSelfIssued }, { policy }) {
    if (version === 3) return undefined
    const { version1Roots = false, trust, enforceAnchorConstraints } = policy
    const mayIssue = !enforceAnchorConstraints || (version === 1 && version1Roots && trust !== 'every-certificate')
    if (isSelfIssued && mayIssue) return `may issue any client; version ${version} cannot say otherwise`
    return `certificate has version ${version}, which has no basicConstraints`
  },
}
const v1CaText: RuleText = {
  summary:
    'A version 1 or 2 certificate has no basicConstraints. Listed and self-signed with version 1, it may issue any client certificate if the policy has `version1Roots`. Otherwise it cannot be a CA, unless anchor constraints are not enforced.',
  remedy: 'Re-issue the certificate as version 3 with basicConstraints. Do not list a client certificate of version 1.',
}

export const extensionRules: readonly Rule<CertificateView>[] = [
  unknownCriticalExtension,
  caBasicConstraintsMissing,
  keyCertSignNotSet,
  caSubjectEmpty,
  v1Ca,
]
/** These rules with their texts. */
export const describedExtensionRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  { ...unknownCriticalExtension, ...unknownCriticalExtensionText },
  { ...caBasicConstraintsMissing, ...caBasicConstraintsMissingText },
  { ...keyCertSignNotSet, ...keyCertSignNotSetText },
  { ...caSubjectEmpty, ...caSubjectEmptyText },
  { ...v1Ca, ...v1CaText },
])()

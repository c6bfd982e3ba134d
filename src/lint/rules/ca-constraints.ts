import { excerpt, latin1Of } from '../../bytes/encoding.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type SubtreeBase, subtreeBases } from '../../x509/constraints.ts'
import { ipText } from '../../x509/general-name.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import { anyPolicy, mappingsOf, policiesOf, policyText } from '../../x509/policies.ts'
import { isNameOfForm, isSubtreeOfItsForm } from '../../x509/profile/name-syntax.ts'
import {
  criticalInhibitAnyPolicy,
  criticalNameConstraints,
  criticalPolicyConstraints,
  nameConstraintsOfCa,
  subtreeSyntax,
} from '../../x509/profile/rfc5280.ts'
import { profileRule, type RoleContext } from '../lint-rule.ts'

/** Rules about name constraints and certificate policies of CAs. */

/** Forms that cannot be compared. If a subtree has such a form, every certificate with a name of that form is rejected. */
const unsupportedForms: ReadonlyMap<number, string> = /* @__PURE__ */ new Map([
  [GeneralNameTag.other, 'otherName'],
  [GeneralNameTag.x400, 'x400Address'],
  [GeneralNameTag.ediParty, 'ediPartyName'],
  [GeneralNameTag.registeredId, 'registeredID'],
])

function subtreesOf({ extensions }: CertificateView): readonly SubtreeBase[] {
  const value = extensions.value(ExtensionId.nameConstraints)
  return value === undefined ? [] : subtreeBases(value)
}

/** RFC 5280 4.2.1.10: a URI constraint is the fully qualified name of a host or, with a leading dot, of a domain. */
function isSubtreeOfHosts(text: string): boolean {
  const domain = text.startsWith('.') ? text.slice(1) : text
  return domain.includes('.') && !/[*_]/.test(domain) && isNameOfForm(GeneralNameTag.dns, domain) && !/^[\d.]+$/.test(domain)
}

/** Why a subtree is malformed. Directory names and unsupported forms are not checked. */
function subtreeFault(base: SubtreeBase): string | undefined {
  const { tag, value } = base
  if (tag === GeneralNameTag.ip) {
    const width = value.length / 2
    const hasHostBits = Array.from({ length: width }).some((_, i) => (value.at(i) & ~value.at(width + i)) !== 0)
    return hasHostBits ? `address subtree ${ipText(value.view().subarray(0, width))} has bits outside its mask` : undefined
  }
  const text = latin1Of(value)
  if (isSubtreeOfItsForm(base) && (tag !== GeneralNameTag.uri || isSubtreeOfHosts(text))) return undefined
  const form = tag === GeneralNameTag.dns ? 'DNS' : tag === GeneralNameTag.email ? 'e-mail' : 'URI'
  return `${form} subtree ${excerpt(text, 80)} of nameConstraints has invalid syntax`
}

function mappings({ extensions }: CertificateView): ReturnType<typeof mappingsOf> {
  const value = extensions.value(ExtensionId.policyMappings)
  return value === undefined ? [] : mappingsOf(value)
}

export const constraintRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  profileRule(
    'name_constraints_not_critical',
    criticalNameConstraints,
    {
      severity: 'warning',
      summary: 'nameConstraints is not critical, so software that does not support it lets the CA issue any name.',
      remedy: 'Re-issue the CA certificate with nameConstraints critical.',
    },
    () => 'nameConstraints is not critical',
  ),
  {
    code: 'name_constraints_unsupported_form',
    severity: 'warning',
    summary: 'nameConstraints limits a name form that cannot be compared, so every certificate with such a name is rejected.',
    citation: 'RFC 5280 4.2.1.10',
    remedy: 'Re-issue the CA certificate with subtrees of DNS, e-mail, URI, address or directory names.',
    check(certificate) {
      const form = subtreesOf(certificate)
        .map(({ tag }) => unsupportedForms.get(tag))
        .find((name) => name !== undefined)
      return form === undefined ? undefined : `nameConstraints has a subtree of ${form}, which cannot be compared`
    },
  },
  {
    ...profileRule(
      'name_constraints_malformed',
      subtreeSyntax,
      {
        severity: 'warning',
        summary:
          'A subtree of nameConstraints has invalid syntax. Strict verifiers reject the CA, and others may compare differently.',
        remedy:
          'Re-issue the CA certificate. A DNS subtree is a domain name without a wildcard or leading dot. An e-mail subtree is a mailbox, a host or, with a leading dot, a domain. A URI subtree is a host name or, with a leading dot, a domain. An address subtree has no bits outside its mask.',
      },
      () => '',
    ),
    check(certificate) {
      for (const base of subtreesOf(certificate)) {
        const problem = subtreeFault(base)
        if (problem !== undefined) return problem
      }
      return undefined
    },
  },
  profileRule(
    'name_constraints_on_non_ca',
    nameConstraintsOfCa,
    {
      severity: 'warning',
      summary: 'A certificate that is not a CA has nameConstraints, which has no effect.',
      remedy: 'Re-issue the certificate without nameConstraints.',
    },
    () => 'nameConstraints in a certificate that is not a CA',
  ),
  {
    code: 'policy_constraints_present',
    severity: 'warning',
    summary: 'The CA requires or inhibits certificate policies, so clients without a matching policy are rejected.',
    citation: 'RFC 5280 4.2.1.11, 4.2.1.14',
    remedy: 'Issue its clients with certificate policies, or use a CA without policyConstraints.',
    check({ requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy }) {
      const limits = Object.entries({ requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy }).filter(
        ([, skip]) => skip !== undefined,
      )
      return limits.length === 0 ? undefined : `CA limits policies: ${limits.map(([name, skip]) => `${name} ${skip}`).join(', ')}`
    },
  },
  profileRule(
    'policy_constraints_not_critical',
    criticalPolicyConstraints,
    {
      severity: 'info',
      summary: 'policyConstraints is not critical, so software that does not support it ignores it.',
      remedy: 'Re-issue the CA certificate with policyConstraints critical.',
    },
    () => 'policyConstraints is not critical',
  ),
  profileRule(
    'inhibit_any_policy_not_critical',
    criticalInhibitAnyPolicy,
    {
      severity: 'info',
      summary: 'inhibitAnyPolicy is not critical, so software that does not support it ignores it.',
      remedy: 'Re-issue the CA certificate with inhibitAnyPolicy critical.',
    },
    () => 'inhibitAnyPolicy is not critical',
  ),
  {
    code: 'policy_mappings_not_critical',
    severity: 'info',
    summary: 'policyMappings is not critical, so software that does not support it ignores it.',
    citation: 'RFC 5280 4.2.1.5',
    remedy: 'Re-issue the CA certificate with policyMappings critical.',
    check({ extensions }) {
      const isLax = extensions.has(ExtensionId.policyMappings) && !extensions.isCritical(ExtensionId.policyMappings)
      return isLax ? 'policyMappings is not critical' : undefined
    },
  },
  {
    code: 'policy_mapping_any_policy',
    severity: 'warning',
    summary: 'policyMappings maps to or from anyPolicy, which makes every path through the CA invalid.',
    citation: 'RFC 5280 4.2.1.5, 6.1.4 (a)',
    remedy: 'Re-issue the CA certificate with mappings between specific policies.',
    check(certificate) {
      const isBad = mappings(certificate).some((pair) => pair.includes(anyPolicy))
      return isBad ? 'policyMappings maps anyPolicy' : undefined
    },
  },
  {
    code: 'policy_mapping_not_listed',
    severity: 'info',
    summary: 'policyMappings maps a policy that the CA does not assert, so the mapping has no effect.',
    citation: 'RFC 5280 4.2.1.5',
    remedy: 'Re-issue the CA certificate with that policy in certificatePolicies.',
    check(certificate) {
      const value = certificate.extensions.value(ExtensionId.certificatePolicies)
      const listed = value && policiesOf(value)
      const stray = mappings(certificate).find(([domain]) => listed?.has(domain) !== true && domain !== anyPolicy)
      return stray === undefined
        ? undefined
        : `policyMappings maps ${policyText(stray[0]).slice(0, 80)}, which certificatePolicies does not list`
    },
  },
])()

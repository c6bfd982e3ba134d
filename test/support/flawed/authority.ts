import { profiles } from '../../../src/index.ts'
import { contextConstructed, contextPrimitive, encode, sequence } from '../asn1.ts'
import { generalNameNode } from '../names.ts'
import { at, bentCa, bentClient, bentRoot, cleanBundle, type Flaw, root } from './flaw.ts'

/** What is doubtful about a CA's certificate by itself: what it may issue, how it is found, and what it limits. */

const nameConstraints = '2.5.29.30'
const sound = bentRoot({}).der
const withMinimum = encode(
  sequence(contextConstructed(0, sequence(generalNameNode({ dns: 'example.com' }), contextPrimitive(0, Uint8Array.of(1))))),
)
const policies = { certificatePolicies: ['1.2.3.4'], policyMappings: [['1.2.3.4', '1.2.3.5']] } as const

export const authorityFlaws: readonly Flaw[] = [
  {
    code: 'basic_constraints_not_critical',
    name: 'basicConstraints of a CA not critical',
    input: bentRoot({ critical: { basicConstraints: false } }).der,
    mended: ['basicConstraints critical', sound],
  },
  {
    code: 'path_len_on_non_ca',
    name: 'a client with a path length',
    as: 'leaf',
    input: bentClient({ ca: false, pathLength: 0 }).der,
    mended: ['a client without', bentClient({}).der],
  },
  {
    code: 'ca_key_usage_missing',
    name: 'an intermediate without keyUsage',
    input: [root.der, bentCa({ keyUsage: [] }).der],
    mended: ['a listed root without keyUsage', bentRoot({ keyUsage: [] }).der],
  },
  {
    code: 'ca_key_usage_missing',
    severity: 'info',
    name: 'a root without keyUsage, before it is listed',
    as: 'ca',
    input: bentRoot({ keyUsage: [] }).der,
    mended: ['a root with keyCertSign and cRLSign', sound],
  },
  {
    code: 'web_pki_ca_nonconforming',
    name: 'a root with extendedKeyUsage, beside a sound one',
    input: [root.der, bentRoot({ extendedKeyUsage: ['serverAuth'] }).der],
    options: { policy: profiles.webServer },
    mended: ['two roots without extendedKeyUsage', [root.der, sound], { policy: profiles.webServer }],
  },
  {
    code: 'ca_eku_excludes_client_auth',
    also: ['no_trust_anchor'],
    name: 'a CA with the extendedKeyUsage serverAuth',
    input: bentRoot({ extendedKeyUsage: ['serverAuth'] }).der,
    mended: ['a CA with serverAuth and clientAuth', bentRoot({ extendedKeyUsage: ['serverAuth', 'clientAuth'] }).der],
  },
  {
    code: 'ca_validity_too_long',
    severity: 'info',
    name: 'a CA of 30 years',
    input: bentRoot({ notAfter: at(30 * 365.25) }).der,
    mended: ['a CA of 20 years', bentRoot({ notAfter: at(20 * 365.25) }).der],
  },
  {
    code: 'ski_missing',
    name: 'a CA without subject key identifier',
    input: bentRoot({ subjectKeyId: false }).der,
    mended: ['a CA with one', sound],
  },
  {
    code: 'ski_missing',
    severity: 'info',
    name: 'a client without subject key identifier',
    as: 'leaf',
    input: bentClient({ subjectKeyId: false }).der,
  },
  {
    code: 'ski_critical',
    severity: 'info',
    name: 'subjectKeyIdentifier critical',
    input: bentRoot({ critical: { subjectKeyId: true } }).der,
    mended: ['subjectKeyIdentifier not critical', sound],
  },
  {
    code: 'aki_missing',
    name: 'an intermediate without authority key identifier',
    input: [root.der, bentCa({ authorityKeyId: false }).der],
    mended: ['an intermediate with one', cleanBundle],
  },
  {
    code: 'aki_critical',
    severity: 'info',
    name: 'authorityKeyIdentifier critical',
    input: bentRoot({ critical: { authorityKeyId: true } }).der,
    mended: ['authorityKeyIdentifier not critical', sound],
  },
  {
    code: 'key_usage_not_critical',
    severity: 'info',
    name: 'keyUsage not critical',
    input: bentRoot({ critical: { keyUsage: false } }).der,
    mended: ['keyUsage critical', sound],
  },
  {
    code: 'key_usage_unfit_for_key',
    severity: 'info',
    name: 'keyEncipherment on an EC key',
    as: 'leaf',
    input: bentClient({ keyUsage: ['digitalSignature', 'keyEncipherment'] }).der,
    mended: ['digitalSignature and keyAgreement', bentClient({ keyUsage: ['digitalSignature', 'keyAgreement'] }).der],
  },
  {
    code: 'ku_eku_inconsistent',
    name: 'a client with clientAuth, but nonRepudiation only',
    as: 'leaf',
    also: ['ku_no_digital_signature'],
    input: bentClient({ keyUsage: ['nonRepudiation'] }).der,
    mended: ['a client with clientAuth and digitalSignature', bentClient({}).der],
  },
  {
    code: 'eku_critical_with_any',
    severity: 'info',
    name: 'a critical extendedKeyUsage with anyExtendedKeyUsage',
    as: 'leaf',
    input: bentClient({ extendedKeyUsage: ['clientAuth', 'any'], critical: { extendedKeyUsage: true } }).der,
    mended: ['the same not critical', bentClient({ extendedKeyUsage: ['clientAuth', 'any'] }).der],
  },

  {
    code: 'name_constraints_not_critical',
    name: 'nameConstraints not critical',
    input: bentRoot({ nameConstraints: { permitted: [{ dns: 'example' }] }, critical: { nameConstraints: false } }).der,
    mended: ['nameConstraints critical', bentRoot({ nameConstraints: { permitted: [{ dns: 'example' }] } }).der],
  },
  {
    code: 'name_constraints_empty',
    severity: 'error',
    name: 'nameConstraints without subtrees',
    input: [root.der, bentCa({ extensions: [{ oid: nameConstraints, critical: true, value: encode(sequence()) }] }).der],
    mended: ['nameConstraints with one', [root.der, bentCa({ nameConstraints: { excluded: [{ dns: 'example' }] } }).der]],
  },
  {
    code: 'name_constraints_minimum_not_zero',
    severity: 'error',
    name: 'a subtree with the minimum 1',
    input: [root.der, bentCa({ extensions: [{ oid: nameConstraints, critical: true, value: withMinimum }] }).der],
    mended: ['a subtree without', [root.der, bentCa({ nameConstraints: { permitted: [{ dns: 'example.com' }] } }).der]],
  },
  {
    code: 'name_constraints_unsupported_form',
    name: 'a subtree of registeredID',
    input: bentRoot({ nameConstraints: { excluded: [{ registeredId: '1.2.3' }] } }).der,
    mended: ['a subtree of directory names', bentRoot({ nameConstraints: { excluded: [{ directory: 'O=Other' }] } }).der],
  },
  {
    code: 'name_constraints_malformed',
    name: 'the DNS subtree *.example',
    input: bentRoot({ nameConstraints: { permitted: [{ dns: '*.example' }] } }).der,
    mended: ['the DNS subtree example', bentRoot({ nameConstraints: { permitted: [{ dns: 'example' }] } }).der],
  },
  {
    code: 'name_constraints_malformed',
    name: 'a URI subtree with scheme',
    input: bentRoot({ nameConstraints: { permitted: [{ uri: 'https://example.com' }] } }).der,
    mended: ['a URI subtree with a domain', bentRoot({ nameConstraints: { permitted: [{ uri: '.example.com' }] } }).der],
  },
  {
    code: 'name_constraints_malformed',
    name: 'the address subtree 192.0.2.1/24',
    input: bentRoot({ nameConstraints: { permitted: [{ ip: '192.0.2.1/24' }] } }).der,
    mended: ['the address subtree 192.0.2.0/24', bentRoot({ nameConstraints: { permitted: [{ ip: '192.0.2.0/24' }] } }).der],
  },
  {
    code: 'name_constraints_on_non_ca',
    name: 'a client with nameConstraints',
    as: 'leaf',
    input: bentClient({ nameConstraints: { permitted: [{ dns: 'example' }] } }).der,
    mended: ['a client without', bentClient({}).der],
  },
  {
    code: 'policy_constraints_present',
    name: 'a CA that requires explicit policies',
    input: bentRoot({ policyConstraints: { requireExplicitPolicy: 0 } }).der,
    mended: ['a CA that does not', sound],
  },
  {
    code: 'policy_constraints_not_critical',
    severity: 'info',
    name: 'policyConstraints not critical',
    also: ['policy_constraints_present'],
    input: bentRoot({ policyConstraints: { requireExplicitPolicy: 0 }, critical: { policyConstraints: false } }).der,
    mended: ['policyConstraints critical', bentRoot({ policyConstraints: { requireExplicitPolicy: 0 } }).der],
  },
  {
    code: 'inhibit_any_policy_not_critical',
    severity: 'info',
    name: 'inhibitAnyPolicy not critical',
    also: ['policy_constraints_present'],
    input: bentRoot({ inhibitAnyPolicy: 0, critical: { inhibitAnyPolicy: false } }).der,
    mended: ['inhibitAnyPolicy critical', bentRoot({ inhibitAnyPolicy: 0 }).der],
  },
  {
    code: 'policy_mappings_not_critical',
    severity: 'info',
    name: 'policyMappings not critical',
    input: bentRoot({ ...policies, critical: { policyMappings: false } }).der,
    mended: ['policyMappings critical', bentRoot(policies).der],
  },
  {
    code: 'policy_mapping_any_policy',
    name: 'a mapping from anyPolicy',
    input: bentRoot({ ...policies, policyMappings: [['2.5.29.32.0', '1.2.3.5']] }).der,
    mended: ['a mapping from a particular policy', bentRoot(policies).der],
  },
  {
    code: 'policy_mapping_not_listed',
    severity: 'info',
    name: 'a mapping of a policy that the CA does not assert',
    input: bentRoot({ ...policies, policyMappings: [['1.2.3.9', '1.2.3.5']] }).der,
    mended: ['a mapping of one that it asserts', bentRoot(policies).der],
  },
]

import { isCorrectDer_conformance } from './deviations.ts'
import { type Call, type Certificate, type GeneralName, type Name, sameKey } from './model.ts'
import { isSelfIssued_6_1 } from './names.ts'

/**
 * `Policy.conformance`: what section 4 of RFC 5280 and the CA/Browser Forum's Baseline Requirements ask of certificates, as far as
 * the model can break it. Serial numbers, encodings of dates and strings, and the syntax of names are not in the model.
 */

export type Role = 'leaf' | 'intermediate' | 'anchor'

/** A requirement, named after its paragraph, and whether a certificate meets it. */
export type Requirement = readonly [paragraph: string, holds: boolean]

/** What the level of the policy requires of a certificate in this role. */
export function requirements_conformance(call: Call, certificate: Certificate, role: Role): readonly Requirement[] {
  const { conformance } = call.policy
  if (conformance === 'practical') return []
  const { nameConstraints } = certificate
  const der: Requirement = ['deviations', isCorrectDer_conformance(certificate)]
  // The Baseline Requirements lift 4.2.1.10, which demands that the extension is critical.
  const critical: Requirement = ['4.2.1.10, critical', nameConstraints === undefined || nameConstraints.critical]
  return conformance === 'strict'
    ? [der, critical, ...requirements_5280_4(certificate, role)]
    : [der, ...requirements_5280_4(certificate, role), ...requirements_br(certificate, role)]
}

function requirements_5280_4(certificate: Certificate, role: Role): readonly Requirement[] {
  const { subject, authorityKeyId, subjectKeyId, keyUsage, nameConstraints, policyConstraints, inhibitAnyPolicy } = certificate
  const { basicConstraints, subjectAltName } = certificate
  const isCa = basicConstraints?.value.ca === true
  const signs = keyUsage === undefined || keyUsage.value.includes('keyCertSign')
  const isIssuer = role !== 'leaf'
  return [
    ['4.1.2.4', certificate.issuer.length > 0],
    ['4.1.2.6, 4.2.1.6', subject.length > 0 || (!isIssuer && subjectAltName?.critical === true)],
    ['4.2.1.1, critical', authorityKeyId?.critical !== true],
    ['4.2.1.1', authorityKeyId !== undefined || role === 'anchor' || isSelfIssued_6_1(certificate)],
    ['4.2.1.2, critical', subjectKeyId?.critical !== true],
    ['4.2.1.2', subjectKeyId !== undefined || !isIssuer],
    ['4.2.1.3', isCa || keyUsage === undefined || !keyUsage.value.includes('keyCertSign')],
    ['4.2.1.9, critical', !(isCa && isIssuer) || basicConstraints!.critical],
    ['4.2.1.9', basicConstraints?.value.pathLength === undefined || (isCa && signs)],
    ['4.2.1.10', nameConstraints === undefined || isCa],
    ['4.2.1.11', policyConstraints === undefined || policyConstraints.critical],
    ['4.2.1.14', inhibitAnyPolicy === undefined || inhibitAnyPolicy.critical],
  ]
}

function requirements_br(certificate: Certificate, role: Role): readonly Requirement[] {
  const { subject, subjectAltName, extendedKeyUsage, basicConstraints, authorityKeyId, key } = certificate
  const isRoot = role === 'anchor' && isSelfIssued_6_1(certificate)
  const isLeaf = role === 'leaf'
  const isOwnKey = certificate.subjectKeyId !== undefined && authorityKeyId !== undefined && sameKey(authorityKeyId.value, key)
  return [
    ['BR 7.1.1', certificate.version !== 1],
    ['BR 7.1.2.1.2', !isRoot || extendedKeyUsage === undefined],
    ['BR 7.1.2.1.3', !isRoot || authorityKeyId === undefined || isOwnKey],
    ['BR 7.1.2.7.6, basicConstraints', !isLeaf || basicConstraints?.value.ca !== true],
    ['BR 7.1.2.7.6, subjectAltName', !isLeaf || subjectAltName !== undefined],
    ['BR 7.1.2.7.6, extendedKeyUsage', !isLeaf || extendedKeyUsage?.critical !== true],
    ['BR 7.1.2.7.10', !isLeaf || (extendedKeyUsage !== undefined && !extendedKeyUsage.value.includes('any'))],
    ['BR 7.1.2.7.12', !isLeaf || subject.length === 0 || subjectAltName?.critical !== true],
    ['BR 7.1.4.3', !isLeaf || commonNamesAreListed(subject, subjectAltName?.value ?? [])],
  ]
}

function commonNamesAreListed(subject: Name, alternatives: readonly GeneralName[]): boolean {
  return subject.every(([type, value]) => {
    return (
      type !== 'CN' || alternatives.some((name) => ('dns' in name && name.dns === value) || ('ip' in name && name.ip === value))
    )
  })
}

import { type Call, type Certificate, type GeneralName, type Name, sameKey } from './model.ts'
import { isSelfIssued_6_1 } from './names.ts'

/**
 * `Policy.conformance`: what section 4 of RFC 5280 and the CA/Browser Forum's Baseline Requirements ask of certificates, as far as
 * the model can break it. Serial numbers, encodings of dates and strings, and the syntax of names are not in the model.
 */

export type Role = 'leaf' | 'intermediate' | 'anchor'

/** Whether the certificate conforms at the level of the policy. */
export function conforms_conformance({ policy }: Call, certificate: Certificate, role: Role): boolean {
  const { conformance } = policy
  if (conformance === 'practical') return true
  const { nameConstraints } = certificate
  // The Baseline Requirements lift 4.2.1.10, which demands that the extension is critical.
  const isLifted = conformance === 'web-pki' || nameConstraints === undefined || nameConstraints.critical
  return isLifted && conforms_5280_4(certificate, role) && (conformance === 'strict' || conforms_br(certificate, role))
}

function conforms_5280_4(certificate: Certificate, role: Role): boolean {
  const { subject, authorityKeyId, subjectKeyId, keyUsage, nameConstraints, policyConstraints, inhibitAnyPolicy } = certificate
  const { basicConstraints, subjectAltName } = certificate
  const isCa = basicConstraints?.value.ca === true
  const signs = keyUsage === undefined || keyUsage.value.includes('keyCertSign')
  const isIssuer = role !== 'leaf'
  return [
    // 4.1.2.4
    certificate.issuer.length > 0,
    // 4.1.2.6, 4.2.1.6
    subject.length > 0 || (!isIssuer && subjectAltName?.critical === true),
    // 4.2.1.1
    authorityKeyId?.critical !== true,
    authorityKeyId !== undefined || role === 'anchor' || isSelfIssued_6_1(certificate),
    // 4.2.1.2
    subjectKeyId?.critical !== true,
    subjectKeyId !== undefined || !isIssuer,
    // 4.2.1.3, 4.2.1.9
    isCa || keyUsage === undefined || !keyUsage.value.includes('keyCertSign'),
    // 4.2.1.9
    !(isCa && isIssuer) || basicConstraints!.critical,
    basicConstraints?.value.pathLength === undefined || (isCa && signs),
    // 4.2.1.10
    nameConstraints === undefined || isCa,
    // 4.2.1.11
    policyConstraints === undefined || policyConstraints.critical,
    // 4.2.1.14
    inhibitAnyPolicy === undefined || inhibitAnyPolicy.critical,
  ].every(Boolean)
}

function conforms_br(certificate: Certificate, role: Role): boolean {
  const { subject, subjectAltName, extendedKeyUsage, basicConstraints, authorityKeyId, key } = certificate
  const isRoot = role === 'anchor' && isSelfIssued_6_1(certificate)
  const isLeaf = role === 'leaf'
  return [
    // 7.1.1
    certificate.version !== 1,
    // 7.1.2.1.2
    !isRoot || extendedKeyUsage === undefined,
    // 7.1.2.1.3
    !isRoot || authorityKeyId === undefined || (certificate.subjectKeyId !== undefined && sameKey(authorityKeyId.value, key)),
    // 7.1.2.7.6
    !isLeaf || basicConstraints?.value.ca !== true,
    !isLeaf || subjectAltName !== undefined,
    !isLeaf || extendedKeyUsage?.critical !== true,
    // 7.1.2.7.10
    !isLeaf || (extendedKeyUsage !== undefined && !extendedKeyUsage.value.includes('any')),
    // 7.1.2.7.12
    !isLeaf || subject.length === 0 || subjectAltName?.critical !== true,
    // 7.1.4.3
    !isLeaf || commonNamesAreListed(subject, subjectAltName?.value ?? []),
  ].every(Boolean)
}

function commonNamesAreListed(subject: Name, alternatives: readonly GeneralName[]): boolean {
  return subject.every(([type, value]) => {
    return (
      type !== 'CN' || alternatives.some((name) => ('dns' in name && name.dns === value) || ('ip' in name && name.ip === value))
    )
  })
}

import { latin1Of } from '../../bytes/encoding.ts'
import type { Span } from '../../bytes/span.ts'
import * as Tag from '../../der/tag.ts'
import type { CertificateView } from '../certificate.ts'
import { subtreeBases } from '../constraints.ts'
import * as ExtensionId from '../ids/extension-id.ts'
import * as GeneralNameTag from '../ids/general-name-tag.ts'
import * as KeyUsageBit from '../ids/key-usage-bit.ts'
import { attributesOf } from '../name.ts'
import { isNameOfForm, isSubtreeOfItsForm, namesOfForm } from './name-syntax.ts'
import type { ProfileRule, Role } from './profile-rule.ts'

/** Requirements of RFC 5280 section 4 on certificates that path validation does not check. */

const allRoles: readonly Role[] = ['leaf', 'intermediate', 'anchor']
/** Some rules exempt anchors: widely trusted roots have a serial number of 0 or no authorityKeyIdentifier. */
const belowAnchor: readonly Role[] = ['leaf', 'intermediate']
const caRoles: readonly Role[] = ['intermediate', 'anchor']

/** An extension that must not be critical. */
function neverCritical(id: number, name: string, section: string): ProfileRule {
  return {
    requirement: `${name} must not be critical`,
    citation: `RFC 5280 ${section}`,
    roles: allRoles,
    violated: ({ extensions }) => extensions.isCritical(id),
  }
}

/** An extension that must be critical. */
function alwaysCritical(id: number, name: string, section: string): ProfileRule {
  return {
    requirement: `${name} must be critical`,
    citation: `RFC 5280 ${section}`,
    roles: allRoles,
    violated: ({ extensions }) => extensions.has(id) && !extensions.isCritical(id),
  }
}

export const uncriticalAuthorityKeyId: ProfileRule = /* @__PURE__ */ neverCritical(
  ExtensionId.authorityKeyIdentifier,
  'authorityKeyIdentifier',
  '4.2.1.1',
)

export const uncriticalSubjectKeyId: ProfileRule = /* @__PURE__ */ neverCritical(
  ExtensionId.subjectKeyIdentifier,
  'subjectKeyIdentifier',
  '4.2.1.2',
)

export const criticalPolicyConstraints: ProfileRule = /* @__PURE__ */ alwaysCritical(
  ExtensionId.policyConstraints,
  'policyConstraints',
  '4.2.1.11',
)

export const criticalInhibitAnyPolicy: ProfileRule = /* @__PURE__ */ alwaysCritical(
  ExtensionId.inhibitAnyPolicy,
  'inhibitAnyPolicy',
  '4.2.1.14',
)

const year2050 = Date.UTC(2050, 0, 1)

export const positiveSerial: ProfileRule = {
  requirement: 'the serial number must be positive',
  citation: 'RFC 5280 4.1.2.2',
  roles: belowAnchor,
  violated: ({ serial }) => serial.at(0) >= 0x80 || (serial.length === 1 && serial.at(0) === 0),
}

export const shortSerial: ProfileRule = {
  requirement: 'the serial number must have at most 20 octets',
  citation: 'RFC 5280 4.1.2.2',
  roles: allRoles,
  violated: ({ serial }) => serial.length > 20,
}

export const timeTypes: ProfileRule = {
  requirement: 'dates before 2050 must be UTCTime, later dates GeneralizedTime',
  citation: 'RFC 5280 4.1.2.5',
  roles: allRoles,
  violated: ({ notBeforeTime, notBeforeGeneral, notAfterTime, notAfterGeneral }) =>
    notBeforeGeneral !== notBeforeTime >= year2050 || notAfterGeneral !== notAfterTime >= year2050,
}

export const namedIssuer: ProfileRule = {
  requirement: 'the issuer must not be empty',
  citation: 'RFC 5280 4.1.2.4',
  roles: allRoles,
  violated: ({ issuerName }) => issuerName.length === 2,
}

export const criticalOnlyName: ProfileRule = {
  requirement: 'subjectAltName must be critical if the subject is empty',
  citation: 'RFC 5280 4.1.2.6, 4.2.1.6',
  roles: allRoles,
  violated: ({ subjectIsEmpty, extensions }) => subjectIsEmpty && !extensions.isCritical(ExtensionId.subjectAltName),
}

export const printableStrings: ProfileRule = {
  requirement: "a PrintableString may contain only letters, digits, space and '()+,-./:=?",
  citation: 'X.680 41.4',
  roles: allRoles,
  violated: ({ issuerName, subjectName }) => !isPrintable(issuerName) || !isPrintable(subjectName),
}

export const noUniqueIds: ProfileRule = {
  requirement: 'unique identifiers must not be present',
  citation: 'RFC 5280 4.1.2.8',
  roles: allRoles,
  violated: ({ hasUniqueIds }) => hasUniqueIds,
}

export const authorityKeyId: ProfileRule = {
  requirement: 'authorityKeyIdentifier with a key identifier must be present, unless the certificate is self-signed',
  citation: 'RFC 5280 4.2.1.1',
  roles: belowAnchor,
  violated: (certificate) => certificate.authorityKeyIdentifier === undefined && !certificate.isSelfIssued,
}

export const criticalBasicConstraints: ProfileRule = {
  requirement: 'basicConstraints of a CA must be critical',
  citation: 'RFC 5280 4.2.1.9',
  roles: caRoles,
  violated: ({ isCa, extensions }) => isCa && !extensions.isCritical(ExtensionId.basicConstraints),
}

export const pathLengthOfCa: ProfileRule = {
  requirement: 'a path length requires cA and keyCertSign',
  citation: 'RFC 5280 4.2.1.9',
  roles: allRoles,
  violated: ({ isCa, pathLength, keyUsageBits }) =>
    pathLength !== undefined && (!isCa || (keyUsageBits !== undefined && (keyUsageBits & KeyUsageBit.keyCertSign) === 0)),
}

export const nameConstraintsOfCa: ProfileRule = {
  requirement: 'nameConstraints must only be present in CA certificates',
  citation: 'RFC 5280 4.2.1.10',
  roles: allRoles,
  violated: ({ isCa, extensions }) => !isCa && extensions.has(ExtensionId.nameConstraints),
}

export const criticalNameConstraints: ProfileRule = {
  requirement: 'nameConstraints must be critical',
  citation: 'RFC 5280 4.2.1.10',
  roles: allRoles,
  isLifted: true,
  violated: ({ extensions }) =>
    extensions.has(ExtensionId.nameConstraints) && !extensions.isCritical(ExtensionId.nameConstraints),
}

export const subtreeSyntax: ProfileRule = {
  requirement: 'DNS subtrees must have no wildcard or leading dot, and e-mail subtrees must be mailboxes, hosts or domains',
  citation: 'RFC 5280 4.2.1.10',
  roles: allRoles,
  violated: hasBadSubtree,
}

/** All rules, in the order in which they are checked. Those with a name of their own are also lint rules. */
export const rfc5280Rules: readonly ProfileRule[] = /* @__PURE__ */ (() => [
  uncriticalAuthorityKeyId,
  uncriticalSubjectKeyId,
  // Path validation does not process these. If they are critical, every policy rejects the certificate.
  neverCritical(ExtensionId.issuerAltName, 'issuerAltName', '4.2.1.7'),
  neverCritical(ExtensionId.subjectDirectoryAttributes, 'subjectDirectoryAttributes', '4.2.1.8'),
  neverCritical(ExtensionId.freshestCrl, 'freshestCRL', '4.2.1.15'),
  neverCritical(ExtensionId.authorityInfoAccess, 'authorityInfoAccess', '4.2.2.1'),
  neverCritical(ExtensionId.subjectInfoAccess, 'subjectInfoAccess', '4.2.2.2'),
  criticalPolicyConstraints,
  criticalInhibitAnyPolicy,
  positiveSerial,
  shortSerial,
  timeTypes,
  namedIssuer,
  {
    requirement: 'the subject of a CA must not be empty',
    citation: 'RFC 5280 4.1.2.6',
    roles: caRoles,
    violated: (certificate) => certificate.subjectIsEmpty,
  },
  criticalOnlyName,
  printableStrings,
  noUniqueIds,
  authorityKeyId,
  {
    requirement: 'subjectKeyIdentifier must be present in CA certificates',
    citation: 'RFC 5280 4.2.1.2',
    roles: caRoles,
    violated: ({ extensions }) => !extensions.has(ExtensionId.subjectKeyIdentifier),
  },
  {
    requirement: 'keyCertSign must not be set unless the certificate is a CA',
    citation: 'RFC 5280 4.2.1.3, 4.2.1.9',
    roles: allRoles,
    violated: ({ isCa, keyUsageBits }) => !isCa && keyUsageBits !== undefined && (keyUsageBits & KeyUsageBit.keyCertSign) !== 0,
  },
  criticalBasicConstraints,
  pathLengthOfCa,
  nameConstraintsOfCa,
  criticalNameConstraints,
  subtreeSyntax,
  {
    requirement: 'DNS names in subjectAltName must have preferred name syntax, and a wildcard must be the whole first label',
    citation: 'RFC 5280 4.2.1.6, RFC 1034 3.5, RFC 9525 6.3',
    roles: allRoles,
    violated: (certificate) => hasBadName(certificate, GeneralNameTag.dns),
  },
  {
    requirement: 'e-mail addresses in subjectAltName must be mailboxes',
    citation: 'RFC 5280 4.2.1.6, RFC 5321 4.1.2',
    roles: allRoles,
    violated: (certificate) => hasBadName(certificate, GeneralNameTag.email),
  },
  {
    requirement: 'URIs in subjectAltName must be absolute',
    citation: 'RFC 5280 4.2.1.6',
    roles: allRoles,
    violated: (certificate) => hasBadName(certificate, GeneralNameTag.uri),
  },
])()

function hasBadName({ altNames }: CertificateView, tag: number): boolean {
  return namesOfForm(altNames, tag).some((name) => !isNameOfForm(tag, name))
}

function hasBadSubtree({ extensions }: CertificateView): boolean {
  const value = extensions.value(ExtensionId.nameConstraints)
  return value !== undefined && subtreeBases(value).some((base) => !isSubtreeOfItsForm(base))
}

function isPrintable(name: Span): boolean {
  return attributesOf(name).every(
    ({ tag, value }) => tag !== Tag.printableString || /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(latin1Of(value)),
  )
}

/** Whether a certificate has an authority and a subject key identifier, and both are the same bytes. */
export function keyIdsAgree({ authorityKeyIdentifier, subjectKeyIdentifier }: CertificateView): boolean {
  if (authorityKeyIdentifier === undefined || subjectKeyIdentifier === undefined) return false
  return authorityKeyIdentifier.equals(subjectKeyIdentifier)
}

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

/** What RFC 5280 section 4 demands of issuers beyond what path validation needs. */

const everyone: readonly Role[] = ['leaf', 'intermediate', 'anchor']
/** Anchors are distributed by themselves, and some that the whole web trusts have a serial number of 0 or no key id. */
const issued: readonly Role[] = ['leaf', 'intermediate']
const authorities: readonly Role[] = ['intermediate', 'anchor']

/** An extension that conforming CAs never mark critical. */
function neverCritical(id: number, name: string, section: string): ProfileRule {
  return {
    demand: `${name} must not be critical`,
    citation: `RFC 5280 ${section}`,
    roles: everyone,
    violated: ({ extensions }) => extensions.isCritical(id),
  }
}

/** An extension that they always mark critical. */
function alwaysCritical(id: number, name: string, section: string): ProfileRule {
  return {
    demand: `${name} must be critical`,
    citation: `RFC 5280 ${section}`,
    roles: everyone,
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
  demand: 'the serial number must be positive',
  citation: 'RFC 5280 4.1.2.2',
  roles: issued,
  violated: ({ serial }) => serial.at(0) >= 0x80 || (serial.length === 1 && serial.at(0) === 0),
}

export const shortSerial: ProfileRule = {
  demand: 'the serial number must have at most 20 octets',
  citation: 'RFC 5280 4.1.2.2',
  roles: everyone,
  violated: ({ serial }) => serial.length > 20,
}

export const timeTypes: ProfileRule = {
  demand: 'dates before 2050 must be UTCTime, later ones GeneralizedTime',
  citation: 'RFC 5280 4.1.2.5',
  roles: everyone,
  violated: ({ notBeforeTime, notBeforeGeneral, notAfterTime, notAfterGeneral }) =>
    notBeforeGeneral !== notBeforeTime >= year2050 || notAfterGeneral !== notAfterTime >= year2050,
}

export const namedIssuer: ProfileRule = {
  demand: 'the issuer must not be empty',
  citation: 'RFC 5280 4.1.2.4',
  roles: everyone,
  violated: ({ issuerName }) => issuerName.length === 2,
}

export const criticalOnlyName: ProfileRule = {
  demand: 'subjectAltName must be critical where the subject is empty',
  citation: 'RFC 5280 4.1.2.6, 4.2.1.6',
  roles: everyone,
  violated: ({ subjectIsEmpty, extensions }) => subjectIsEmpty && !extensions.isCritical(ExtensionId.subjectAltName),
}

export const printableStrings: ProfileRule = {
  demand: "a PrintableString may hold only letters, digits, space and '()+,-./:=?",
  citation: 'X.680 41.4',
  roles: everyone,
  violated: ({ issuerName, subjectName }) => !isPrintable(issuerName) || !isPrintable(subjectName),
}

export const noUniqueIds: ProfileRule = {
  demand: 'unique identifiers must not be present',
  citation: 'RFC 5280 4.1.2.8',
  roles: everyone,
  violated: ({ hasUniqueIds }) => hasUniqueIds,
}

export const authorityKeyId: ProfileRule = {
  demand: 'authorityKeyIdentifier with a key identifier must be present, unless the certificate is self-signed',
  citation: 'RFC 5280 4.2.1.1',
  roles: issued,
  violated: (certificate) => certificate.authorityKeyIdentifier === undefined && !certificate.isSelfIssued,
}

export const criticalBasicConstraints: ProfileRule = {
  demand: 'basicConstraints of a CA must be critical',
  citation: 'RFC 5280 4.2.1.9',
  roles: authorities,
  violated: ({ isCa, extensions }) => isCa && !extensions.isCritical(ExtensionId.basicConstraints),
}

export const pathLengthOfCa: ProfileRule = {
  demand: 'a path length needs cA and keyCertSign',
  citation: 'RFC 5280 4.2.1.9',
  roles: everyone,
  violated: ({ isCa, pathLength, keyUsageBits }) =>
    pathLength !== undefined && (!isCa || (keyUsageBits !== undefined && (keyUsageBits & KeyUsageBit.keyCertSign) === 0)),
}

export const nameConstraintsOfCa: ProfileRule = {
  demand: 'nameConstraints may stand in CA certificates only',
  citation: 'RFC 5280 4.2.1.10',
  roles: everyone,
  violated: ({ isCa, extensions }) => !isCa && extensions.has(ExtensionId.nameConstraints),
}

export const criticalNameConstraints: ProfileRule = {
  demand: 'nameConstraints must be critical',
  citation: 'RFC 5280 4.2.1.10',
  roles: everyone,
  isLifted: true,
  violated: ({ extensions }) =>
    extensions.has(ExtensionId.nameConstraints) && !extensions.isCritical(ExtensionId.nameConstraints),
}

export const subtreeSyntax: ProfileRule = {
  demand: 'DNS and e-mail subtrees of nameConstraints must be names without wildcard or leading dot, and mailboxes',
  citation: 'RFC 5280 4.2.1.10',
  roles: everyone,
  violated: hasBadSubtree,
}

/** All of them, in the order in which they are looked at. Those with a name are lint rules as well. */
export const rfc5280Rules: readonly ProfileRule[] = /* @__PURE__ */ (() => [
  uncriticalAuthorityKeyId,
  uncriticalSubjectKeyId,
  // Path validation does not understand these, so that critical ones are refused by any policy.
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
    demand: 'the subject of a CA must not be empty',
    citation: 'RFC 5280 4.1.2.6',
    roles: authorities,
    violated: (certificate) => certificate.subjectIsEmpty,
  },
  criticalOnlyName,
  printableStrings,
  noUniqueIds,
  authorityKeyId,
  {
    demand: 'subjectKeyIdentifier must be present in CA certificates',
    citation: 'RFC 5280 4.2.1.2',
    roles: authorities,
    violated: ({ extensions }) => !extensions.has(ExtensionId.subjectKeyIdentifier),
  },
  {
    demand: "keyCertSign must not be set where the certificate is not a CA's",
    citation: 'RFC 5280 4.2.1.3, 4.2.1.9',
    roles: everyone,
    violated: ({ isCa, keyUsageBits }) => !isCa && keyUsageBits !== undefined && (keyUsageBits & KeyUsageBit.keyCertSign) !== 0,
  },
  criticalBasicConstraints,
  pathLengthOfCa,
  nameConstraintsOfCa,
  criticalNameConstraints,
  subtreeSyntax,
  {
    demand: 'DNS names in subjectAltName must be in preferred name syntax, a wildcard the whole first label',
    citation: 'RFC 5280 4.2.1.6, RFC 1034 3.5, RFC 9525 6.3',
    roles: everyone,
    violated: (certificate) => hasBadName(certificate, GeneralNameTag.dns),
  },
  {
    demand: 'e-mail addresses in subjectAltName must be mailboxes',
    citation: 'RFC 5280 4.2.1.6, RFC 5321 4.1.2',
    roles: everyone,
    violated: (certificate) => hasBadName(certificate, GeneralNameTag.email),
  },
  {
    demand: 'URIs in subjectAltName must be absolute',
    citation: 'RFC 5280 4.2.1.6',
    roles: everyone,
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

/** Whether it has an authority and a subject key identifier, and they are the same bytes. */
export function keyIdsAgree({ authorityKeyIdentifier, subjectKeyIdentifier }: CertificateView): boolean {
  if (authorityKeyIdentifier === undefined || subjectKeyIdentifier === undefined) return false
  return authorityKeyIdentifier.equals(subjectKeyIdentifier)
}

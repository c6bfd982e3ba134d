import { oidBytes } from '../../der/oid.ts'
import type { CertificateView } from '../certificate.ts'
import * as ExtensionId from '../ids/extension-id.ts'
import * as PurposeBit from '../ids/purpose-bit.ts'
import { attributesOf, stringValue } from '../name.ts'
import type { ProfileRule } from './profile-rule.ts'
import { keyIdsAgree } from './rfc5280.ts'

/** Requirements that CA/Browser Forum's Baseline Requirements for TLS server certificates add to RFC 5280. */

const commonName = /* @__PURE__ */ oidBytes('2.5.4.3')

export const webPkiRules: readonly ProfileRule[] = [
  {
    requirement: 'the certificate must have version 3',
    citation: 'CA/Browser Forum BR 7.1.1',
    roles: ['leaf', 'intermediate', 'anchor'],
    violated: ({ version }) => version !== 3,
  },
  {
    requirement: 'a server certificate must not be a CA certificate',
    citation: 'CA/Browser Forum BR 7.1.2.7.6',
    roles: ['leaf'],
    violated: ({ isCa }) => isCa,
  },
  {
    requirement: 'subjectAltName must be present',
    citation: 'CA/Browser Forum BR 7.1.2.7.6',
    roles: ['leaf'],
    violated: ({ extensions }) => !extensions.has(ExtensionId.subjectAltName),
  },
  {
    requirement: 'subjectAltName must not be critical unless the subject is empty',
    citation: 'CA/Browser Forum BR 7.1.2.7.12',
    roles: ['leaf'],
    violated: ({ subjectIsEmpty, extensions }) => !subjectIsEmpty && extensions.isCritical(ExtensionId.subjectAltName),
  },
  {
    requirement: 'the common name must be a DNS name or IP address in subjectAltName, written identically',
    citation: 'CA/Browser Forum BR 7.1.4.3',
    roles: ['leaf'],
    violated: (certificate) => !commonNameIsListed(certificate),
  },
  {
    requirement: 'extendedKeyUsage must be present and must not contain anyExtendedKeyUsage',
    citation: 'CA/Browser Forum BR 7.1.2.7.10',
    roles: ['leaf'],
    violated: ({ purposeBits }) => purposeBits === undefined || (purposeBits & PurposeBit.any) !== 0,
  },
  {
    requirement: 'extendedKeyUsage of a server certificate must not be critical',
    citation: 'CA/Browser Forum BR 7.1.2.7.6',
    roles: ['leaf'],
    violated: ({ extensions }) => extensions.isCritical(ExtensionId.extendedKeyUsage),
  },
  {
    requirement: 'a root must not have extendedKeyUsage',
    citation: 'CA/Browser Forum BR 7.1.2.1.2',
    roles: ['anchor'],
    violated: (certificate) => certificate.isSelfIssued && certificate.purposeBits !== undefined,
  },
  {
    requirement: "a root's authorityKeyIdentifier must equal its subjectKeyIdentifier and have no issuer or serial number",
    citation: 'CA/Browser Forum BR 7.1.2.1.3',
    roles: ['anchor'],
    violated: (certificate) => {
      const { isSelfIssued, extensions, authorityHasIssuer, authorityHasSerial } = certificate
      if (!isSelfIssued || !extensions.has(ExtensionId.authorityKeyIdentifier)) return false
      return authorityHasIssuer || authorityHasSerial || !keyIdsAgree(certificate)
    },
  },
  {
    requirement: 'the length of an RSA modulus must be a multiple of 8 bits',
    citation: 'CA/Browser Forum BR 6.1.5',
    roles: ['leaf', 'intermediate', 'anchor'],
    violated: ({ keyParts }) => keyParts.kind === 'rsa' && keyParts.key.bits % 8 !== 0,
  },
]

/** Whether every common name is one of the DNS names and IP addresses, written identically. */
function commonNameIsListed(certificate: CertificateView): boolean {
  const names = certificate.subjectAltNames.filter(({ type }) => type === 'dns' || type === 'ip')
  const listed: ReadonlySet<string | undefined> = new Set(names.map(({ value }) => value))
  return attributesOf(certificate.subjectName).every(({ type, tag, value }) => {
    return !type.is(commonName) || listed.has(stringValue(tag, value))
  })
}

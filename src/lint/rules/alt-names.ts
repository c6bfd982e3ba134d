import { excerpt } from '../../bytes/encoding.ts'
import type { Span } from '../../bytes/span.ts'
import { Reader } from '../../der/reader.ts'
import * as Tag from '../../der/tag.ts'
import { sanMalformed, sanMalformedText } from '../../rules/reading.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import { isNameOfForm, namesOfForm } from '../../x509/profile/name-syntax.ts'
import { criticalOnlyName } from '../../x509/profile/rfc5280.ts'
import { profileRule, type RoleContext } from '../lint-rule.ts'

/** Rules about subject and issuer alternative names. */

/** The characters of a URI, with complete percent-encodings (RFC 3986). */
const uriCharacters = /^(?:[a-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})*$/i

/** The authority of a URI (RFC 3986 3.2). RFC 5280 requires its host to be a domain name or an address. */
const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?(\[[0-9a-f:.]+\]|[^:/?#]*)(?::\d*)?(?:[/?#]|$)/i
const address = /^(?:\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3})$/i

/** The authority of a SPIFFE ID is a trust domain, which need not be a host (SPIFFE-ID 2.1). */
const spiffeScheme = /^spiffe:/i
const spiffeId = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[a-zA-Z0-9._-]+)*$/

/** Why a URI is malformed. */
function uriFault(uri: string): string | undefined {
  if (!uriCharacters.test(uri)) return 'has a character that is not allowed'
  if (!isNameOfForm(GeneralNameTag.uri, uri)) return 'is not absolute'
  if (spiffeScheme.test(uri) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return undefined
  const host = authority.exec(uri)?.[1]
  if (host === undefined || host === '') return 'has no host'
  if (address.test(host)) return undefined
  const isFullyQualified = isNameOfForm(GeneralNameTag.dns, host) && host.includes('.') && !host.includes('*')
  return isFullyQualified ? undefined : 'has a host that is neither a fully qualified domain name nor an address'
}

/** Describes the first malformed name of each form. Wildcards count as letters here; `wildcard_not_leftmost` checks them. */
function malformed(elements: Span | undefined): string | undefined {
  const names = (tag: number): readonly string[] => namesOfForm(elements, tag)
  const problems: string[] = []
  const dns = names(GeneralNameTag.dns).find((name) => !isNameOfForm(GeneralNameTag.dns, name.replaceAll('*', 'w')))
  if (dns !== undefined) problems.push(`DNS name ${excerpt(dns, 80)} is not in preferred name syntax`)
  const email = names(GeneralNameTag.email).find((name) => !isNameOfForm(GeneralNameTag.email, name))
  if (email !== undefined) problems.push(`e-mail address ${excerpt(email, 80)} is not a mailbox`)
  const uri = names(GeneralNameTag.uri).find((name) => uriFault(name) !== undefined)
  if (uri !== undefined) problems.push(`URI ${excerpt(uri, 80)} ${uriFault(uri)}`)
  return problems.length === 0 ? undefined : problems.join('; ')
}

/** The GeneralName elements of issuerAltName. */
function issuerAltNames({ extensions }: CertificateView): Span | undefined {
  const value = extensions.value(ExtensionId.issuerAltName)
  if (value === undefined) return undefined
  const reader = new Reader(value)
  reader.expect(Tag.sequence, 'issuerAltName')
  return reader.content()
}

export const altNameRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  {
    ...sanMalformed,
    ...sanMalformedText,
    check({ altNames }, { policy }) {
      const problem = malformed(altNames)
      if (problem === undefined) return undefined
      return policy.conformance === 'practical' ? { problem, severity: 'warning' } : problem
    },
  },
  profileRule(
    'san_not_critical',
    criticalOnlyName,
    {
      severity: 'warning',
      summary: 'The subject is empty, but subjectAltName, then the only name, is not critical.',
      remedy: 'Re-issue the certificate with a subject, or with subjectAltName critical.',
    },
    () => 'subject is empty and subjectAltName is not critical',
  ),
  {
    code: 'ian_malformed',
    severity: 'info',
    summary: 'An issuer alternative name has invalid syntax. portcullis ignores it, but other systems may reject it.',
    citation: 'RFC 5280 4.2.1.7',
    remedy: 'Re-issue the certificate without issuerAltName, or with names in preferred name syntax.',
    check(certificate) {
      return malformed(issuerAltNames(certificate))
    },
  },
  {
    code: 'wildcard_not_leftmost',
    severity: 'warning',
    summary: 'A wildcard is not the whole first label of a DNS name. portcullis never matches it; others may match too much.',
    citation: 'RFC 9525 6.3; RFC 5280 4.2.1.6',
    remedy: 'Re-issue the certificate with the wildcard as the first label, or without it.',
    check({ altNames }) {
      const names = namesOfForm(altNames, GeneralNameTag.dns)
      const bad = names.find((name) => name.replace(/^\*\.(?=.)/, '').includes('*'))
      return bad === undefined ? undefined : `wildcard in ${excerpt(bad, 80)} is not the whole first label`
    },
  },
  {
    code: 'spiffe_uri_invalid',
    severity: 'warning',
    summary: 'The certificate has a SPIFFE ID that is malformed or not its only URI, so SPIFFE peers reject it.',
    citation: 'SPIFFE X509-SVID 2; SPIFFE-ID 2',
    remedy: 'Issue the SVID with exactly one URI, spiffe://trust-domain/path, without query and fragment.',
    check({ altNames }) {
      const uris = namesOfForm(altNames, GeneralNameTag.uri)
      const id = uris.find((uri) => spiffeScheme.test(uri))
      if (id === undefined) return undefined
      if (uris.length > 1) return `${uris.length} URIs, but the SPIFFE ID ${excerpt(id, 80)} must be the only one`
      const isValid = id.length <= 2048 && spiffeId.test(id) && !/\/\.{1,2}(\/|$)/.test(id)
      return isValid ? undefined : `${excerpt(id, 80)} is not a valid SPIFFE ID`
    },
  },
  {
    code: 'no_san',
    severity: 'info',
    summary: 'The client has no subject alternative name, so only its subject identifies it.',
    citation: 'RFC 9525 2',
    remedy: 'Issue clients with a DNS name, URI or e-mail address in subjectAltName.',
    check({ extensions, subjectForMessage }, { role }) {
      if (role !== 'leaf' || extensions.has(ExtensionId.subjectAltName)) return undefined
      return `no subjectAltName, the only name is the subject ${subjectForMessage}`
    },
  },
])()

import { excerpt } from '../../bytes/encoding.ts'
import { oidText } from '../../der/oid.ts'
import * as Tag from '../../der/tag.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type Attribute, attributesOf, stringValue } from '../../x509/name.ts'
import { namedIssuer, printableStrings } from '../../x509/profile/rfc5280.ts'
import { profileRule, type RoleContext } from '../lint-rule.ts'

/** Rules about the distinguished names of subject and issuer. */

interface AttributeRule {
  readonly name: string
  /** Maximum number of characters (RFC 5280 appendix A.1; X.520 for street and postal code). */
  readonly longest: number | undefined
  /** The only string type that is allowed. */
  readonly type: number | undefined
}

const attributeRules: ReadonlyMap<string, AttributeRule> = /* @__PURE__ */ new Map<string, AttributeRule>([
  ['2.5.4.3', { name: 'CN', longest: 64, type: undefined }],
  ['2.5.4.4', { name: 'SN', longest: 32768, type: undefined }],
  ['2.5.4.5', { name: 'serialNumber', longest: 64, type: Tag.printableString }],
  ['2.5.4.6', { name: 'C', longest: 2, type: Tag.printableString }],
  ['2.5.4.7', { name: 'L', longest: 128, type: undefined }],
  ['2.5.4.8', { name: 'ST', longest: 128, type: undefined }],
  ['2.5.4.9', { name: 'STREET', longest: 128, type: undefined }],
  ['2.5.4.10', { name: 'O', longest: 64, type: undefined }],
  ['2.5.4.11', { name: 'OU', longest: 64, type: undefined }],
  ['2.5.4.12', { name: 'title', longest: 64, type: undefined }],
  ['2.5.4.17', { name: 'postalCode', longest: 40, type: undefined }],
  ['2.5.4.42', { name: 'GN', longest: 32768, type: undefined }],
  ['2.5.4.46', { name: 'dnQualifier', longest: undefined, type: Tag.printableString }],
  ['2.5.4.65', { name: 'pseudonym', longest: 128, type: undefined }],
  ['0.9.2342.19200300.100.1.25', { name: 'DC', longest: undefined, type: Tag.ia5String }],
  ['1.2.840.113549.1.9.1', { name: 'emailAddress', longest: 255, type: Tag.ia5String }],
])

const emailAddress = '1.2.840.113549.1.9.1'

const typeNames: ReadonlyMap<number, string> = /* @__PURE__ */ new Map([
  [Tag.printableString, 'PrintableString'],
  [Tag.ia5String, 'IA5String'],
])

/** Maximum number of attributes that are checked. No real name has thirty. */
const maxAttributes = 256

/** The attributes of subject and issuer, without duplicates if the names are equal. */
function attributes(certificate: CertificateView): readonly Attribute[] {
  const { subjectName, issuerName } = certificate
  const subject = attributesOf(subjectName)
  return (subjectName.equals(issuerName) ? subject : [...subject, ...attributesOf(issuerName)]).slice(0, maxAttributes)
}

/** The problem of the first attribute that has one. */
function firstProblem(
  certificate: CertificateView,
  problem: (oid: string, attribute: Attribute, rule: AttributeRule | undefined) => string | undefined,
): string | undefined {
  for (const attribute of attributes(certificate)) {
    const oid = oidText(attribute.type)
    const found = problem(oid, attribute, attributeRules.get(oid))
    if (found !== undefined) return found
  }
  return undefined
}

export const nameRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  profileRule(
    'issuer_empty',
    namedIssuer,
    {
      severity: 'warning',
      summary: 'The issuer name is empty, so no issuer certificate can be found.',
      remedy: 'Re-issue the certificate from a CA that has a subject.',
    },
    () => 'issuer is empty',
  ),
  profileRule(
    'printable_string_invalid',
    printableStrings,
    {
      severity: 'info',
      summary: 'A PrintableString has a forbidden character such as `@`, `_`, `&` or `*`. Strict parsers reject it.',
      remedy: 'Re-issue the certificate with UTF8String for that value.',
    },
    ({ subjectForMessage, issuerForMessage }) =>
      `a PrintableString of ${subjectForMessage}, issued by ${issuerForMessage}, has a forbidden character`,
  ),
  {
    code: 'name_control_characters',
    severity: 'warning',
    summary: 'Subject or issuer contains control characters, which may garble logs and terminals.',
    citation: 'RFC 5280 4.1.2.4; X.520',
    remedy: 'Re-issue the certificate without them.',
    check(certificate) {
      return firstProblem(certificate, (oid, { tag, value }, rule) => {
        const text = stringValue(tag, value)
        if (text === undefined || !/\p{Cc}/u.test(text)) return undefined
        return `${rule?.name ?? oid} contains a control character: ${excerpt(text)}`
      })
    },
  },
  {
    code: 'name_attribute_too_long',
    severity: 'info',
    summary: 'An attribute of subject or issuer is longer than its upper bound. Other systems may truncate or reject it.',
    citation: 'RFC 5280 appendix A.1; X.520',
    remedy: 'Re-issue the certificate with a shorter value.',
    check(certificate) {
      return firstProblem(certificate, (_, { tag, value }, rule) => {
        if (rule?.longest === undefined || value.length <= rule.longest) return undefined
        const length = [...(stringValue(tag, value) ?? '')].length
        return length > rule.longest ? `${rule.name} has ${length} characters, at most ${rule.longest} are allowed` : undefined
      })
    },
  },
  {
    code: 'name_attribute_type_wrong',
    severity: 'info',
    summary: 'An attribute of subject or issuer has a wrong string type. Other systems may not match such names.',
    citation: 'RFC 5280 appendix A.1',
    remedy: 'Re-issue the certificate with a correct tool.',
    check(certificate) {
      return firstProblem(certificate, (_, { tag }, rule) => {
        if (rule?.type === undefined || tag === rule.type) return undefined
        return `${rule.name} is not a ${typeNames.get(rule.type)}`
      })
    },
  },
  {
    code: 'email_not_in_san',
    severity: 'info',
    summary:
      'The subject has an e-mail address that is not a subject alternative name. Name constraints on mailboxes may miss it.',
    citation: 'RFC 5280 4.1.2.6',
    remedy: 'Re-issue the certificate with the address in subjectAltName.',
    check(certificate) {
      const mails = attributesOf(certificate.subjectName)
        .filter(({ type }) => oidText(type) === emailAddress)
        .map(({ tag, value }) => stringValue(tag, value) ?? '')
      if (mails.length === 0) return undefined
      const listed = new Set(certificate.subjectAltNames.map(({ type, value }) => (type === 'email' ? value.toLowerCase() : '')))
      const missing = mails.find((mail) => !listed.has(mail.toLowerCase()))
      return missing === undefined ? undefined : `emailAddress ${excerpt(missing)} of the subject is not in subjectAltName`
    },
  },
])()

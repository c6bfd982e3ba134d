import { rangeIs } from '../../bytes/range.ts'
import { isoTime } from '../../policy/time.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/extension-id.ts'
import { keyUsageNames } from '../../x509/key-usage.ts'
import { noUniqueIds, positiveSerial, shortSerial, timeTypes } from '../../x509/profile/rfc5280.ts'
import { profileRule, type RoleContext } from '../lint-rule.ts'

/** Rules about version, serial number, dates, and encodings that are read although DER forbids them. */

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN FALSE … }`. */
const spelledFalse = Uint8Array.of(0x01, 0x01, 0x00)

/** The range of an extension's value; empty where it is absent. */
function extensionValue({ extensions }: CertificateView, id: number): readonly [start: number, end: number] {
  const index = extensions.find(id)
  return index < 0 ? [0, 0] : [extensions.valueStartAt(index), extensions.valueEndAt(index)]
}

export const structureRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  {
    code: 'v1_ca',
    severity: 'warning',
    summary:
      'A certificate of version 1 or 2 cannot say whether it is a CA, so where anchors must say it no client below it is accepted.',
    citation: 'RFC 5280 4.1.2.1, 6.1.4 (k); Application Load Balancer: X.509 v3 only',
    remedy: 'Re-issue the certificate as version 3 with basicConstraints.',
    check({ version }) {
      return version === 3 ? undefined : `certificate of version ${version}, which cannot say that it is a CA`
    },
  },
  profileRule(
    'serial_zero_negative',
    positiveSerial,
    {
      severity: 'warning',
      summary: 'The serial number is zero or negative, which some systems refuse to read or to revoke.',
      remedy: 'Re-issue the certificate with a positive serial number.',
    },
    ({ bytes, serialStart, serialNumber }) =>
      bytes[serialStart]! >= 0x80 ? `serial number is negative: ${serialNumber} (two's complement)` : 'serial number is zero',
  ),
  profileRule(
    'serial_too_long',
    shortSerial,
    {
      severity: 'warning',
      summary: 'The serial number has more than 20 octets, which some systems cannot store.',
      remedy: 'Re-issue the certificate with a serial number of at most 20 octets.',
    },
    ({ serialStart, serialEnd }) => `serial number of ${serialEnd - serialStart} octets, at most 20 are allowed`,
  ),
  profileRule(
    'time_encoding',
    timeTypes,
    {
      severity: 'warning',
      summary: 'A date before 2050 is not UTCTime, or a later one is: some systems read another date or none.',
      remedy: 'Re-issue the certificate with a correct tool.',
    },
    ({ notBeforeTime, notBeforeGeneral, notAfterTime, notAfterGeneral }) =>
      `notBefore ${isoTime(notBeforeTime)} is ${timeType(notBeforeGeneral)}, notAfter ${isoTime(notAfterTime)} is ${timeType(notAfterGeneral)}`,
  ),
  profileRule(
    'unique_identifiers_present',
    noUniqueIds,
    {
      severity: 'info',
      summary: 'The certificate has unique identifiers, which nothing uses and conforming CAs do not write.',
      remedy: 'Re-issue the certificate without them.',
    },
    () => 'issuerUniqueID or subjectUniqueID is present',
  ),
  {
    code: 'basic_constraints_default_encoded',
    severity: 'info',
    summary: 'basicConstraints spells out cA FALSE, which DER leaves out; other readers may refuse it.',
    citation: 'X.690 11.5; RFC 5280 4.2.1.9',
    remedy: 'Re-issue the certificate with a correct tool.',
    check(certificate) {
      const [start, end] = extensionValue(certificate, ExtensionId.basicConstraints)
      const isSpelled = end - start >= 5 && rangeIs(certificate.bytes, start + 2, start + 5, spelledFalse)
      return isSpelled ? 'basicConstraints writes cA FALSE, its default' : undefined
    },
  },
  {
    code: 'key_usage_not_minimal',
    severity: 'info',
    summary: 'keyUsage ends in zero bits, which DER leaves out, or has more than its nine bits; other readers may refuse it.',
    citation: 'X.690 11.2.2; RFC 5280 4.2.1.3',
    remedy: 'Re-issue the certificate with a correct tool.',
    check(certificate) {
      const { bytes } = certificate
      const [start, end] = extensionValue(certificate, ExtensionId.keyUsage)
      if (end - start < 4) return undefined
      const unused = bytes[start + 2]!
      const written = (end - start - 3) * 8 - unused
      if (written > keyUsageNames.length) return `keyUsage has ${written} bits, ${keyUsageNames.length} are defined`
      return ((bytes[end - 1]! >> unused) & 1) === 1 ? undefined : 'keyUsage is written with trailing zero bits'
    },
  },
])()

function timeType(isGeneral: boolean): string {
  return isGeneral ? 'GeneralizedTime' : 'UTCTime'
}

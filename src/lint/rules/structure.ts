import { Span } from '../../bytes/span.ts'
import { isoTime } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import { keyUsageNames } from '../../x509/key-usage.ts'
import { noUniqueIds, positiveSerial, shortSerial, timeTypes } from '../../x509/profile/rfc5280.ts'
import { profileRule, type RoleContext } from '../lint-rule.ts'

/** Rules about version, serial number, dates, and encodings that the parser accepts although DER forbids them. */

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN FALSE … }`. */
const explicitFalse = Uint8Array.of(0x01, 0x01, 0x00)

export const structureRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  profileRule(
    'serial_zero_negative',
    positiveSerial,
    {
      severity: 'warning',
      summary: 'The serial number is zero or negative. Some systems cannot read or revoke such certificates.',
      remedy: 'Re-issue the certificate with a positive serial number.',
    },
    ({ serial, serialNumber }) =>
      serial.at(0) >= 0x80 ? `serial number is negative: ${serialNumber} (two's complement)` : 'serial number is zero',
  ),
  profileRule(
    'serial_too_long',
    shortSerial,
    {
      severity: 'warning',
      summary: 'The serial number has more than 20 octets, which some systems cannot store.',
      remedy: 'Re-issue the certificate with a serial number of at most 20 octets.',
    },
    ({ serial }) => `serial number of ${serial.length} octets, at most 20 are allowed`,
  ),
  profileRule(
    'time_encoding',
    timeTypes,
    {
      severity: 'warning',
      summary: 'A date before 2050 is not UTCTime, or a later date is. Some systems misread or reject such dates.',
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
      summary: 'The certificate has unique identifiers, which are unused and forbidden for conforming CAs.',
      remedy: 'Re-issue the certificate without them.',
    },
    () => 'issuerUniqueID or subjectUniqueID is present',
  ),
  {
    code: 'basic_constraints_default_encoded',
    severity: 'info',
    summary: 'basicConstraints encodes cA FALSE, although DER omits defaults. Other parsers may reject it.',
    citation: 'X.690 11.5; RFC 5280 4.2.1.9',
    remedy: 'Re-issue the certificate with a correct tool.',
    check({ extensions }) {
      const value = extensions.value(ExtensionId.basicConstraints)
      if (value === undefined || value.length < 5) return undefined
      const isExplicit = new Span(value.bytes, value.start + 2, value.start + 5).is(explicitFalse)
      return isExplicit ? 'basicConstraints encodes the default cA FALSE' : undefined
    },
  },
  {
    code: 'key_usage_not_minimal',
    severity: 'info',
    summary: 'keyUsage has trailing zero bits, which DER omits, or more than nine bits. Other parsers may reject it.',
    citation: 'X.690 11.2.2; RFC 5280 4.2.1.3',
    remedy: 'Re-issue the certificate with a correct tool.',
    check({ extensions }) {
      const value = extensions.value(ExtensionId.keyUsage)
      if (value === undefined || value.length < 4) return undefined
      const unused = value.at(2)
      const written = (value.length - 3) * 8 - unused
      if (written > keyUsageNames.length) return `keyUsage has ${written} bits, ${keyUsageNames.length} are defined`
      return ((value.at(value.length - 1) >> unused) & 1) === 1 ? undefined : 'keyUsage has trailing zero bits'
    },
  },
])()

function timeType(isGeneral: boolean): string {
  return isGeneral ? 'GeneralizedTime' : 'UTCTime'
}

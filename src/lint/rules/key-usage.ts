import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import {
  cRLSign,
  dataEncipherment,
  digitalSignature,
  keyAgreement,
  keyCertSign,
  keyEncipherment,
  nonRepudiation,
} from '../../x509/ids/key-usage-bit.ts'
import * as PurposeBit from '../../x509/ids/purpose-bit.ts'
import { keyUsageList } from '../../x509/key-usage.ts'
import type { RoleContext } from '../lint-rule.ts'

/** Rules about keys, and what keyUsage and extendedKeyUsage allow. */

const encipherOnly = 1 << 7
const decipherOnly = 1 << 8
const issuing = keyCertSign | cRLSign

/** The keyUsage bits that are consistent with a purpose (RFC 5280 4.2.1.12). */
const consistentBits: Readonly<Record<string, number>> = {
  clientAuth: digitalSignature | keyAgreement,
  serverAuth: digitalSignature | keyEncipherment | keyAgreement,
  codeSigning: digitalSignature,
  emailProtection: digitalSignature | nonRepudiation | keyEncipherment | keyAgreement,
  timeStamping: digitalSignature | nonRepudiation,
  OCSPSigning: digitalSignature | nonRepudiation,
}

export const keyUsageRules: readonly LintRule<CertificateView, RoleContext>[] = [
  {
    code: 'rsa_exponent_unusual',
    severity: 'info',
    summary: 'The RSA public exponent is valid but not 65537, the usual value. Some systems require 65537.',
    citation: 'CA/Browser Forum BR 6.1.6; NIST SP 800-56B',
    remedy: 'Use a key with exponent 65537 when the certificate is renewed.',
    check({ keyParts }) {
      if (keyParts.kind !== 'rsa' || keyParts.fault !== undefined || keyParts.key.exponent === 65537) return undefined
      return `RSA exponent is ${keyParts.key.exponent}, not 65537`
    },
  },
  {
    code: 'key_usage_not_critical',
    severity: 'info',
    summary: 'keyUsage is not critical, so software that does not support it may use the key for anything.',
    citation: 'RFC 5280 4.2.1.3',
    remedy: 'Re-issue the certificate with keyUsage critical.',
    check({ extensions }) {
      const isLax = extensions.has(ExtensionId.keyUsage) && !extensions.isCritical(ExtensionId.keyUsage)
      return isLax ? 'keyUsage is not critical' : undefined
    },
  },
  {
    code: 'key_usage_unfit_for_key',
    severity: 'info',
    summary: 'keyUsage allows something that the key cannot or should not do: EC keys do not encrypt, CA keys only sign.',
    citation: 'RFC 3279 2.3.1; RFC 4055 1.2; RFC 8813 3',
    remedy: 'Re-issue the certificate with usages that fit its key.',
    check({ keyUsageBits, keyParts, isCa }) {
      if (keyUsageBits === undefined || keyParts.kind === 'unknown') return undefined
      const agreeing = keyAgreement | encipherOnly | decipherOnly
      const enciphering = keyEncipherment | dataEncipherment
      const signsOthers = isCa && (keyUsageBits & issuing) !== 0
      const unfit = keyUsageBits & (keyParts.kind === 'ec' ? enciphering : signsOthers ? agreeing | enciphering : agreeing)
      if (unfit === 0) return undefined
      const owner = `${keyParts.key.algorithm} key${signsOthers ? ' of a CA' : ''}`
      return `keyUsage of an ${owner} includes ${keyUsageList(unfit).join(', ')}`
    },
  },
  {
    code: 'ku_eku_inconsistent',
    severity: 'warning',
    summary: 'keyUsage allows none of the purposes in extendedKeyUsage, so the certificate is useless.',
    citation: 'RFC 5280 4.2.1.12',
    remedy: 'Re-issue the certificate with digitalSignature, which TLS clients need.',
    check({ extendedKeyUsage, keyUsageBits }, { role }) {
      if (role !== 'leaf' || extendedKeyUsage === undefined || keyUsageBits === undefined) return undefined
      const bits = extendedKeyUsage.map((purpose) =>
        Object.hasOwn(consistentBits, purpose) ? consistentBits[purpose] : undefined,
      )
      // An unknown purpose may be consistent with any bit.
      if (bits.some((known) => known === undefined || (known & keyUsageBits) !== 0)) return undefined
      return `keyUsage ${keyUsageList(keyUsageBits).join(', ')} allows none of ${extendedKeyUsage.join(', ')}`
    },
  },
  {
    code: 'eku_critical_with_any',
    severity: 'info',
    summary: 'extendedKeyUsage is critical but includes anyExtendedKeyUsage, so it limits nothing.',
    citation: 'RFC 5280 4.2.1.12',
    remedy: 'Re-issue the certificate with only the intended purposes, or with extendedKeyUsage not critical.',
    check({ extensions, purposeBits }) {
      const isContradiction =
        purposeBits !== undefined && (purposeBits & PurposeBit.any) !== 0 && extensions.isCritical(ExtensionId.extendedKeyUsage)
      return isContradiction ? 'extendedKeyUsage is critical and includes anyExtendedKeyUsage' : undefined
    },
  },
]

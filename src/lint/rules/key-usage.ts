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

/** Rules about what a key is, and what it may be used for. */

const encipherOnly = 1 << 7
const decipherOnly = 1 << 8
const issuing = keyCertSign | cRLSign

/** Bits of keyUsage that a purpose is consistent with (RFC 5280 4.2.1.12). */
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
    summary: 'The RSA public exponent is valid but not 65537, which everybody uses and some systems demand.',
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
    summary: 'keyUsage is not critical, so that software that does not know it may use the key for anything.',
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
    summary: 'keyUsage allows what a key of this kind cannot do or should not do: EC keys encrypt nothing, CA keys only sign.',
    citation: 'RFC 3279 2.3.1; RFC 4055 1.2; RFC 8813 3',
    remedy: 'Re-issue the certificate with the usages that its key is for.',
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
    summary: 'No purpose of extendedKeyUsage can be served with the bits of keyUsage, so the certificate is good for nothing.',
    citation: 'RFC 5280 4.2.1.12',
    remedy: 'Re-issue the certificate with digitalSignature, for clients that sign TLS handshakes.',
    check({ extendedKeyUsage, keyUsageBits }, { role }) {
      if (role !== 'leaf' || extendedKeyUsage === undefined || keyUsageBits === undefined) return undefined
      const bits = extendedKeyUsage.map((purpose) =>
        Object.hasOwn(consistentBits, purpose) ? consistentBits[purpose] : undefined,
      )
      // A purpose that is not known may be consistent with any bit.
      if (bits.some((known) => known === undefined || (known & keyUsageBits) !== 0)) return undefined
      return `keyUsage ${keyUsageList(keyUsageBits).join(', ')} serves none of ${extendedKeyUsage.join(', ')}`
    },
  },
  {
    code: 'eku_critical_with_any',
    severity: 'info',
    summary: 'extendedKeyUsage is critical but includes anyExtendedKeyUsage, so it limits nothing.',
    citation: 'RFC 5280 4.2.1.12',
    remedy: 'Re-issue the certificate with the purposes that are meant, or with the extension not critical.',
    check({ extensions, purposeBits }) {
      const isContradiction =
        purposeBits !== undefined && (purposeBits & PurposeBit.any) !== 0 && extensions.isCritical(ExtensionId.extendedKeyUsage)
      return isContradiction ? 'extendedKeyUsage is critical and includes anyExtendedKeyUsage' : undefined
    },
  },
]

import type { CertificateView } from '../certificate.ts'
import * as ExtensionId from '../ids/extension-id.ts'
import type { RevocationListView } from '../revocation-list.ts'
import type { SignedView } from '../signed.ts'
import type { ProfileRule, Role } from './profile-rule.ts'
import { rfc5280Rules } from './rfc5280.ts'
import { webPkiRules } from './web-pki.ts'

/** What the conformance levels require of certificates and CRLs. */

type Conformance = 'practical' | 'strict' | 'web-pki'

const rulesOf: Readonly<Record<Conformance, readonly ProfileRule[]>> = /* @__PURE__ */ (() => ({
  practical: [],
  strict: rfc5280Rules,
  'web-pki': [...rfc5280Rules.filter((rule) => !Object.hasOwn(rule, 'isLifted')), ...webPkiRules],
}))()

/** The first rule of a conformance level that a certificate in this role violates, as text. Deviations come first. */
export function nonconformance(certificate: CertificateView, role: Role, conformance: Conformance): string | undefined {
  if (conformance === 'practical') return undefined
  const deviation = describeDeviation(certificate)
  if (deviation !== undefined) return deviation
  const broken = rulesOf[conformance].find(({ roles, violated }) => roles.includes(role) && violated(certificate, role))
  return broken === undefined ? undefined : `${broken.requirement} (${broken.citation})`
}

function describeDeviation({ deviations: [first] }: SignedView): string | undefined {
  return first && `it deviates from DER or from the syntax of RFC 5280: ${first.code} (byte ${first.offset})`
}

/** Extensions of CRLs that are processed and may therefore be critical. */
const understood: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.authorityKeyIdentifier,
  ExtensionId.crlNumber,
  ExtensionId.deltaCrlIndicator,
  ExtensionId.issuingDistributionPoint,
])

/**
 * Why a list must not be used to determine the status of any certificate (RFC 5280 5.2, 5.3): the list or an entry has a
 * critical extension that is not understood, or an entry names another issuer although the list is not indirect.
 */
export function refuseListUse(list: RevocationListView): string | undefined {
  if (list.extensions.firstCriticalOutside(understood) !== undefined)
    return 'it has a critical extension that is not understood (RFC 5280 5.2)'
  if (list.hasUnknownCriticalEntry) return 'an entry has a critical extension that is not understood (RFC 5280 5.3)'
  if (list.hasStrayIssuer) return 'an entry names another issuer, but the list is not indirect (RFC 5280 5.3.3)'
  return undefined
}

/**
 * Why a list cannot show that a certificate is not revoked: it must not be used, or it does not conform. All levels but
 * `practical` require correct DER, and a cRLNumber, without which the list cannot be distinguished from an older one.
 */
export function refuseListAsEvidence(
  list: RevocationListView,
  conformance: 'practical' | 'strict' | 'web-pki',
): string | undefined {
  const forbidden = refuseListUse(list)
  if (forbidden !== undefined || conformance === 'practical') return forbidden
  const deviation = describeDeviation(list)
  if (deviation !== undefined) return deviation
  const { extensions } = list
  if (!extensions.has(ExtensionId.crlNumber)) return 'it has no cRLNumber (RFC 5280 5.2.3)'
  if (extensions.isCritical(ExtensionId.crlNumber)) return 'its cRLNumber is critical (RFC 5280 5.2.3)'
  return undefined
}

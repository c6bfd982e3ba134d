import * as ExtensionId from '../extension-id.ts'
import type { RevocationListView } from '../revocation-list.ts'

/** Extensions of revocation lists that are understood, so that they may be critical. */
const understood: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.authorityKeyIdentifier,
  ExtensionId.crlNumber,
  ExtensionId.deltaCrlIndicator,
  ExtensionId.issuingDistributionPoint,
])

/**
 * Why a list must not be used (RFC 5280 5.2, 5.3): it has something critical that is not understood, be it on any entry,
 * or entries of issuers it may not speak for; with strict conformance also a list without a number, which cannot be told
 * from an older one.
 */
export function refuseList(list: RevocationListView, conformance: 'practical' | 'strict' | 'web-pki'): string | undefined {
  const { extensions } = list
  if (extensions.firstCriticalOutside(understood) >= 0) return 'it has a critical extension that is not understood (RFC 5280 5.2)'
  if (list.hasUnknownCriticalEntry) return 'an entry has a critical extension that is not understood (RFC 5280 5.3)'
  if (list.hasStrayIssuer) return 'an entry names another issuer, but the list is not indirect (RFC 5280 5.3.3)'
  if (conformance === 'practical') return undefined
  if (!extensions.has(ExtensionId.crlNumber)) return 'it has no cRLNumber (RFC 5280 5.2.3)'
  if (extensions.isCritical(ExtensionId.crlNumber)) return 'its cRLNumber is critical (RFC 5280 5.2.3)'
  return undefined
}

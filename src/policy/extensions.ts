import * as ExtensionId from '../x509/extension-id.ts'

/**
 * Extensions that path validation understands, so that they may be critical (RFC 5280 4.2). Everything else that is
 * critical is refused. An extension joins this list together with the code that obeys it.
 */
export const understoodExtensions: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.keyUsage,
  ExtensionId.subjectAltName,
  ExtensionId.basicConstraints,
  ExtensionId.extendedKeyUsage,
  ExtensionId.subjectKeyIdentifier,
  ExtensionId.authorityKeyIdentifier,
  ExtensionId.nameConstraints,
  ExtensionId.certificatePolicies,
  ExtensionId.policyMappings,
  ExtensionId.policyConstraints,
  ExtensionId.inhibitAnyPolicy,
])

/** The same if revocation is checked by lists, as a critical cRLDistributionPoints demands (RFC 5280 4.2.1.13). */
export const understoodWithLists: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ...understoodExtensions,
  ExtensionId.crlDistributionPoints,
])

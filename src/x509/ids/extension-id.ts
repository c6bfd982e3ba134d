/**
 * Ids of extensions. Import as the namespace `ExtensionId`. The id of an extension under id-ce (2.5.29) is its last arc, even
 * if it has no name here. Those under id-pe are numbered from 100. These are separate constants instead of an object, so that
 * bundlers inline the numbers.
 */

export const unknown = 0
export const subjectDirectoryAttributes = 9
export const subjectKeyIdentifier = 14
export const keyUsage = 15
export const privateKeyUsagePeriod = 16
export const subjectAltName = 17
export const issuerAltName = 18
export const basicConstraints = 19
export const crlNumber = 20
export const reasonCode = 21
export const invalidityDate = 24
export const deltaCrlIndicator = 27
export const issuingDistributionPoint = 28
export const certificateIssuer = 29
export const nameConstraints = 30
export const crlDistributionPoints = 31
export const certificatePolicies = 32
export const policyMappings = 33
export const authorityKeyIdentifier = 35
export const policyConstraints = 36
export const extendedKeyUsage = 37
export const freshestCrl = 46
export const inhibitAnyPolicy = 54
export const authorityInfoAccess = 101
export const subjectInfoAccess = 111

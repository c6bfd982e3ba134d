/**
 * The parts of certificates and CRLs whose offsets a view stores. Import as the namespace `Part`. These are separate constants
 * instead of an object, so that bundlers inline the numbers.
 */

// Certificates and CRLs
export const tbs = 0
export const tbsAlgorithm = 1
export const algorithm = 2
export const issuer = 3
export const signatureValue = 4
export const authorityKeyIdentifier = 5

// Certificates
export const serial = 6
export const subject = 7
export const keyInfo = 8
export const subjectKeyIdentifier = 9
export const altNames = 10

// CRLs
export const entries = 6
export const listNumber = 7
export const baseListNumber = 8

export const count = 11

/**
 * The parts of certificates and revocation lists that their views know the places of, as the namespace `Part`. Those from 6 on
 * are of the one or of the other.
 */

export const tbs = 0
export const tbsAlgorithm = 1
export const algorithm = 2
export const issuer = 3
export const signatureValue = 4
export const authorityKeyIdentifier = 5

export const serial = 6
export const subject = 7
export const keyInfo = 8
export const subjectKeyIdentifier = 9
export const altNames = 10

export const entries = 6
export const listNumber = 7
export const baseListNumber = 8

export const count = 11

/**
 * Bits for the purposes in extendedKeyUsage. Import as the namespace `PurposeBit`. These are separate constants instead of an
 * object, so that bundlers inline the numbers.
 */

export const any = 1
export const serverAuth = 2
export const clientAuth = 4
export const ocspSigning = 8
export const other = 16

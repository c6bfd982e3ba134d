/** Which of the purposes that matter to TLS an extendedKeyUsage lists, as the namespace `PurposeBit`; see `key-usage-bit.ts`. */

export const any = 1
export const serverAuth = 2
export const clientAuth = 4
export const ocspSigning = 8
export const other = 16

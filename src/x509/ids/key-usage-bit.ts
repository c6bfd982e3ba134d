/**
 * keyUsage as an integer in which bit n is `1 << n`, as the namespace `KeyUsageBit`. Constants by themselves and no object,
 * so that bundlers put the numbers in their places.
 */

export const digitalSignature = 1
export const nonRepudiation = 2
export const keyEncipherment = 4
export const dataEncipherment = 8
export const keyAgreement = 16
export const keyCertSign = 32
export const cRLSign = 64

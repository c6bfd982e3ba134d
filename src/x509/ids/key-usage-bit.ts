/**
 * Bits of keyUsage: named bit n is `1 << n`. Import as the namespace `KeyUsageBit`. These are separate constants instead of an
 * object, so that bundlers inline the numbers.
 */

export const digitalSignature = 1
export const nonRepudiation = 2
export const keyEncipherment = 4
export const dataEncipherment = 8
export const keyAgreement = 16
export const keyCertSign = 32
export const cRLSign = 64

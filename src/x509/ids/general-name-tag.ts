/**
 * Identifier octets of the GeneralName forms. Import as the namespace `GeneralNameTag`. These are separate constants instead of
 * an object, so that bundlers inline the numbers.
 */

export const other = 0xa0
export const email = 0x81
export const dns = 0x82
export const x400 = 0xa3
export const directory = 0xa4
export const ediParty = 0xa5
export const uri = 0x86
export const ip = 0x87
export const registeredId = 0x88

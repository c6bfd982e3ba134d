import { hexOf, utf8Bytes } from '../bytes/encoding.ts'
import { isoTime } from '../policy/fields.ts'
import type { Certificate, CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy } from '../x509/parse-certificate.ts'
import { type HeaderFault, type HeaderResult, headerFault, headerValue } from './result.ts'

/**
 * Checks of what platforms report next to the certificate. An attacker who can inject one header may not be able to inject
 * all, so each is compared with the certificate. No decision is based on these values.
 */

/** Parses the leaf from a header. Copies it first, because the chain with the same bytes is returned to the caller. */
export function readLeaf(name: string, der: Uint8Array): HeaderResult<CertificateView> {
  const parsed = parseCertificateCopy(der)
  return parsed.ok ? headerValue(parsed.value) : headerFault('malformed_certificate', `${name}: ${parsed.message}`)
}

/** A fault if the header has another serial number. It is hexadecimal, with or without colons and leading zeros. */
export function checkSerial(name: string, text: string, certificate: Certificate): HeaderFault | undefined {
  if (!/^([0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{2})*|[0-9A-Fa-f]+)$/.test(text)) {
    return headerFault('malformed_header', `${name} is not a serial number in hexadecimal`)
  }
  return isSerial(text, certificate) ? undefined : inconsistent(name)
}

/** Like {@link checkSerial}, for systems that do not document whether the number is decimal. */
export function checkSerialOfAnyBase(name: string, text: string, certificate: Certificate): HeaderFault | undefined {
  const isDecimal = /^(0|[1-9]\d{0,49})$/.test(text)
  return isDecimal && BigInt(text) === BigInt(`0x${certificate.serialNumber}`) ? undefined : checkSerial(name, text, certificate)
}

function isSerial(text: string, { serialNumber }: Certificate): boolean {
  return plainHex(text) === plainHex(serialNumber)
}

function plainHex(text: string): string {
  return text.replaceAll(':', '').toLowerCase().replace(/^0+/, '')
}

/** A fault if the header has another SHA-256 fingerprint, in hexadecimal. */
export function checkFingerprint(name: string, text: string, certificate: Certificate): HeaderFault | undefined {
  if (!/^[0-9A-Fa-f]{64}$/.test(text)) return headerFault('malformed_header', `${name} is not 64 hexadecimal digits`)
  return text.toLowerCase() === certificate.fingerprint ? undefined : inconsistent(name)
}

/** AWS's `NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z`. */
export function checkValidity(name: string, text: string, certificate: Certificate): HeaderFault | undefined {
  const match = /^NotBefore=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ);NotAfter=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/.exec(text)
  if (match === null) return headerFault('malformed_header', `${name} is not NotBefore=<ISO 8601>;NotAfter=<ISO 8601>`)
  return formatValidity(certificate) === text ? undefined : inconsistent(name)
}

export function formatValidity({ notBefore, notAfter }: Certificate): string {
  return `NotBefore=${isoTime(notBefore.getTime())};NotAfter=${isoTime(notAfter.getTime())}`
}

/** A name as AWS writes it (RFC 2253): ASCII, with other characters as the hex pairs of their UTF-8. */
export function formatName(name: string): string {
  return name.replace(/[^ -~]/gu, (character) => hexOf(utf8Bytes(character)).toUpperCase().replace(/../g, '\\$&'))
}

export function inconsistent(name: string): HeaderFault {
  return headerFault('inconsistent_headers', `${name} does not match the certificate`)
}

/** The first fault among checks of optional headers. */
export function firstFault(
  checks: readonly (readonly [value: string | undefined, check: (value: string) => HeaderFault | undefined])[],
): HeaderFault | undefined {
  for (const [value, check] of checks) {
    const fault = value === undefined ? undefined : check(value)
    if (fault !== undefined) return fault
  }
  return undefined
}

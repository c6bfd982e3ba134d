import { encodePem } from '../../bytes/pem.ts'

/** 2.5.29.0, which is not an algorithm: no library can verify a signature with it. */
const noAlgorithm = element(0x30, Uint8Array.of(0x06, 0x03, 0x55, 0x1d, 0x00))
const noBits = Uint8Array.of(0x03, 0x01, 0x00)
const noKey = element(0x30, noAlgorithm, noBits)
const anyTime = element(0x17, new TextEncoder().encode('700101000000Z'))
const validity = element(0x30, anyTime, anyTime)
const serialNumber = Uint8Array.of(0x02, 0x01, 0x01)

/**
 * A certificate, as PEM, that holds only a name. Node can only advertise CA names as subjects of certificates in its option
 * `ca`. OpenSSL would trust the real CA certificates, and parsing them would take sixteen times as long.
 *
 * @param name DER of a Name
 */
export function carrierOf(name: Uint8Array): string {
  const tbs = element(0x30, serialNumber, noAlgorithm, name, validity, name, noKey)
  return encodePem('CERTIFICATE', element(0x30, tbs, noAlgorithm, noBits))
}

/** A DER element of less than 64 KB. */
function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  const out = new Uint8Array(1 + size.length + length)
  out.set([tag, ...size])
  let at = 1 + size.length
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

import { decodeBase64, encodeBase64 } from '../bytes/encoding.ts'
import { bytesOfPemText } from '../bytes/pem.ts'
import { type HeaderFormat, headerFormat } from './request-headers.ts'
import { checkHeader, type HeaderResult, headerFault, headerValue } from './result.ts'
import { requireDer } from './url-pem.ts'

/**
 * RFC 9440: `Client-Cert: :base64:` is the leaf. `Client-Cert-Chain: :base64:, :base64:` is the rest of what the client sent,
 * in TLS order. Both are structured fields (RFC 8941) of byte sequences. Parameters are not accepted and padding is required,
 * as senders must write it, so that each certificate has exactly one text.
 */

/**
 * Reads the value of `Client-Cert`.
 *
 * @returns the leaf's DER, not parsed
 * @throws TypeError if `value` is not a string
 * @example
 * const leaf = parseClientCert(':MIIB…:')
 * if (leaf.ok) verifyChain(store, leaf.value)
 */
export function parseClientCert(value: string): HeaderResult<Uint8Array> {
  const fault = checkHeader('Client-Cert', value)
  return fault ?? readByteSequence('Client-Cert', value, 0, value.length)
}

/**
 * Reads the value of `Client-Cert-Chain`.
 *
 * @returns the DER of each certificate, in order, not parsed
 * @throws TypeError if `value` is not a string
 * @example
 * const others = parseClientCertChain(':MIIB…:, :MIIC…:')
 * if (others.ok) verifyChain(store, [certificate.raw, ...others.value])
 */
export function parseClientCertChain(value: string): HeaderResult<readonly Uint8Array[]> {
  const fault = checkHeader('Client-Cert-Chain', value)
  return fault ?? readByteSequences('Client-Cert-Chain', value)
}

/**
 * Writes the value of `Client-Cert`.
 *
 * @example
 * const value = formatClientCert(certificate.raw)
 * if (value.ok) headers['client-cert'] = value.value
 */
export function formatClientCert(leaf: Uint8Array): HeaderResult<string> {
  const value = `:${encodeBase64(requireDer(leaf))}:`
  return checkHeader('Client-Cert', value) ?? headerValue(value)
}

/**
 * Writes the value of `Client-Cert-Chain`: the chain without the leaf, at least one certificate.
 *
 * @example
 * const value = formatClientCertChain(chain.slice(1))
 * if (value.ok) headers['client-cert-chain'] = value.value
 */
export function formatClientCertChain(chain: readonly Uint8Array[]): HeaderResult<string> {
  const value = chain.map((der) => `:${encodeBase64(requireDer(der))}:`).join(', ')
  return checkHeader('Client-Cert-Chain', value) ?? headerValue(value)
}

/** A list of byte sequences. The caller has checked the size. */
function readByteSequences(name: string, value: string): HeaderResult<readonly Uint8Array[]> {
  const chain: Uint8Array[] = []
  for (let start = 0; start <= value.length; ) {
    const comma = value.indexOf(',', start)
    const end = comma < 0 ? value.length : comma
    const item = readByteSequence(name, value, skipBlanks(value, start, end, 1), skipBlanks(value, end, start, -1))
    if (!item.ok) return item
    chain.push(item.value)
    start = end + 1
  }
  return headerValue(chain)
}

/** The index of the first non-blank character, forwards or backwards. */
function skipBlanks(value: string, from: number, to: number, step: 1 | -1): number {
  let at = from
  while (at !== to && isBlank(value[step === 1 ? at : at - 1])) at += step
  return at
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** `:base64:`, without anything else. */
function readByteSequence(name: string, value: string, start: number, end: number): HeaderResult<Uint8Array> {
  if (end - start < 2 || value[start] !== ':' || value[end - 1] !== ':') {
    return headerFault('malformed_header', `${name} is not a byte sequence :base64: (RFC 9440 2.1)`, start)
  }
  const base64 = value.slice(start + 1, end - 1)
  const blank = base64.search(/[ \t]/)
  if (blank >= 0) return headerFault('malformed_header', `${name} has white space in its base64`, start + 1 + blank)
  const der = decodeBase64(bytesOfPemText(base64))
  if (typeof der === 'number') return headerFault('malformed_header', `${name} is not base64 with padding`, start + 1 + der)
  if (der.length === 0) return headerFault('malformed_header', `${name} has an empty byte sequence`, start)
  return headerValue(der)
}

/** `from: 'rfc9440'`. */
export const rfc9440: HeaderFormat = /* @__PURE__ */ headerFormat(
  { certificate: 'Client-Cert', chain: 'Client-Cert-Chain' },
  // RFC 9440 2.3: the chain may occur more than once, the certificate may not (2.2).
  { chain: 'list' },
  ({ certificate, chain }, names) => {
    if (certificate !== undefined) return readCertificateAndChain(names.certificate, certificate, names.chain, chain)
    if (chain === undefined) return headerFault('no_certificate', `there is no ${names.certificate}`)
    // RFC 9440 2.3: the chain is never sent without the certificate.
    return headerFault('malformed_header', `${names.chain} is present without ${names.certificate}`)
  },
)

/** The two values of RFC 9440 as one chain, leaf first. The caller has checked the sizes. */
export function readCertificateAndChain(
  name: string,
  certificate: string,
  chainName: string,
  chain: string | undefined,
): HeaderResult<readonly Uint8Array[]> {
  const leaf = readByteSequence(name, certificate, 0, certificate.length)
  if (!leaf.ok || chain === undefined) return leaf.ok ? headerValue([leaf.value]) : leaf
  const others = readByteSequences(chainName, chain)
  return others.ok ? headerValue([leaf.value, ...others.value]) : others
}

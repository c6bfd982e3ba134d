import { latin1Of } from '../../bytes/encoding.ts'
import { Reader } from '../../der/reader.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { ipText } from '../../x509/general-name.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import type { Meter } from '../meter.ts'
import { endsInNumber, isHostName, withoutFinalDot } from './name-match.ts'

/** Matching of server names against the leaf's SANs (RFC 9525). */

/** The server that a client connects to (RFC 9525 6.1.1): a DNS name in lower case without final dot, or an IP address. */
export type ReferenceId = string | Uint8Array

const longestName = 253

/**
 * Parses a server name: an IPv4 or IPv6 address, or a DNS name of ASCII labels. Internationalised names must be A-labels
 * (`xn--…`). They are never mapped from Unicode, because mappings invite spoofing. `undefined` for anything else.
 */
export function readReference(name: string): ReferenceId | undefined {
  const ip = readIpv4(name) ?? readIpv6(name)
  if (ip !== undefined) return ip
  // Checked before folding, because some non-ASCII letters have an ASCII lower case.
  if (!/^[!-~]+$/.test(name)) return undefined
  const dns = withoutFinalDot(name).toLowerCase()
  if (dns.length > longestName || !isHostName(dns)) return undefined
  // With an all-digit last label, some resolvers read an address and others a name.
  return endsInNumber(dns) ? undefined : dns
}

/** Four decimal numbers without leading zeros. */
export function readIpv4(text: string): Uint8Array | undefined {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text)
  if (match === null) return undefined
  const parts = match.slice(1).map(Number)
  return parts.every((part) => part < 256) ? Uint8Array.from(parts) : undefined
}

/** RFC 4291 2.2, without zone: up to eight groups, at most one `::`, the last two groups optionally as IPv4. */
export function readIpv6(text: string): Uint8Array | undefined {
  if (!text.includes(':') || !/^[0-9a-fA-F:.]{2,45}$/.test(text)) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  // Only the end of the address may be written as IPv4.
  const groups = halves.map((half, i) => readGroups(half, i === halves.length - 1))
  const [head, tail] = groups
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const length = head.length + (tail?.length ?? 0)
  if (halves.length === 1 ? length !== 8 : length > 7) return undefined
  const address = new Uint8Array(16)
  const all = [...head, ...new Array<number>(8 - length).fill(0), ...(tail ?? [])]
  all.forEach((group, i) => {
    address[2 * i] = group >> 8
    address[2 * i + 1] = group & 0xff
  })
  return address
}

function readGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = isLast && i === parts.length - 1 ? readIpv4(part) : undefined
    if (v4 !== undefined) groups.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

/**
 * Whether one of the leaf's SANs matches the server name (RFC 9525 6). DNS names are compared label by label, ignoring ASCII
 * case; a wildcard must be the whole left-most label. Addresses are compared by their bytes. The common name is never used.
 * `undefined` if the budget is exhausted.
 */
export function matchesReference(leaf: CertificateView, reference: ReferenceId, meter: Meter): boolean | undefined {
  if (leaf.altNames === undefined) return false
  const reader = new Reader(leaf.altNames)
  while (!reader.atEnd()) {
    reader.next('subjectAltName')
    if (!meter.names()) return undefined
    const { tag } = reader
    const name = reader.content()
    if (typeof reference !== 'string') {
      if (tag === GeneralNameTag.ip && name.is(reference)) return true
    } else if (tag === GeneralNameTag.dns && name.length <= longestName) {
      if (matchesDnsName(latin1Of(name).toLowerCase(), reference)) return true
    }
  }
  return false
}

/** Both in lower case. A wildcard matches exactly one label and must be followed by at least two labels. */
function matchesDnsName(presented: string, reference: string): boolean {
  if (!presented.startsWith('*.')) return presented === reference
  const parent = presented.slice(1)
  const dot = reference.indexOf('.')
  return dot > 0 && parent.includes('.', 1) && !parent.includes('*') && reference.slice(dot) === parent
}

/** The server name for a message. */
export function referenceText(reference: ReferenceId): string {
  return typeof reference === 'string' ? reference : ipText(reference)
}

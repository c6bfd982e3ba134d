import type { Certificate, GeneralName, Name, NameConstraints, Purpose } from './model.ts'

/** RFC 5280 7.1 and 4.2.1.10: how names are compared, and when a name lies within a subtree. */

/** 7.1: names are equal if their attributes are, one by one; case and repeated, leading or trailing spaces do not count. */
export function sameName_7_1(a: Name, b: Name): boolean {
  return a.length === b.length && startsWith_7_1(a, b)
}

/** 7.1: the first attributes of a name are those of another one. */
function startsWith_7_1(name: Name, start: Name): boolean {
  return start.every(([type, value], i) => name[i]?.[0] === type && folded(name[i][1]) === folded(value))
}

function folded(value: string): string {
  const text = foldedTexts.get(value) ?? value.trim().replace(/ +/g, ' ').toLowerCase()
  foldedTexts.set(value, text)
  return text
}

/** Names are compared all the time, and there are few of them. */
const foldedTexts = new Map<string, string>()

/** 6.1: a certificate is self-issued if its subject and its issuer are the same name. */
export function isSelfIssued_6_1({ subject, issuer }: Certificate): boolean {
  return sameName_7_1(subject, issuer)
}

/** The subtrees of all the nameConstraints above a certificate, one entry for each extension. */
export type Subtrees = readonly NameConstraints[]

/** The forms of names; `registeredId` stands for those that nobody compares. */
export const nameForms = ['dns', 'email', 'uri', 'ip', 'directory', 'registeredId'] as const

export type NameForm = (typeof nameForms)[number]

export function formOf(name: GeneralName): NameForm {
  return nameForms.find((form) => Object.hasOwn(name, form))!
}

/**
 * 4.2.1.10: the names that constraints bind: the subject unless it is empty, every subject alternative name, and the e-mail
 * addresses in the subject. Beyond the RFC: these even beside alternative names, and the common names of a client's leaf that
 * look like host names, unless it has a DNS name.
 */
export function constrainedNames_4_2_1_10(certificate: Certificate, isLeaf: boolean, purpose: Purpose): readonly GeneralName[] {
  const { subject } = certificate
  const alternatives = certificate.subjectAltName?.value ?? []
  const directory: readonly GeneralName[] = subject.length === 0 ? [] : [{ directory: subject }]
  const hasDns = alternatives.some((name) => 'dns' in name)
  const hosts = isLeaf && purpose !== 'server' && !hasDns ? valuesOf(subject, 'CN').filter(looksLikeHost) : []
  const addresses = valuesOf(subject, 'emailAddress')
  return [
    ...directory,
    ...alternatives,
    ...addresses.map((email) => ({ email, isInSubject: true as const })),
    ...hosts.map((dns) => ({ dns })),
  ]
}

function valuesOf(subject: Name, type: string): readonly string[] {
  return subject.filter((attribute) => attribute[0] === type).map((attribute) => attribute[1])
}

/** At least two labels, none of which begins or ends with a hyphen. */
function looksLikeHost(commonName: string): boolean {
  const labels = commonName.split('.')
  return labels.length > 1 && labels.every((label) => /^\w([\w-]*\w)?$/.test(label))
}

/** 6.1.3 (b): within one of the permitted subtrees of its form in every extension that has subtrees of this form. */
export function isPermitted_4_2_1_10(name: GeneralName, subtrees: Subtrees): boolean {
  return subtrees.every(({ permitted }) => {
    const ofForm = permitted.filter((subtree) => formOf(subtree) === formOf(name))
    return ofForm.length === 0 || (isComparable(name) && ofForm.some((subtree) => isWithin_4_2_1_10(name, subtree)))
  })
}

/** 6.1.3 (c): within none of the excluded subtrees. A wildcard is excluded if any of the names it stands for is. */
export function isExcluded_4_2_1_10(name: GeneralName, subtrees: Subtrees): boolean {
  return subtrees.some(({ excluded }) => {
    const ofForm = excluded.filter((subtree) => formOf(subtree) === formOf(name))
    return ofForm.some((subtree) => !isComparable(name) || isWithin_4_2_1_10(name, subtree) || isReachedBy(name, subtree))
  })
}

/**
 * 4.2.1.10: a certificate with a name that is constrained, but cannot be compared, is rejected: a form that nobody processes, and
 * a URI whose authority has no host name.
 */
function isComparable(name: GeneralName): boolean {
  return !('registeredId' in name) && !('uri' in name && hostOfUri(name.uri) === undefined)
}

/** 4.2.1.10, form by form. */
function isWithin_4_2_1_10(name: GeneralName, subtree: GeneralName): boolean {
  if ('directory' in name && 'directory' in subtree) return startsWith_7_1(name.directory, subtree.directory)
  if ('dns' in name && 'dns' in subtree) return isWithinDns(name.dns, subtree.dns)
  if ('email' in name && 'email' in subtree) return isWithinEmail(name.email, subtree.email)
  if ('uri' in name && 'uri' in subtree) return isWithinHosts(hostOfUri(name.uri)!, subtree.uri)
  return 'ip' in name && 'ip' in subtree && isWithinAddresses(name.ip, subtree.ip)
}

/** A DNS name is within a subtree if it adds zero or more labels to its left. Every name is within the empty one. */
function isWithinDns(name: string, subtree: string): boolean {
  const [host, domain] = [name.toLowerCase(), subtree.toLowerCase()]
  return domain === '' || host === domain || host.endsWith(`.${domain}`)
}

/** A mailbox, whose local part has its case; all mailboxes of a host; or, with a leading dot, of all hosts below a domain. */
function isWithinEmail(address: string, subtree: string): boolean {
  const [local, host] = address.split('@') as [string, string]
  if (!subtree.includes('@')) return isWithinHosts(host, subtree)
  const [wantedLocal, wantedHost] = subtree.split('@') as [string, string]
  return local === wantedLocal && host.toLowerCase() === wantedHost.toLowerCase()
}

/** One host or, with a leading dot, the hosts below a domain, which is not one of them. */
function isWithinHosts(name: string, subtree: string): boolean {
  const [host, domain] = [name.toLowerCase(), subtree.toLowerCase()]
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain
}

function hostOfUri(uri: string): string | undefined {
  const host = /^[a-z]+:\/\/([^/:]+)/.exec(uri)?.[1]
  return host === undefined || /[0-9]$/.test(host) ? undefined : host
}

/** The address is in the CIDR block, of the same version of IP. */
function isWithinAddresses(address: string, block: string): boolean {
  const [network, prefix] = block.split('/') as [string, string]
  const [bits, networkBits] = [bitsOf(address), bitsOf(network)]
  return bits.length === networkBits.length && bits.startsWith(networkBits.slice(0, Number(prefix)))
}

/** The bits of an IPv4 address, or of an IPv6 address whose eight groups are all written. */
function bitsOf(address: string): string {
  const isIpv6 = address.includes(':')
  const numbers = address.split(isIpv6 ? ':' : '.').map((part) => Number.parseInt(part, isIpv6 ? 16 : 10))
  return numbers.map((number) => number.toString(2).padStart(isIpv6 ? 16 : 8, '0')).join('')
}

/**
 * Beyond the RFC, which does not speak of these: `*.a.example` stands for `b.a.example`, which the subtree `b.a.example` has; and
 * the case of a local part in the subject does not count, because applications tend to fold it.
 */
function isReachedBy(name: GeneralName, subtree: GeneralName): boolean {
  if ('email' in name && 'email' in subtree)
    return name.isInSubject === true && isWithinEmail(folded(name.email), folded(subtree.email))
  if (!('dns' in name && 'dns' in subtree && name.dns.startsWith('*.'))) return false
  return subtree.dns.slice(subtree.dns.indexOf('.') + 1).toLowerCase() === name.dns.slice(2).toLowerCase()
}

/** RFC 9525 6.1: whether a reference is an IP address. */
export function isAddress_9525_6_1(reference: string): boolean {
  return /^[0-9.]+$/.test(reference) || reference.includes(':')
}

/**
 * RFC 9525 6.3: a DNS-ID is the reference name, or has `*` in place of the reference's first label; an IP-ID is the address. Case
 * does not count. Beyond the RFC: at least two labels follow the `*`.
 */
export function matchesHost_9525_6_3(certificate: Certificate, reference: string): boolean {
  const wanted = reference.toLowerCase()
  const [, ...rest] = wanted.split('.')
  const accepted = rest.length < 2 ? [wanted] : [wanted, ['*', ...rest].join('.')]
  return (certificate.subjectAltName?.value ?? []).some((name) => {
    return isAddress_9525_6_1(wanted)
      ? 'ip' in name && name.ip === wanted
      : 'dns' in name && accepted.includes(name.dns.toLowerCase())
  })
}

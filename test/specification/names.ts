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
  return value.trim().replace(/ +/g, ' ').toLowerCase()
}

/** 6.1: a certificate is self-issued if its subject and its issuer are the same name. */
export function isSelfIssued_6_1({ subject, issuer }: Certificate): boolean {
  return sameName_7_1(subject, issuer)
}

/** The subtrees of all the nameConstraints above a certificate, one entry for each extension. */
export type Subtrees = readonly NameConstraints[]

type Form = 'dns' | 'directory'

function formOf(name: GeneralName): Form {
  return 'dns' in name ? 'dns' : 'directory'
}

/**
 * 4.2.1.10: the names that constraints bind: the subject unless it is empty, and every subject alternative name.
 * Beyond the RFC: the common names of a client's leaf that look like host names, unless it has a DNS name.
 */
export function constrainedNames_4_2_1_10(certificate: Certificate, isLeaf: boolean, purpose: Purpose): readonly GeneralName[] {
  const alternatives = certificate.subjectAltName?.value ?? []
  const subject: readonly GeneralName[] = certificate.subject.length === 0 ? [] : [{ directory: certificate.subject }]
  const hasDns = alternatives.some((name) => 'dns' in name)
  const hosts = isLeaf && purpose !== 'server' && !hasDns ? hostLikeCommonNames(certificate.subject) : []
  return [...subject, ...alternatives, ...hosts]
}

function hostLikeCommonNames(subject: Name): readonly GeneralName[] {
  return subject.filter(([type, value]) => type === 'CN' && /^[\w-]+(\.[\w-]+)+$/.test(value)).map(([, dns]) => ({ dns }))
}

/** 6.1.3 (b): within one of the permitted subtrees of its form in every extension that has subtrees of this form. */
export function isPermitted_4_2_1_10(name: GeneralName, subtrees: Subtrees): boolean {
  return subtrees.every(({ permitted }) => {
    const ofForm = permitted.filter((subtree) => formOf(subtree) === formOf(name))
    return ofForm.length === 0 || ofForm.some((subtree) => isWithin(name, subtree))
  })
}

/** 6.1.3 (c): within none of the excluded subtrees. A wildcard is excluded if any of the names it stands for is. */
export function isExcluded_4_2_1_10(name: GeneralName, subtrees: Subtrees): boolean {
  return subtrees.some(({ excluded }) =>
    excluded.some((subtree) => isWithin(name, subtree) || ('dns' in name && 'dns' in subtree && reaches(name.dns, subtree.dns))),
  )
}

/** 4.2.1.10: a DNS name that adds zero or more labels to the left; a directory name that starts with the subtree's. */
function isWithin(name: GeneralName, subtree: GeneralName): boolean {
  if ('dns' in name) return 'dns' in subtree && isBelow(name.dns, subtree.dns)
  return 'directory' in subtree && startsWith_7_1(name.directory, subtree.directory)
}

function isBelow(host: string, subtree: string): boolean {
  return (
    subtree === '' || host.toLowerCase() === subtree.toLowerCase() || host.toLowerCase().endsWith(`.${subtree.toLowerCase()}`)
  )
}

/** `*.a.example` stands for `b.a.example`, which the subtree `b.a.example` has. */
function reaches(host: string, subtree: string): boolean {
  return host.startsWith('*.') && subtree.slice(subtree.indexOf('.') + 1).toLowerCase() === host.slice(2).toLowerCase()
}

/** RFC 9525 6.3: a DNS-ID is the reference name, or has `*` in place of the reference's first label. */
export function matchesHost_9525_6_3(certificate: Certificate, reference: string): boolean {
  const rest = reference.slice(reference.indexOf('.'))
  return (certificate.subjectAltName?.value ?? []).some(
    (name) => 'dns' in name && [reference, `*${rest}`].includes(name.dns.toLowerCase()),
  )
}

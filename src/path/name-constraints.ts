import { bytesOfHex } from '../bytes/hex.ts'
import { rangeIs } from '../bytes/range.ts'
import { latin1OfRange } from '../bytes/text.ts'
import { oidBytes } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import { contextConstructed, Tag } from '../der/tags.ts'
import type { Refusal } from '../policy/strength.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { ExtensionId } from '../x509/extension-list.ts'
import { GeneralNameTag } from '../x509/general-name.ts'
import { attributesOf, canonicalRdns, looseRdns, stringValue } from '../x509/name.ts'
import type { Meter } from './meter.ts'
import {
  dnsIsWithin,
  dnsMeets,
  type HostPart,
  hostMatches,
  ipIsWithin,
  readEmail,
  readEmailSubtree,
  readHostSubtree,
  readUri,
  withoutFinalDot,
} from './name-match.ts'

/**
 * Name constraints (RFC 5280 4.2.1.10 and 6.1.4 (g)): every name of every certificate below a constraining CA must lie
 * within a permitted subtree, if there is one of its form, and outside all excluded ones. Subtrees of several CAs are
 * applied one CA after the other, which is what intersecting and uniting them would amount to.
 *
 * Whatever cannot be compared is refused: a form that is constrained but not supported, and a name or a subtree that is
 * not well-formed. That holds for constraints that are not critical as well.
 */

/** A name that constraints apply to. */
interface SubjectName {
  /** Context tag of its GeneralName form. */
  readonly tag: number
  /** DNS names in lower case without final dot, e-mail addresses and URIs as they are. */
  readonly text: string
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** An emailAddress of the subject, which as an attribute has no case (RFC 2985 5.2.1), as a SAN would: excluded either way. */
  readonly isAttribute: boolean
  /** For e-mail addresses and URIs; undefined where they are not well-formed. */
  readonly host: HostPart | undefined
  /** For directory names: its RDNs in canonical form. */
  readonly rdns: readonly string[]
  /** The same, folded as far as it goes. */
  readonly looseRdns: readonly string[]
}

interface Subtree extends SubjectName {
  readonly permitted: boolean
}

const emailAddress = /* @__PURE__ */ oidBytes('1.2.840.113549.1.9.1')

/**
 * Checks a path, leaf first. The anchor's constraints count where the policy says so; self-issued CAs below are exempt,
 * a self-issued leaf is not (RFC 5280 6.1.3 (b)).
 */
export function refuseNames(
  path: readonly CertificateView[],
  enforceAnchor: boolean,
  meter: Meter,
): (Refusal & { readonly index: number }) | undefined {
  const top = enforceAnchor ? path.length - 1 : path.length - 2
  const names: (readonly SubjectName[] | undefined)[] = []
  for (let i = top; i > 0; i--) {
    const ca = path[i]!
    if (!ca.extensions.has(ExtensionId.nameConstraints)) continue
    // Decoding is work too, and a search may come here once for every path that it completes.
    const subtrees = subtreesOf(ca)
    meter.names(subtrees.length)
    for (let below = i - 1; below >= 0; below--) {
      const certificate = path[below]!
      if (below > 0 && certificate.isSelfIssued) continue
      if (names[below] === undefined) {
        names[below] = namesOf(certificate)
        meter.names(names[below]!.length)
      }
      const problem = refuseAgainst(names[below]!, subtrees, meter)
      if (problem === undefined) continue
      return {
        code: 'name_constraint_violation',
        index: below,
        message: `${problem}, by the name constraints of ${ca.subjectForMessage}`,
      }
    }
  }
  return undefined
}

/** Why one of the names is refused by one CA's subtrees. */
export function refuseAgainst(names: readonly SubjectName[], subtrees: readonly Subtree[], meter: Meter): string | undefined {
  for (const name of names) {
    let constrained = false
    let within = false
    for (const subtree of subtrees) {
      if (subtree.tag !== name.tag) {
        if (subtree.tag === GeneralNameTag.email && isInternationalMailbox(name))
          return `${describe(name)}, an internationalised mailbox, cannot be compared`
        continue
      }
      if (!meter.names()) return 'budget.nameComparisons is used up'
      const match = compare(name, subtree)
      if (match === undefined) return `${describe(name)} cannot be compared with ${describe(subtree)}`
      if (match && !subtree.permitted) return `${describe(name)} is excluded`
      if (subtree.permitted) {
        constrained = true
        within ||= match
      }
    }
    if (constrained && !within) return `${describe(name)} is not permitted`
  }
  return undefined
}

/** Whether a name matches a subtree; `undefined` where that cannot be told. */
function compare(name: SubjectName, subtree: Subtree): boolean | undefined {
  switch (name.tag) {
    case GeneralNameTag.dns:
      return subtree.permitted ? dnsIsWithin(name.text, subtree.text) : dnsMeets(name.text, subtree.text)
    case GeneralNameTag.email:
    case GeneralNameTag.uri: {
      const { host } = name
      if (host === undefined || subtree.host === undefined) return undefined
      return hostMatches(host, subtree.host, name.isAttribute && !subtree.permitted)
    }
    case GeneralNameTag.ip:
      return ipIsWithin(name.bytes, name.start, name.end, subtree.bytes, subtree.start, subtree.end)
    case GeneralNameTag.directory:
      return subtree.permitted
        ? subtree.rdns.every((rdn, i) => rdn === name.rdns[i])
        : subtree.looseRdns.every((rdn, i) => rdn === name.looseRdns[i])
    default:
      return undefined
  }
}

/** SmtpUTF8Mailbox, id-on 9: an e-mail address as otherName, which e-mail constraints must not let through (RFC 9598 6). */
const smtpUtf8Mailbox = /* @__PURE__ */ bytesOfHex('0608 2b06010505070809')

function isInternationalMailbox({ tag, bytes, start }: SubjectName): boolean {
  return tag === GeneralNameTag.other && rangeIs(bytes, start, start + smtpUtf8Mailbox.length, smtpUtf8Mailbox)
}

function describe({ tag, text, rdns }: SubjectName): string {
  if (text !== '') return `"${text.slice(0, 100)}"`
  if (tag === GeneralNameTag.directory) return `a directory name of ${rdns.length} RDNs`
  return tag === GeneralNameTag.ip ? 'an IP address' : `a name of form [${tag & 0x1f}]`
}

/** The names of a certificate that constraints apply to: SANs, the subject if it is not empty, its e-mail attributes. */
export function namesOf(certificate: CertificateView): readonly SubjectName[] {
  const { bytes, altNamesStart, altNamesEnd, subjectStart, subjectEnd } = certificate
  const names: SubjectName[] = []
  const reader = new Reader(bytes, altNamesStart, altNamesEnd)
  while (!reader.atEnd()) {
    reader.next('subjectAltName')
    names.push(nameAt(bytes, reader.tag, reader.start, reader.end))
  }
  if (certificate.subjectIsEmpty) return names
  names.push(nameAt(bytes, GeneralNameTag.directory, subjectStart, subjectEnd))
  for (const { oidStart, oidEnd, tag, valueStart, valueEnd } of attributesOf(bytes, subjectStart, subjectEnd)) {
    if (!rangeIs(bytes, oidStart, oidEnd, emailAddress)) continue
    // An address in an unexpected string type is compared as what it says; one that is no text at all matches nothing.
    const text = tag === Tag.ia5String ? (stringValue(bytes, tag, valueStart, valueEnd) ?? '') : ''
    names.push({
      tag: GeneralNameTag.email,
      text,
      bytes,
      start: valueStart,
      end: valueEnd,
      isAttribute: true,
      host: readEmail(text),
      rdns: [],
      looseRdns: [],
    })
  }
  return names
}

function nameAt(bytes: Uint8Array, tag: number, start: number, end: number, isSubtree = false): SubjectName {
  const isText = tag === GeneralNameTag.dns || tag === GeneralNameTag.email || tag === GeneralNameTag.uri
  const raw = isText ? latin1OfRange(bytes, start, end) : ''
  const text = tag === GeneralNameTag.dns ? withoutFinalDot(raw.toLowerCase()) : raw
  const rdns = tag === GeneralNameTag.directory ? canonicalRdns(bytes, start, end) : []
  return {
    tag,
    text,
    bytes,
    start,
    end,
    isAttribute: false,
    host: hostOf(tag, raw, isSubtree),
    rdns,
    looseRdns: tag === GeneralNameTag.directory ? looseRdns(bytes, start, end) : [],
  }
}

function hostOf(tag: number, text: string, isSubtree: boolean): HostPart | undefined {
  if (tag === GeneralNameTag.email) return isSubtree ? readEmailSubtree(text) : readEmail(text)
  if (tag === GeneralNameTag.uri) return isSubtree ? readHostSubtree(text) : readUri(text)
  return undefined
}

/** The subtrees of a CA's name constraints, which were checked when it was parsed. */
export function subtreesOf({ bytes, extensions }: CertificateView): readonly Subtree[] {
  const index = extensions.find(ExtensionId.nameConstraints)
  return readSubtrees(bytes, extensions.valueStartAt(index), extensions.valueEndAt(index))
}

export function readSubtrees(bytes: Uint8Array, start: number, end: number): readonly Subtree[] {
  const what = 'nameConstraints'
  const subtrees: Subtree[] = []
  const reader = new Reader(bytes, start, end)
  reader.enter(Tag.sequence, what)
  for (const tag of [contextConstructed(0), contextConstructed(1)]) {
    if (!reader.peek(tag)) continue
    const list = reader.enter(tag, what)
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, what)
      reader.next(what)
      const name = nameAt(bytes, reader.tag, reader.start, reader.end, true)
      subtrees.push({ ...name, permitted: tag === contextConstructed(0) })
      reader.leave(subtree, what)
    }
    reader.leave(list, what)
  }
  return subtrees
}

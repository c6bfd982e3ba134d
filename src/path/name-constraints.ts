import { bytesOfHex } from '../bytes/hex.ts'
import { rangeIs } from '../bytes/range.ts'
import { excerpt, latin1OfRange } from '../bytes/text.ts'
import { contextConstructed } from '../der/context-tag.ts'
import { oidBytes } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { Refusal } from '../policy/strength.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import * as GeneralNameTag from '../x509/general-name-tag.ts'
import { attributesOf, canonicalRdns, looseRdns, stringValue } from '../x509/name.ts'
import type { Meter } from './meter.ts'
import {
  dnsIsWithin,
  dnsMeets,
  type HostPart,
  hostMatches,
  ipIsWithin,
  isDnsName,
  isDnsSubtree,
  readEmail,
  readEmailSubtree,
  readHostSubtree,
  readUri,
  withoutFinalDot,
} from './name-match.ts'
import { readOnce } from './read-once.ts'

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
  /** For DNS names: made of labels. */
  readonly isWellFormed: boolean
  /** For e-mail addresses and URIs; undefined where they are not well-formed. */
  readonly host: HostPart | undefined
  /** For directory names: its RDNs in canonical form. */
  readonly rdns: readonly string[]
  /** The same, folded as far as it goes. */
  readonly looseRdns: readonly string[]
}

/** The subtrees of one CA by the tag of their form. */
export interface Subtrees {
  readonly permitted: ReadonlyMap<number, readonly SubjectName[]>
  readonly excluded: ReadonlyMap<number, readonly SubjectName[]>
  readonly count: number
}

/** Reads what constraints are about. Names can be costly to decode, few as they may be. */
export interface NameReader {
  readonly names: (certificate: CertificateView) => readonly SubjectName[]
  readonly subtrees: (ca: CertificateView) => Subtrees
}

export function nameReader(): NameReader {
  return { names: readOnce(namesOf), subtrees: readOnce(subtreesOf) }
}

const none: readonly SubjectName[] = []

const emailAddress = /* @__PURE__ */ oidBytes('1.2.840.113549.1.9.1')

/**
 * Checks a path, leaf first. The anchor's constraints count where the policy says so; self-issued CAs below are exempt,
 * a self-issued leaf is not (RFC 5280 6.1.3 (b)).
 */
export function refuseNames(
  path: readonly CertificateView[],
  enforceAnchor: boolean,
  reader: NameReader,
  meter: Meter,
): (Refusal & { readonly index: number }) | undefined {
  const top = enforceAnchor ? path.length - 1 : path.length - 2
  let names: (readonly SubjectName[] | undefined)[] | undefined
  for (let i = top; i > 0; i--) {
    const ca = path[i]!
    if (!ca.extensions.has(ExtensionId.nameConstraints)) continue
    // Looking at them is work too, and a search may come here once for every path that it completes.
    const subtrees = reader.subtrees(ca)
    meter.names(subtrees.count)
    names ??= []
    for (let below = i - 1; below >= 0; below--) {
      const certificate = path[below]!
      if (below > 0 && certificate.isSelfIssued) continue
      if (names[below] === undefined) {
        names[below] = reader.names(certificate)
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
export function refuseAgainst(names: readonly SubjectName[], subtrees: Subtrees, meter: Meter): string | undefined {
  const constrainsMail = subtrees.permitted.has(GeneralNameTag.email) || subtrees.excluded.has(GeneralNameTag.email)
  for (const name of names) {
    const permitted = subtrees.permitted.get(name.tag) ?? none
    const excluded = subtrees.excluded.get(name.tag) ?? none
    if (!meter.names(permitted.length + excluded.length)) return 'budget.nameComparisons is used up'
    if (constrainsMail && isInternationalMailbox(name))
      return `${describe(name)}, an internationalised mailbox, cannot be compared`
    for (const subtree of excluded) {
      const match = meetsExcluded(name, subtree)
      if (match !== false) return match ? `${describe(name)} is excluded` : incomparable(name, subtree)
    }
    let within = permitted.length === 0
    for (const subtree of permitted) {
      const match = isWithinPermitted(name, subtree)
      if (match === undefined) return incomparable(name, subtree)
      within ||= match
    }
    if (!within) return `${describe(name)} is not permitted`
  }
  return undefined
}

/** Whether all that the name stands for lies within a permitted subtree; `undefined` where that cannot be told. */
function isWithinPermitted(name: SubjectName, subtree: SubjectName): boolean | undefined {
  if (name.tag === GeneralNameTag.dns) return areWellFormed(name, subtree) ? dnsIsWithin(name.text, subtree.text) : undefined
  if (name.tag === GeneralNameTag.directory) return subtree.rdns.every((rdn, i) => rdn === name.rdns[i])
  return matches(name, subtree, false)
}

/** Whether something that the name stands for may lie within an excluded subtree; `undefined` where that cannot be told. */
function meetsExcluded(name: SubjectName, subtree: SubjectName): boolean | undefined {
  if (name.tag === GeneralNameTag.dns) return areWellFormed(name, subtree) ? dnsMeets(name.text, subtree.text) : undefined
  if (name.tag === GeneralNameTag.directory) return subtree.looseRdns.every((rdn, i) => rdn === name.looseRdns[i])
  return matches(name, subtree, name.isAttribute)
}

function areWellFormed(name: SubjectName, subtree: SubjectName): boolean {
  return name.isWellFormed && subtree.isWellFormed
}

/** The forms that are compared in the same way for both. */
function matches(name: SubjectName, subtree: SubjectName, foldLocal: boolean): boolean | undefined {
  if (name.tag === GeneralNameTag.ip)
    return ipIsWithin(name.bytes, name.start, name.end, subtree.bytes, subtree.start, subtree.end)
  if (name.tag !== GeneralNameTag.email && name.tag !== GeneralNameTag.uri) return undefined
  return name.host && subtree.host && hostMatches(name.host, subtree.host, foldLocal)
}

function incomparable(name: SubjectName, subtree: SubjectName): string {
  return `${describe(name)} cannot be compared with ${describe(subtree)}`
}

/** SmtpUTF8Mailbox, id-on 9: an e-mail address as otherName, which e-mail constraints must not let through (RFC 9598 6). */
const smtpUtf8Mailbox = /* @__PURE__ */ bytesOfHex('0608 2b06010505070809')

function isInternationalMailbox({ tag, bytes, start }: SubjectName): boolean {
  return tag === GeneralNameTag.other && rangeIs(bytes, start, start + smtpUtf8Mailbox.length, smtpUtf8Mailbox)
}

function describe({ tag, text, rdns }: SubjectName): string {
  if (text !== '') return excerpt(text, 100)
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
    // An address in another type than its own, IA5String (RFC 5280 A.1), is not compared.
    const text = tag === Tag.ia5String ? (stringValue(bytes, tag, valueStart, valueEnd) ?? '') : ''
    names.push({
      tag: GeneralNameTag.email,
      text,
      bytes,
      start: valueStart,
      end: valueEnd,
      isAttribute: true,
      isWellFormed: true,
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
    isWellFormed: tag !== GeneralNameTag.dns || (isSubtree ? isDnsSubtree(raw.toLowerCase()) : isDnsName(text)),
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
function subtreesOf({ bytes, extensions }: CertificateView): Subtrees {
  const index = extensions.find(ExtensionId.nameConstraints)
  return readSubtrees(bytes, extensions.valueStartAt(index), extensions.valueEndAt(index))
}

export function readSubtrees(bytes: Uint8Array, start: number, end: number): Subtrees {
  const what = 'nameConstraints'
  const reader = new Reader(bytes, start, end)
  let count = 0
  const readList = (listTag: number): ReadonlyMap<number, readonly SubjectName[]> => {
    const byForm = new Map<number, SubjectName[]>()
    if (!reader.peek(listTag)) return byForm
    const list = reader.enter(listTag, what)
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, what)
      reader.next(what)
      const { tag } = reader
      const name = nameAt(bytes, tag, reader.start, reader.end, true)
      const others = byForm.get(tag)
      if (others === undefined) byForm.set(tag, [name])
      else others.push(name)
      count++
      reader.leave(subtree, what)
    }
    reader.leave(list, what)
    return byForm
  }
  reader.enter(Tag.sequence, what)
  const permitted = readList(contextConstructed(0))
  const excluded = readList(contextConstructed(1))
  return { permitted, excluded, count }
}

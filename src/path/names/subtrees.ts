import { excerpt, latin1Of } from '../../bytes/encoding.ts'
import type { Span } from '../../bytes/span.ts'
import { oidBytes } from '../../der/oid.ts'
import { contextConstructed, Reader } from '../../der/reader.ts'
import * as Tag from '../../der/tag.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import { looseRdn } from '../../x509/loose-name.ts'
import { attributesOf, canonicalRdn, isAsciiType, rdnsOf, stringValue } from '../../x509/name.ts'
import {
  AddressBlocks,
  type HostPart,
  HostSet,
  looksLikeHost,
  parentOf,
  readDnsName,
  readDnsSubtree,
  readEmail,
  readEmailSubtree,
  readHostSubtree,
  readUri,
  withoutFinalDot,
} from './name-match.ts'

/** Names and subtrees as name constraints compare them. */

/** Directory names that can be read in more ways cannot be compared. */
const mostNodes = 16

/** Nor can names whose comparison takes more look-ups, as far as they can be read in several ways. */
const mostLookUps = 1024

/** A name that constraints apply to. It is decoded on demand, because a name can be as long as its certificate. */
export class ConstrainedName {
  /** Context tag of its GeneralName form. */
  readonly tag: number
  readonly value: Span
  /** The string type, if the name is an attribute of the subject. */
  readonly attributeTag: number | undefined
  #cachedText: string | undefined
  #cachedHost: HostPart | null | undefined
  #cachedRdns: readonly Span[] | undefined
  readonly #exact: (readonly string[])[] = []
  readonly #loose: (readonly string[] | null)[] = []

  constructor(tag: number, value: Span, attributeTag?: number) {
    this.tag = tag
    this.value = value
    this.attributeTag = attributeTag
  }

  /** A DNS name in lower case without final dot; an e-mail address or URI unchanged; empty if it cannot be read. */
  get text(): string {
    this.#cachedText ??= this.#readText() ?? ''
    return this.#cachedText
  }

  #readText(): string | undefined {
    const { tag, value, attributeTag = Tag.ia5String } = this
    if (tag === GeneralNameTag.dns) {
      const text = stringValue(attributeTag, value)
      return text === undefined ? undefined : withoutFinalDot(text.toLowerCase())
    }
    // Only IA5String, the type that RFC 5280 A.1 prescribes, is compared.
    const isText = (tag === GeneralNameTag.email || tag === GeneralNameTag.uri) && attributeTag === Tag.ia5String
    return isText ? latin1Of(value) : undefined
  }

  /** The compared part of a DNS name, e-mail address or URI; undefined if it is not well-formed. */
  get host(): HostPart | undefined {
    if (this.#cachedHost === undefined) this.#cachedHost = this.#readHost() ?? null
    return this.#cachedHost ?? undefined
  }

  #readHost(): HostPart | undefined {
    const { tag, text, attributeTag } = this
    if (tag === GeneralNameTag.dns) return text === '' && attributeTag !== undefined ? undefined : readDnsName(text)
    return tag === GeneralNameTag.email ? readEmail(text) : readUri(text)
  }

  /** The RDNs of a directory name. */
  get rdns(): readonly Span[] {
    this.#cachedRdns ??= rdnsOf(this.value)
    return this.#cachedRdns
  }

  /** An RDN in canonical form, as a list with one element. */
  exactRdn(index: number): readonly string[] {
    this.#exact[index] ??= [canonicalRdn(this.rdns[index]!)]
    return this.#exact[index]
  }

  /**
   * The ways to read an RDN, each folded more than the canonical form, for excluded subtrees; undefined if folding would cost too
   * much.
   */
  looseRdn(index: number): readonly string[] | undefined {
    if (this.#loose[index] === undefined) this.#loose[index] = looseRdn(this.rdns[index]!) ?? null
    return this.#loose[index] ?? undefined
  }

  /** The name for a message. */
  describe(): string {
    const { tag, text, attributeTag } = this
    const isCommonName = tag === GeneralNameTag.dns && attributeTag !== undefined
    if (text !== '') return `${isCommonName ? 'the common name ' : ''}${excerpt(text, 100)}`
    if (isCommonName) return 'a common name that is not text'
    if (tag === GeneralNameTag.directory) return `a directory name of ${this.rdns.length} RDNs`
    return tag === GeneralNameTag.ip ? 'an IP address' : `a name of form [${tag & 0x1f}]`
  }
}

const emailAddress = /* @__PURE__ */ oidBytes('1.2.840.113549.1.9.1')
const commonName = /* @__PURE__ */ oidBytes('2.5.4.3')

/** The names of a certificate that constraints apply to: SANs, the subject unless empty, and its e-mail attributes. */
export function namesOf(certificate: CertificateView): readonly ConstrainedName[] {
  const names = alternativeNames(certificate)
  if (certificate.subjectIsEmpty) return names
  names.push(new ConstrainedName(GeneralNameTag.directory, certificate.subjectName))
  return [...names, ...attributeNames(certificate, emailAddress, GeneralNameTag.email)]
}

function alternativeNames({ altNames }: CertificateView): ConstrainedName[] {
  if (altNames === undefined) return []
  const names: ConstrainedName[] = []
  const reader = new Reader(altNames)
  while (!reader.atEnd()) {
    reader.next('subjectAltName')
    names.push(new ConstrainedName(reader.tag, reader.content()))
  }
  return names
}

/**
 * The common names of a client that DNS constraints apply to, because applications may use them as host names: those that look
 * like a host name, and those that cannot be read as text. A client with a DNS SAN has none, because its common name must not be
 * used then (RFC 6125 6.4.4; OpenSSL, GnuTLS and NSS do the same).
 *
 * @param names its other names, as {@link namesOf} returns them
 */
export function commonNamesOf(client: CertificateView, names: readonly ConstrainedName[]): readonly ConstrainedName[] {
  if (names.some(({ tag }) => tag === GeneralNameTag.dns)) return []
  return attributeNames(client, commonName, GeneralNameTag.dns).filter(({ value, attributeTag }) => {
    // Bytes above 7F occur in no host name.
    const text = stringValue(attributeTag!, value) ?? (isAsciiType(attributeTag!) ? latin1Of(value) : undefined)
    return text === undefined || looksLikeHost(text)
  })
}

/** The values of a subject attribute, as names of the given form. */
function attributeNames({ subjectName }: CertificateView, oid: Uint8Array, form: number): ConstrainedName[] {
  return attributesOf(subjectName)
    .filter(({ type }) => type.is(oid))
    .map(({ tag, value }) => new ConstrainedName(form, value, tag))
}

/**
 * The permitted or excluded subtrees of one form. A name is looked up and not compared with each subtree, because a CA may have
 * thousands of subtrees and a client thousands of names.
 */
export class SubtreeList {
  readonly isExcluded: boolean
  /** The first subtree, for messages. */
  readonly first: ConstrainedName
  count = 0
  /** A subtree that no name can be compared with: its form is not supported, or it is not well-formed. */
  incomparable: ConstrainedName | undefined = undefined
  readonly #hosts: HostSet = new HostSet()
  readonly #blocks: Map<number, AddressBlocks> = new Map()
  /** Directory names as a tree of RDNs with numbered nodes. Maps a parent's number and an RDN to a node's number. The root is 0. */
  readonly #rdns: Map<string, number> = new Map()
  /** Nodes at which a subtree ends. */
  readonly #bases: Set<number> = new Set()

  constructor(isExcluded: boolean, first: ConstrainedName) {
    this.isExcluded = isExcluded
    this.first = first
  }

  add(base: ConstrainedName): void {
    this.count++
    if (!this.#read(base)) this.incomparable ??= base
  }

  /** Adds a subtree to the look-up tables; false if it is not comparable. */
  #read(base: ConstrainedName): boolean {
    const { tag, value } = base
    switch (tag) {
      case GeneralNameTag.dns: {
        const subtree = readDnsSubtree(latin1Of(value))
        if (subtree !== undefined) this.#hosts.add(subtree.host, !subtree.below, true)
        return subtree !== undefined
      }
      case GeneralNameTag.email:
      case GeneralNameTag.uri: {
        const text = latin1Of(value)
        const subtree = tag === GeneralNameTag.uri ? readHostSubtree(text) : readEmailSubtree(text)
        if (subtree === undefined) return false
        if (subtree.local === '') this.#hosts.add(subtree.host, !subtree.below, subtree.below)
        else this.#hosts.addMailbox(subtree.host, subtree.local)
        return true
      }
      case GeneralNameTag.ip: {
        const width = value.length / 2
        const blocks = this.#blocks.get(width) ?? new AddressBlocks()
        this.#blocks.set(width, blocks)
        blocks.add(value.view())
        return true
      }
      case GeneralNameTag.directory:
        return this.#readDirectory(base)
      default:
        return false
    }
  }

  #readDirectory(base: ConstrainedName): boolean {
    const ends = this.#walk(base, (step) => {
      const node = this.#rdns.get(step) ?? this.#rdns.size + 1
      this.#rdns.set(step, node)
      return node
    })
    for (const node of ends ?? []) this.#bases.add(node)
    return ends !== undefined
  }

  #hasDirectory(name: ConstrainedName): boolean | undefined {
    let found = this.#bases.has(0)
    if (found) return true
    const ends = this.#walk(name, (step) => {
      const node = this.#rdns.get(step)
      found ||= node !== undefined && this.#bases.has(node)
      return node
    })
    return found || (ends === undefined ? undefined : false)
  }

  /**
   * Walks the tree along a name, along each reading of its RDNs, from the root to where `next` finds no node. Names match permitted
   * subtrees only if equal by RFC 5280 7.1. If a name might match an excluded subtree, it is excluded.
   *
   * @returns the nodes of the last RDN; undefined if the name cannot be compared
   */
  #walk(name: ConstrainedName, next: (step: string) => number | undefined): readonly number[] | undefined {
    let nodes: readonly number[] = [0]
    let lookUps = 0
    for (let i = 0; i < name.rdns.length && nodes.length > 0; i++) {
      const readings = this.isExcluded ? name.looseRdn(i) : name.exactRdn(i)
      if (readings === undefined) return undefined
      if (nodes.length > 1 || readings.length > 1) lookUps += nodes.length * readings.length
      if (lookUps > mostLookUps) return undefined
      const reached: number[] = []
      for (const node of nodes) {
        for (const reading of readings) {
          const child = next(`${node}:${reading}`)
          if (child !== undefined) reached.push(child)
        }
      }
      if (reached.length > mostNodes) return undefined
      nodes = reached
    }
    return nodes
  }

  /**
   * For permitted subtrees, whether one of them contains every host that the name matches. For excluded subtrees, whether one
   * contains any such host. They differ for wildcards. `undefined` if the comparison is impossible.
   */
  has(name: ConstrainedName): boolean | undefined {
    if (this.incomparable !== undefined) return undefined
    const { tag, value } = name
    if (tag === GeneralNameTag.directory) return this.#hasDirectory(name)
    if (tag === GeneralNameTag.ip) return this.#blocks.get(value.length)?.has(value.view()) === true
    if (name.host === undefined) return undefined
    const { host, local } = name.host
    if (this.#hosts.has(host)) return true
    if (tag !== GeneralNameTag.dns) return this.#hosts.hasMailbox(host, local, this.isExcluded && name.attributeTag !== undefined)
    // `*.example.com` matches `secret.example.com`, so excluding that host excludes the wildcard.
    return this.isExcluded && host.includes('*') && this.#hosts.hasBelow(parentOf(host))
  }
}

/** The subtrees of one CA by name form (GeneralName tag). */
export interface Subtrees {
  readonly permitted: ReadonlyMap<number, SubtreeList>
  readonly excluded: ReadonlyMap<number, SubtreeList>
  readonly count: number
}

/** Reads nameConstraints. Their syntax was checked by the certificate parser. */
export function readSubtrees(nameConstraints: Span): Subtrees {
  const element = 'nameConstraints'
  const reader = new Reader(nameConstraints)
  let count = 0
  const readLists = (listTag: number, isExcluded: boolean): ReadonlyMap<number, SubtreeList> => {
    const byForm = new Map<number, SubtreeList>()
    if (!reader.peek(listTag)) return byForm
    const outer = reader.enter(listTag, element)
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, element)
      reader.next(element)
      const base = new ConstrainedName(reader.tag, reader.content())
      const list = byForm.get(base.tag) ?? new SubtreeList(isExcluded, base)
      byForm.set(base.tag, list)
      list.add(base)
      count++
      reader.position = reader.limit
      reader.leave(subtree, element)
    }
    reader.leave(outer, element)
    return byForm
  }
  reader.enter(Tag.sequence, element)
  const permitted = readLists(contextConstructed(0), false)
  const excluded = readLists(contextConstructed(1), true)
  return { permitted, excluded, count }
}

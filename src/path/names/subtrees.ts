import { excerpt, latin1Of } from '../../bytes/encoding.ts'
import type { Span } from '../../bytes/span.ts'
import { oidBytes } from '../../der/oid.ts'
import { contextConstructed, Reader } from '../../der/reader.ts'
import * as Tag from '../../der/tag.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import { attributesOf, canonicalRdn, looseRdn, rdnsOf, stringValue } from '../../x509/name.ts'
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

/** A name that constraints apply to. What they do not ask for is not decoded: a name can be as long as its certificate. */
export class ConstrainedName {
  /** Context tag of its GeneralName form. */
  readonly tag: number
  readonly value: Span
  /** The type of the value where the name is an attribute of the subject. */
  readonly attributeTag: number | undefined
  #cachedText: string | undefined
  #cachedHost: HostPart | null | undefined
  #cachedRdns: readonly Span[] | undefined
  readonly #exact: string[] = []
  readonly #loose: (string | null)[] = []

  constructor(tag: number, value: Span, attributeTag?: number) {
    this.tag = tag
    this.value = value
    this.attributeTag = attributeTag
  }

  /** A DNS name in lower case without final dot, an e-mail address or URI as it is; empty where it cannot be read. */
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
    // An address in another type than its own, IA5String (RFC 5280 A.1), is not compared.
    const isText = (tag === GeneralNameTag.email || tag === GeneralNameTag.uri) && attributeTag === Tag.ia5String
    return isText ? latin1Of(value) : undefined
  }

  /** What is compared of a DNS name, e-mail address or URI; undefined where it is not well-formed. */
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

  /** An RDN in canonical form. */
  exactRdn(index: number): string {
    this.#exact[index] ??= canonicalRdn(this.rdns[index]!)
    return this.#exact[index]
  }

  /** The same, folded as far as it goes; undefined where that would cost too much. */
  looseRdn(index: number): string | undefined {
    if (this.#loose[index] === undefined) this.#loose[index] = looseRdn(this.rdns[index]!) ?? null
    return this.#loose[index] ?? undefined
  }

  /** The name for a message. */
  describe(): string {
    const { tag, text, attributeTag } = this
    const isCommonName = tag === GeneralNameTag.dns && attributeTag !== undefined
    if (text !== '') return `${isCommonName ? 'the common name ' : ''}${excerpt(text, 100)}`
    if (isCommonName) return 'a common name that is no text'
    if (tag === GeneralNameTag.directory) return `a directory name of ${this.rdns.length} RDNs`
    return tag === GeneralNameTag.ip ? 'an IP address' : `a name of form [${tag & 0x1f}]`
  }
}

const emailAddress = /* @__PURE__ */ oidBytes('1.2.840.113549.1.9.1')
const commonName = /* @__PURE__ */ oidBytes('2.5.4.3')

/** The names of a certificate that constraints apply to: SANs, the subject if it is not empty, its e-mail attributes. */
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
 * The common names of a client that are held against constraints on DNS names, because applications take them for host
 * names: those that look like one, and those that are no text, of which nothing can be told. A client with a DNS name among
 * its SANs is not called by its common name (RFC 6125 6.4.4; what OpenSSL, GnuTLS and NSS do).
 */
export function commonNamesOf(client: CertificateView): readonly ConstrainedName[] {
  if (alternativeNames(client).some(({ tag }) => tag === GeneralNameTag.dns)) return []
  const names = attributeNames(client, commonName, GeneralNameTag.dns)
  return names.filter(({ value, attributeTag }) => {
    const text = stringValue(attributeTag!, value)
    return text === undefined || looksLikeHost(text)
  })
}

/** The values of an attribute of the subject, as names of a form. */
function attributeNames({ subjectName }: CertificateView, wanted: Uint8Array, form: number): ConstrainedName[] {
  return attributesOf(subjectName)
    .filter(({ type }) => type.is(wanted))
    .map(({ tag, value }) => new ConstrainedName(form, value, tag))
}

/**
 * The subtrees of one form that a CA permits or excludes. Names are looked up, not compared with each subtree: a CA may
 * have thousands of subtrees, and a client thousands of names.
 */
export class SubtreeList {
  readonly isExcluded: boolean
  /** The first, and how many there are. */
  readonly first: ConstrainedName
  count = 0
  /** One that no name can be compared with: of a form that is not supported, or not well-formed. */
  incomparable: ConstrainedName | undefined = undefined
  readonly #hosts: HostSet = new HostSet()
  readonly #blocks: Map<number, AddressBlocks> = new Map()
  /** The RDNs of directory names as a tree of numbered nodes: parent's number and RDN give a node's number. The root is 0. */
  readonly #rdns: Map<string, number> = new Map()
  /** Nodes at which a subtree ends. */
  readonly #bases: Set<number> = new Set()

  constructor(isExcluded: boolean, first: ConstrainedName) {
    this.isExcluded = isExcluded
    this.first = first
  }

  add(base: ConstrainedName): void {
    this.count++
    if (!this.#take(base)) this.incomparable ??= base
  }

  /** Whether the subtree could be read. */
  #take(base: ConstrainedName): boolean {
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
        return this.#takeDirectory(base)
      default:
        return false
    }
  }

  #takeDirectory(base: ConstrainedName): boolean {
    let node = 0
    for (let i = 0; i < base.rdns.length; i++) {
      const rdn = this.#rdnOf(base, i)
      if (rdn === undefined) return false
      const step = `${node}:${rdn}`
      node = this.#rdns.get(step) ?? this.#rdns.size + 1
      this.#rdns.set(step, node)
    }
    this.#bases.add(node)
    return true
  }

  /** Permitted names must be equal by RFC 5280 7.1. A name that only might equal an excluded one is excluded. */
  #rdnOf(name: ConstrainedName, index: number): string | undefined {
    return this.isExcluded ? name.looseRdn(index) : name.exactRdn(index)
  }

  /**
   * For permitted subtrees: whether one of them contains everything that the name stands for. For excluded ones: whether one of
   * them contains any of it. `undefined` if that cannot be decided.
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
    // `*.example.com` covers `secret.example.com`, which is in that subtree though the pattern is not.
    return this.isExcluded && host.includes('*') && this.#hosts.hasBelow(parentOf(host))
  }

  #hasDirectory(name: ConstrainedName): boolean | undefined {
    let node: number | undefined = 0
    for (let i = 0; !this.#bases.has(node); i++) {
      if (i === name.rdns.length) return false
      const rdn = this.#rdnOf(name, i)
      if (rdn === undefined) return undefined
      node = this.#rdns.get(`${node}:${rdn}`)
      if (node === undefined) return false
    }
    return true
  }
}

/** The subtrees of one CA by the tag of their form. */
export interface Subtrees {
  readonly permitted: ReadonlyMap<number, SubtreeList>
  readonly excluded: ReadonlyMap<number, SubtreeList>
  readonly count: number
}

/** Reads nameConstraints that were checked when their certificate was parsed. */
export function readSubtrees(nameConstraints: Span): Subtrees {
  const what = 'nameConstraints'
  const reader = new Reader(nameConstraints)
  let count = 0
  const readLists = (listTag: number, isExcluded: boolean): ReadonlyMap<number, SubtreeList> => {
    const byForm = new Map<number, SubtreeList>()
    if (!reader.peek(listTag)) return byForm
    const outer = reader.enter(listTag, what)
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, what)
      reader.next(what)
      const base = new ConstrainedName(reader.tag, reader.content())
      const list = byForm.get(base.tag) ?? new SubtreeList(isExcluded, base)
      byForm.set(base.tag, list)
      list.add(base)
      count++
      reader.leave(subtree, what)
    }
    reader.leave(outer, what)
    return byForm
  }
  reader.enter(Tag.sequence, what)
  const permitted = readLists(contextConstructed(0), false)
  const excluded = readLists(contextConstructed(1), true)
  return { permitted, excluded, count }
}

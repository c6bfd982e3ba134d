import type { Span } from '../bytes/span.ts'
import { latin1Of } from '../bytes/text.ts'
import { contextConstructed } from '../der/context-tag.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import * as GeneralNameTag from '../x509/general-name-tag.ts'
import { AddressBlocks } from './address-blocks.ts'
import { ConstrainedName } from './constrained-name.ts'
import { HostSet, parentOf } from './host-set.ts'
import { readDnsSubtree, readEmailSubtree, readHostSubtree } from './name-match.ts'

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

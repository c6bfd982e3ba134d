import { describe, expect, it } from 'vitest'
import { HostSet, parentOf, readDnsSubtree, readEmail, readEmailSubtree } from '../../../src/path/names/name-match.ts'

/** Name, subtree, answer. */
type Row = readonly [string, string, boolean]

function dnsSet(...subtrees: readonly string[]): HostSet {
  const set = new HostSet()
  for (const subtree of subtrees) {
    const { host, below } = readDnsSubtree(subtree)!
    set.add(host, !below, true)
  }
  return set
}

const within: readonly Row[] = [
  ['good.example', 'good.example', true],
  ['a.good.example', 'good.example', true],
  ['b.a.good.example', 'good.example', true],
  ['*.good.example', 'good.example', true],
  ['example', 'good.example', false],
  ['notgood.example', 'good.example', false],
  ['good.example.evil', 'good.example', false],
  ['good.example', '', true],
  ['*', '', true],
  ['a.good.example', '.good.example', true],
  ['good.example', '.good.example', false],
  ['notgood.example', '.good.example', false],
]

describe('a DNS name in a subtree', () => {
  it.each(within)('%s in "%s": %s', (name, subtree, expected) => {
    expect(dnsSet(subtree).has(name)).toBe(expected)
    expect(dnsSet('other.example', subtree, 'x.y.other.example').has(name)).toBe(expected)
  })

  it('is in the one that holds it, among others that lead there', () => {
    const set = dnsSet('a.b.example', '.c.b.example', 'example.net')
    const inside = ['a.b.example', 'x.a.b.example', 'x.c.b.example', 'example.net']
    const outside = ['b.example', 'example', '', 'c.b.example', 'x.b.example', 'net', 'a.b']
    expect(inside.filter((name) => !set.has(name))).toEqual([])
    expect(outside.filter((name) => set.has(name))).toEqual([])
  })
})

describe('what a wildcard stands for', () => {
  it.each<Row>([
    ['*.example.com', 'secret.example.com', true],
    ['*.example.com', 'a.secret.example.com', false],
    ['*.example.com', 'secret.example.net', false],
    ['*.a.example.com', 'secret.example.com', false],
    ['*.com', 'secret.example.com', false],
    ['*.com', 'example.com', true],
    // Strictly it stands for the name itself only, which a leading dot leaves out: excluded all the same.
    ['*.example.com', '.secret.example.com', true],
    ['*.xample.com', 'secret.example.com', false],
    ['*.example', 'localhost', false],
    ['*', 'localhost', true],
  ])('%s meets "%s": %s', (name, subtree, expected) => {
    expect(dnsSet(subtree).hasBelow(parentOf(name))).toBe(expected)
  })
})

describe('a mailbox in an e-mail subtree', () => {
  it.each<readonly [name: string, subtree: string, exactly: boolean, folded: boolean]>([
    ['a@b.example', 'b.example', true, true],
    ['a@c.b.example', 'b.example', false, false],
    ['a@c.b.example', '.b.example', true, true],
    ['a@b.example', '.b.example', false, false],
    ['a@cb.example', '.b.example', false, false],
    ['a@b.example', 'a@b.example', true, true],
    ['A@b.example', 'a@b.example', false, true],
    ['a@b.example', 'A@B.EXAMPLE', false, true],
    ['b@b.example', 'a@b.example', false, false],
    ['a@c.example', 'a@b.example', false, false],
    ['a@d.b.example', 'a@b.example', false, false],
  ])('%s in %s: %s, folded %s', (name, subtree, exactly, folded) => {
    const set = new HostSet()
    const base = readEmailSubtree(subtree)!
    if (base.local === '') set.add(base.host, !base.below, base.below)
    else set.addMailbox(base.host, base.local)
    const { host, local } = readEmail(name)!
    expect(set.has(host) || set.hasMailbox(host, local, false)).toBe(exactly)
    expect(set.has(host) || set.hasMailbox(host, local, true)).toBe(folded)
  })
})

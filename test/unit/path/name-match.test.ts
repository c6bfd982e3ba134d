import { describe, expect, it } from 'vitest'
import {
  dnsIsWithin,
  dnsMeets,
  hostMatches,
  ipIsWithin,
  readEmail,
  readEmailSubtree,
  readHostSubtree,
  readUri,
  withoutFinalDot,
} from '../../../src/path/name-match.ts'
import { addressBytes } from '../../support/names.ts'

/** Name, subtree, answer. */
type Row = readonly [string, string, boolean]

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
  ['.good.example', '.good.example', false],
  ['a.example', '.', false],
]

describe('dnsIsWithin', () => {
  it.each(within)('%s in "%s": %s', (name, subtree, expected) => {
    expect(dnsIsWithin(name, subtree)).toBe(expected)
  })
})

describe('dnsMeets', () => {
  it.each(within)('%s in "%s": at least %s', (name, subtree, expected) => {
    if (expected) expect(dnsMeets(name, subtree)).toBe(true)
    else if (!name.startsWith('*')) expect(dnsMeets(name, subtree)).toBe(false)
  })

  it.each<Row>([
    ['*.example.com', 'secret.example.com', true],
    ['*.example.com', 'a.secret.example.com', false],
    ['*.example.com', 'example.com', true],
    ['*.example.com', 'secret.example.net', false],
    ['*.a.example.com', 'secret.example.com', false],
    ['*.com', 'secret.example.com', false],
    ['*.com', 'com', true],
    ['*.com', 'example.com', true],
    // Strictly it stands for the name itself only, which a leading dot leaves out: excluded all the same.
    ['*.example.com', '.secret.example.com', true],
    ['*.example.com', '.example.com', true],
    ['x.example.com', 'secret.example.com', false],
    ['*example.com', 'secret.example.com', false],
    ['*.xample.com', 'secret.example.com', false],
    ['*.com', 'com.', false],
    ['*.example', 'localhost', false],
  ])('%s meets "%s": %s', (name, subtree, expected) => {
    expect(dnsMeets(name, subtree)).toBe(expected)
  })
})

describe('withoutFinalDot', () => {
  it.each([
    ['a.example.', 'a.example'],
    ['a.example', 'a.example'],
    ['a.example..', 'a.example.'],
    ['.', '.'],
    ['', ''],
  ])('"%s" is "%s"', (name, expected) => {
    expect(withoutFinalDot(name)).toBe(expected)
  })
})

const longLabel = 'a'.repeat(63)

describe('readEmail', () => {
  it.each([
    ['a@b.example', 'a', 'b.example'],
    ['A.b+c@B.Example', 'A.b+c', 'b.example'],
    ["!#$%&'*+-/=?^_`{|}~@b", "!#$%&'*+-/=?^_`{|}~", 'b'],
    [`a@${longLabel}.example`, 'a', `${longLabel}.example`],
  ])('reads %s', (text, local, host) => {
    expect(readEmail(text)).toEqual({ local, host, below: false })
  })

  it.each([
    '',
    'a',
    '@',
    'a@',
    '@b.example',
    'a@b@c.example',
    'a..b@c.example',
    '.a@c.example',
    'a.@c.example',
    '"a"@c.example',
    'a b@c.example',
    'a(c)@c.example',
    'a@.c.example',
    'a@c.example.',
    'a@c..example',
    'a@*.example',
    'a@[192.0.2.1]',
    'a@c.example,b@d.example',
    `a@${longLabel}a.example`,
    'ä@c.example',
  ])('does not compare "%s"', (text) => {
    expect(readEmail(text)).toBeUndefined()
  })
})

describe('readEmailSubtree', () => {
  it.each([
    ['a@B.example', { local: 'a', host: 'b.example', below: false }],
    ['B.example', { local: '', host: 'b.example', below: false }],
    ['.B.example', { local: '', host: 'b.example', below: true }],
    ['', undefined],
    ['.', undefined],
    ['@b.example', undefined],
    ['a@.b.example', undefined],
    ['a@b@c', undefined],
    ['*.b.example', undefined],
  ])('of "%s"', (text, expected) => {
    expect(readEmailSubtree(text)).toEqual(expected)
  })
})

describe('readUri', () => {
  it.each([
    ['https://a.example', 'a.example'],
    ['HTTPS://A.Example/b?c#d', 'a.example'],
    ['https://a.example:8443/', 'a.example'],
    ['https://a.example:/', 'a.example'],
    ['https://user:secret@a.example/', 'a.example'],
    ['https://a.example./', 'a.example'],
    ['spiffe://domain/workload', 'domain'],
    ['a+b-c.1://host?x', 'host'],
    ['https://a.example/@evil.example', 'a.example'],
    ['https://a.example#@evil.example', 'a.example'],
    ['https://1a.example/', '1a.example'],
  ])('reads %s', (uri, host) => {
    expect(readUri(uri)).toEqual({ local: '', host, below: false })
  })

  it.each([
    '',
    'a.example',
    '//a.example/',
    'https:a.example',
    'urn:a:b',
    '1s://a.example/',
    'https://',
    'https:///a',
    'https://@/',
    'https://a@b@c.example/',
    'https://192.0.2.1/',
    'https://a.1/',
    'https://[2001:db8::1]/',
    'https://a.example\\@b.example/',
    'https://a.example%2f/',
    'https://a.example:80a/',
    'https://a..example/',
    'https://.a.example/',
    'https://*.example/',
  ])('does not compare "%s"', (uri) => {
    expect(readUri(uri)).toBeUndefined()
  })
})

describe('readHostSubtree', () => {
  it.each([
    ['A.example', { local: '', host: 'a.example', below: false }],
    ['.A.example', { local: '', host: 'a.example', below: true }],
    ['a_b', { local: '', host: 'a_b', below: false }],
    ['', undefined],
    ['.', undefined],
    ['..a', undefined],
    ['a.', undefined],
    ['https://a.example', undefined],
    ['a:80', undefined],
    ['a@b.example', undefined],
  ])('of "%s"', (text, expected) => {
    expect(readHostSubtree(text)).toEqual(expected)
  })
})

describe('hostMatches', () => {
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
  ])('%s in %s: %s, folded %s', (name, subtree, exactly, folded) => {
    expect(hostMatches(readEmail(name)!, readEmailSubtree(subtree)!, false)).toBe(exactly)
    expect(hostMatches(readEmail(name)!, readEmailSubtree(subtree)!, true)).toBe(folded)
  })
})

describe('ipIsWithin', () => {
  it.each<Row>([
    ['192.0.2.0', '192.0.2.0/24', true],
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['192.0.1.255', '192.0.2.0/24', false],
    ['192.0.2.129', '192.0.2.128/25', true],
    ['192.0.2.127', '192.0.2.128/25', false],
    ['192.0.2.1', '192.0.2.1/32', true],
    ['192.0.2.2', '192.0.2.1/32', false],
    ['192.0.2.1', '0.0.0.0/0', true],
    // Bits of the address outside its mask do not count.
    ['192.0.2.7', '192.0.2.99/24', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8::1', '::/0', true],
    ['2001:db8::1', '0.0.0.0/0', false],
    ['192.0.2.1', '::/0', false],
  ])('%s in %s: %s', (address, subtree, expected) => {
    // In the middle of other bytes, as in a certificate.
    const name = Uint8Array.from([9, ...addressBytes(address), 9])
    const block = Uint8Array.from([8, 8, ...addressBytes(subtree), 8])
    expect(ipIsWithin(name, 1, name.length - 1, block, 2, block.length - 1)).toBe(expected)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AddressBlocks,
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
} from '../../../../src/path/names/name-match.ts'
import { addressBytes } from '../../../support/names.ts'

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

const longName = Array.from({ length: 4 }, () => longLabel)
  .join('.')
  .slice(0, 253)

describe('readDnsName', () => {
  it.each(['', 'a', 'a.b', '_a.b-c', '*.a', 'a*b.c', '*', `${longLabel}.a`, longName])('reads "%s"', (text) => {
    expect(readDnsName(text)).toEqual({ local: '', host: text, below: false })
  })

  it.each(['.', '.a', 'a.', 'a..b', 'a.*', '*.*.a', 'a.b*.c', ' ', 'a b', 'ä', `${longLabel}a.b`, `${longName}a`])(
    'does not compare "%s"',
    (text) => {
      expect(readDnsName(text)).toBeUndefined()
    },
  )
})

describe('readDnsSubtree', () => {
  it.each([
    ['', '', false],
    ['A.b', 'a.b', false],
    ['.a.b', 'a.b', true],
    ['a.b.', 'a.b', false],
    ['.a.', 'a', true],
  ])('of "%s"', (text, host, below) => {
    expect(readDnsSubtree(text)).toEqual({ local: '', host, below })
  })

  it.each(['.', '..', '..a', 'a..', 'a..b', '*', '*.a', '@', ' ', 'a b', 'a/b', `${longLabel}a`, `${longName}a`])(
    'does not compare with "%s"',
    (text) => {
      expect(readDnsSubtree(text)).toBeUndefined()
    },
  )
})

describe('looksLikeHost', () => {
  it.each([
    ['a.b', true],
    ['A_1.b-c.2', true],
    ['192.0.2.1', true],
    [`${longLabel}${longLabel}.a`, true],
    ['a', false],
    ['', false],
    ['.a', false],
    ['a.', false],
    ['a..b', false],
    ['-a.b', false],
    ['a-.b', false],
    ['a.-b', false],
    ['a.b-', false],
    ['*.a.b', false],
    ['a b.c', false],
    ['a@b.c', false],
    ['ä.b', false],
    // Letters of other alphabets whose lower or upper case is ASCII.
    ['\u212A.b', false],
    ['\u017F.b', false],
    ['a.b\n', false],
  ])('%j: %s', (text, expected) => {
    expect(looksLikeHost(text)).toBe(expected)
  })

  it('takes time that is linear in the text', () => {
    expect(looksLikeHost(`${'a-'.repeat(100_000)}.`)).toBe(false)
    expect(looksLikeHost(`${'a.'.repeat(100_000)}-`)).toBe(false)
  })
})

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

function blocksOf(...blocks: readonly string[]): AddressBlocks {
  const made = new AddressBlocks()
  for (const block of blocks) made.add(addressBytes(block))
  return made
}

describe('an address in a block', () => {
  it.each<readonly [string, string, boolean]>([
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
  ])('%s in %s: %s', (address, block, expected) => {
    expect(blocksOf(block).has(addressBytes(address))).toBe(expected)
  })

  it('of many, one within another or not, is found as by asking each', () => {
    const block = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 255 }), fc.nat({ max: 32 }))
    const address = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), address, (blocks, [high, low]) => {
        const name = (high << 8) | low
        const naive = blocks.some(([a, b, prefix]) => {
          const bits = Math.max(0, prefix - 16)
          return name >> (16 - bits) === ((a << 8) | b) >> (16 - bits)
        })
        const made = blocksOf(...blocks.map(([a, b, prefix]) => `10.7.${a}.${b}/${prefix}`))
        expect(made.has(addressBytes(`10.7.${high}.${low}`))).toBe(naive)
      }),
    )
  })
})

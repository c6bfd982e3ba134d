import { describe, expect, it } from 'vitest'
import {
  looksLikeHost,
  readDnsName,
  readDnsSubtree,
  readEmail,
  readEmailSubtree,
  readHostSubtree,
  readUri,
  withoutFinalDot,
} from '../../../src/path/names/name-match.ts'

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

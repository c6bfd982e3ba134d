import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatXfcc, parseXfcc } from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'
import { valued } from '../../support/parsed.ts'

const hash = '468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688'
const root = mint({ ca: true })
const leaf = mint({ subject: 'CN=client' }, root)
const leafHash = createHash('sha256').update(leaf.der).digest('hex')
const pem = encodeURIComponent(leaf.pem)
const chain = encodeURIComponent(leaf.pem + root.pem)

describe('X-Forwarded-Client-Cert', () => {
  it("reads the three samples of Envoy's documentation", () => {
    const subject = '/C=US/ST=CA/L=San Francisco/OU=Lyft/CN=Test Client'
    const first = `By=http://frontend.lyft.com;Hash=${hash};Subject="${subject}";URI=http://testclient.lyft.com`
    expect(valued(parseXfcc(first))).toEqual([
      { by: ['http://frontend.lyft.com'], hash, subject, uri: ['http://testclient.lyft.com'], dns: [] },
    ])
    const second = `By=http://frontend.lyft.com;Hash=${hash};URI=http://testclient.lyft.com,By=http://backend.lyft.com;Hash=9ba61d6425303443c0748a02dd8de688468ed33be74eee6556d90c0149c1309e;URI=http://frontend.lyft.com`
    expect(valued(parseXfcc(second))).toEqual([
      { by: ['http://frontend.lyft.com'], hash, uri: ['http://testclient.lyft.com'], dns: [] },
      {
        by: ['http://backend.lyft.com'],
        hash: '9ba61d6425303443c0748a02dd8de688468ed33be74eee6556d90c0149c1309e',
        uri: ['http://frontend.lyft.com'],
        dns: [],
      },
    ])
    const third = `By=http://frontend.lyft.com;Hash=${hash};Subject="${subject}";URI=http://testclient.lyft.com;DNS=lyft.com;DNS=www.lyft.com`
    expect(valued(parseXfcc(third))).toEqual([
      {
        by: ['http://frontend.lyft.com'],
        hash,
        subject,
        uri: ['http://testclient.lyft.com'],
        dns: ['lyft.com', 'www.lyft.com'],
      },
    ])
    for (const value of [first, second, third]) expect(formatXfcc(valued(parseXfcc(value)))).toEqual({ ok: true, value })
  })

  it("reads Istio's", () => {
    const value = `By=spiffe://cluster.local/ns/foo/sa/httpbin;Hash=${hash};Subject="";URI=spiffe://cluster.local/ns/foo/sa/sleep`
    expect(valued(parseXfcc(value))).toEqual([
      {
        by: ['spiffe://cluster.local/ns/foo/sa/httpbin'],
        hash,
        subject: '',
        uri: ['spiffe://cluster.local/ns/foo/sa/sleep'],
        dns: [],
      },
    ])
  })

  it('carries certificates', () => {
    const value = `Hash=${leafHash};Cert="${pem}";Chain="${chain}"`
    expect(valued(parseXfcc(value))).toEqual([
      { by: [], hash: leafHash, cert: leaf.der, chain: [leaf.der, root.der], uri: [], dns: [] },
    ])
    expect(formatXfcc(valued(parseXfcc(value)))).toEqual({ ok: true, value })
  })

  it('quotes what has separators, and quotes', () => {
    const element = { by: [], subject: 'CN=a\\,b,O="c"; d', uri: ['urn:a;b=c,d'], dns: [] }
    const value = 'Subject="CN=a\\,b,O=\\"c\\"; d";URI="urn:a;b=c,d"'
    expect(formatXfcc([element])).toEqual({ ok: true, value })
    expect(valued(parseXfcc(value))).toEqual([element])
  })

  it('has keys in any case and blanks where servers join headers', () => {
    expect(valued(parseXfcc(`hash=${hash.toUpperCase()}, URI=a`))).toEqual([
      { by: [], hash, uri: [], dns: [] },
      { by: [], uri: ['a'], dns: [] },
    ])
  })

  it.each([
    ['nothing', ''],
    ['an unknown key', 'Foo=a'],
    ['no key', '=a'],
    ['no pair', 'a'],
    ['an empty pair', 'URI=a;;DNS=b'],
    ['a final semicolon', 'URI=a;'],
    ['a final comma', 'URI=a,'],
    ['a comma in front', ',URI=a'],
    ['a key twice', `Hash=${hash};Hash=${hash}`],
    ['a subject twice', 'Subject="a";Subject="b"'],
    ['a quote that does not end', 'Subject="a'],
    ['a quote that ends in an escape', 'Subject="a\\"'],
    ['two backslashes before a quote', 'Subject="a\\\\"b"'],
    ['two backslashes before the last quote', 'Subject="a\\\\"'],
    ['text behind a quote', 'Subject="a"b'],
    ['a quote inside', 'URI=a"b"'],
    ['an equals sign outside quotes', 'URI=a=b'],
    ['a blank outside quotes', 'URI=a b'],
    ['a short hash', 'Hash=abc'],
    ['a certificate that is none', 'Cert="abc"'],
    ['two certificates as one', `Cert="${chain}"`],
  ])('%s is malformed', (_, value) => {
    expect(parseXfcc(value)).toMatchObject({ ok: false, code: 'malformed_header' })
  })

  it('that contradicts itself is refused', () => {
    expect(parseXfcc(`Hash=${hash};Cert="${pem}"`)).toMatchObject({ ok: false, code: 'inconsistent_headers' })
    expect(parseXfcc(`Hash=${hash};Chain="${chain}"`)).toMatchObject({ ok: false, code: 'inconsistent_headers' })
    expect(parseXfcc(`Cert="${encodeURIComponent(root.pem)}";Chain="${chain}"`)).toMatchObject({
      ok: false,
      code: 'inconsistent_headers',
    })
  })

  it('is not written where it could be read in another way', () => {
    for (const subject of ['a\\', 'a\\"b', 'a\\\\"']) {
      expect(formatXfcc([{ by: [], subject, uri: [], dns: [] }])).toMatchObject({ ok: false, code: 'malformed_header' })
    }
    expect(formatXfcc([{ by: [], uri: [], dns: [] }])).toMatchObject({ ok: false })
    expect(formatXfcc([])).toMatchObject({ ok: false })
    expect(formatXfcc([{ by: [], uri: ['é'], dns: [] }])).toMatchObject({ ok: false })
    expect(formatXfcc([{ by: [], hash: 'x', uri: [], dns: [] }])).toMatchObject({ ok: false })
  })

  it('is not written with a hash that goes on as further pairs or elements', () => {
    for (const more of [';URI=spiffe://example.org/admin', `,Hash=${hash}`, '\n', ' ']) {
      const value = formatXfcc([{ by: [], hash: `${hash}${more}`, uri: [], dns: [] }])
      expect(value).toMatchObject({ ok: false, code: 'malformed_header' })
    }
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatClientCertChain, type HeaderFrom, type RequestVerdict, verifyRequest } from '../../src/headers/index.ts'
import { buildTruststore, profiles } from '../../src/index.ts'
import { type HeaderLine, headerShapes } from '../support/header-shapes.ts'
import { valued } from '../support/parsed.ts'
import { headerFormats, issuer, proxyRequests, root } from '../support/proxy-requests.ts'

/**
 * A proxy writes its headers once. A second value is a client's, and whoever takes the wrong one of two takes anybody for
 * anybody. An empty value is one, too: it may be what the proxy said of a client that has no certificate.
 */

const listed = buildTruststore(root.pem + issuer.pem)
const presented = buildTruststore(root.pem, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
const trustedProxy = true
const shapes = Object.entries(headerShapes)

function linesOf(from: HeaderFrom): readonly HeaderLine[] {
  return Object.entries(proxyRequests[from].good as Readonly<Record<string, string>>)
}

/** A list by its RFC, of which several lines are one list (RFC 9440 2.3). */
const listName = 'Client-Cert-Chain'

describe('a request with one value of each header', () => {
  it.each(headerFormats)('%s: is read equally in every shape', (from) => {
    for (const store of [listed, presented]) {
      const expected = verifyRequest(proxyRequests[from].good, store, { from, trustedProxy })
      expect(expected.ok).toBe(store === listed || proxyRequests[from].chain)
      for (const [shape, { of }] of shapes) {
        const verdict = verifyRequest(of(linesOf(from)), store, { from, trustedProxy })
        expect([shape, JSON.stringify(verdict)]).toEqual([shape, JSON.stringify(expected)])
      }
    }
  })

  it.each(headerFormats)('%s: is one without a certificate in every shape', (from) => {
    const lines = Object.entries(proxyRequests[from].none as Readonly<Record<string, string>>)
    for (const [, { of }] of shapes) {
      expect(verifyRequest(of(lines), listed, { from, trustedProxy })).toMatchObject({ ok: false, code: 'no_certificate' })
    }
  })
})

describe('a genuine certificate and a second value', () => {
  const genuine = headerFormats.flatMap((from) => linesOf(from).map(([name, value]) => ({ from, name, value })))
  const noLists = genuine.filter(({ from, name }) => from !== 'rfc9440' || name !== listName)
  const values = fc.oneof(
    fc.constant(''),
    fc.constantFrom(...genuine.map(({ value }) => value), 'SUCCESS', 'NONE', 'FAILED:certificate has expired', '0', 'false'),
    fc.stringMatching(/^[!-~]{1,20}$/),
  )

  /** Judges every request with a second line of one of these headers, before or behind the genuine one. */
  function judgeAll(
    shapes: typeof headerShapes,
    lines: typeof genuine,
    check: (verdict: RequestVerdict, second: string, header: string, shape: string) => void,
  ): void {
    const shape = fc.constantFrom(...Object.keys(shapes))
    fc.assert(
      fc.property(fc.constantFrom(...lines), values, fc.boolean(), shape, ({ from, name, value }, second, isFirst, in_) => {
        const both: readonly HeaderLine[] = [value, second].map((each) => [name, each] as const)
        const others = linesOf(from).filter(([other]) => other !== name)
        const request = shapes[in_]!.of([...others, ...(isFirst ? both.toReversed() : both)])
        check(verifyRequest(request, listed, { from, trustedProxy }), second, name, in_)
      }),
      { numRuns: 2000 },
    )
  }

  it('are a duplicate in every shape that keeps them apart', () => {
    const apart = Object.entries(headerShapes).filter(([, { joinedBy }]) => joinedBy === undefined)
    judgeAll(Object.fromEntries(apart), noLists, (verdict) => {
      expect(verdict).toMatchObject({ ok: false, code: 'duplicate_header' })
    })
  })

  it('are refused where a server has joined them', () => {
    const joined = Object.entries(headerShapes).filter(([, { joinedBy }]) => joinedBy !== undefined)
    const lines = noLists.filter(({ name }) => name !== 'X-Client-Cert-Chain')
    judgeAll(Object.fromEntries(joined), lines, (verdict, second, header, shape) => {
      // Two names joined by nothing but a comma are one name. Nothing is decided on it.
      const isName = /-(Subject|Issuer)$/.test(header) && headerShapes[shape]!.joinedBy === ',' && second !== ''
      if (!isName) expect(verdict).toMatchObject({ ok: false, code: expect.stringMatching(/^(malformed|duplicate)_header$/) })
    })
  })

  it('are one list where the RFC says so, of which none is empty', () => {
    const [certificate, chain] = linesOf('rfc9440') as [HeaderLine, HeaderLine]
    // Node keeps one line of a few headers, and of no list.
    for (const [shape, { of }] of shapes.filter(([name]) => name !== 'Node, which kept the last')) {
      const judge = (...chains: readonly string[]): unknown => {
        const lines = [certificate, ...chains.map((value) => [listName, value] as const)]
        return verifyRequest(of(lines), presented, { from: 'rfc9440', trustedProxy })
      }
      const other = valued(formatClientCertChain([root.der]))
      for (const chains of [
        [chain[1], other],
        [other, chain[1]],
      ]) {
        expect([shape, judge(...chains)]).toMatchObject([shape, { ok: true }])
      }
      expect([shape, judge('', chain[1])]).toMatchObject([shape, { ok: false, code: 'malformed_header' }])
      expect([shape, judge(other, 'x')]).toMatchObject([shape, { ok: false, code: 'malformed_header' }])
      const tooMany = new Array<string>(2).fill(valued(formatClientCertChain([new Uint8Array(30_000)])))
      expect([shape, judge(...tooMany)]).toMatchObject([shape, { ok: false, code: 'oversized_header' }])
    }
  })
})

describe('an event that has headers twice', () => {
  const [name, value] = linesOf('alb')[0]!
  const judge = (event: object): unknown => verifyRequest(event, listed, { from: 'alb', trustedProxy })

  it.each([
    ['another value', { headers: { [name]: value }, multiValueHeaders: { [name]: ['x'] } }],
    ['none in multiValueHeaders', { headers: { [name]: value }, multiValueHeaders: {} }],
    ['an empty list in multiValueHeaders', { headers: { [name]: value }, multiValueHeaders: { [name]: [] } }],
    ['none in headers', { headers: { host: 'a' }, multiValueHeaders: { [name]: [value] } }],
    ['an empty one in headers', { headers: { [name]: '' }, multiValueHeaders: { [name]: [value] } }],
    ['an empty one in multiValueHeaders', { headers: { [name]: value }, multiValueHeaders: { [name]: [''] } }],
  ])('is refused where they differ: %s', (_, event) => {
    expect(judge(event)).toMatchObject({ ok: false, code: 'inconsistent_headers' })
  })

  it('is read where they say the same, or one of them is not there', () => {
    for (const event of [
      { headers: { [name.toLowerCase()]: value }, multiValueHeaders: { [name]: [value] } },
      { headers: { [name]: value }, multiValueHeaders: null },
      { headers: undefined, multiValueHeaders: { [name]: [value] } },
      { headers: { [name]: [value] }, multiValueHeaders: { [name]: value } },
    ]) {
      expect(judge(event)).toMatchObject({ ok: true })
    }
  })
})

describe('what a platform makes of a certificate', () => {
  const refuses = (from: HeaderFrom, request: object): void => {
    const code = expect.stringMatching(/^(duplicate_header|malformed_header|inconsistent_headers)$/)
    expect(verifyRequest(request, listed, { from, trustedProxy })).toMatchObject({ ok: false, code })
  }

  it('in an event of API Gateway: a second one in the other place, or a list in place of any field', () => {
    const { requestContext } = proxyRequests['api-gateway'].good as { requestContext: { identity: { clientCert: object } } }
    const { clientCert } = requestContext.identity
    for (const second of ['', {}, [], 0, clientCert]) {
      refuses('api-gateway', { requestContext: { identity: { clientCert }, authentication: { clientCert: second } } })
      refuses('api-gateway', { requestContext: { identity: { clientCert: second }, authentication: { clientCert } } })
    }
    for (const [field, value] of Object.entries({ ...clientCert, validity: 'x' })) {
      refuses('api-gateway', { requestContext: { identity: { clientCert: { ...clientCert, [field]: ['', value] } } } })
    }
    refuses('api-gateway', { requestContext: { identity: { clientCert: [clientCert, clientCert] } } })
  })

  it('in a Worker: a list in place of any text', () => {
    const { cf } = proxyRequests.cloudflare.good as { cf: { tlsClientAuth: object } }
    for (const [field, value] of Object.entries(cf.tlsClientAuth).filter(([, value]) => typeof value === 'string')) {
      for (const second of [['', value], [value], { value }, 1]) {
        refuses('cloudflare', { cf: { tlsClientAuth: { ...cf.tlsClientAuth, [field]: second } } })
      }
    }
  })
})

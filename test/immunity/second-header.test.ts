import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatClientCertChain, type HeaderFrom, type RequestVerdict, verifyRequest } from '../../src/headers/index.ts'
import { buildTruststore, profiles } from '../../src/index.ts'
import { type HeaderLine, headerShapes } from '../support/header-shapes.ts'
import { valued } from '../support/parsed.ts'
import { headerFormats, issuer, proxyRequests, root } from '../support/proxy-requests.ts'

/**
 * A proxy writes each header once. A second value comes from a client, and a server that picks the wrong one accepts any
 * identity. An empty value counts as well: the proxy may have sent it for a client without a certificate.
 */

const listed = buildTruststore(root.pem + issuer.pem)
const presented = buildTruststore(root.pem, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
const trustedProxy = true
const shapes = Object.entries(headerShapes)

function linesOf(from: HeaderFrom): readonly HeaderLine[] {
  return Object.entries(proxyRequests[from].good as Readonly<Record<string, string>>)
}

/** Several lines of this header are one list (RFC 9440 2.3). */
const listName = 'Client-Cert-Chain'

describe('a request with one value of each header', () => {
  it.each(headerFormats)('%s: gives the same verdict in every shape', (from) => {
    for (const store of [listed, presented]) {
      const expected = verifyRequest(proxyRequests[from].good, store, { from, trustedProxy })
      expect(expected.ok).toBe(store === listed || proxyRequests[from].chain)
      for (const [shape, { of }] of shapes) {
        const verdict = verifyRequest(of(linesOf(from)), store, { from, trustedProxy })
        expect([shape, JSON.stringify(verdict)]).toEqual([shape, JSON.stringify(expected)])
      }
    }
  })

  it.each(headerFormats)('%s: has no certificate in every shape', (from) => {
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

  /** Verifies requests with a second line of one of these headers, before or after the genuine one. */
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

  it('are a duplicate header in every shape that keeps them apart', () => {
    const apart = Object.entries(headerShapes).filter(([, { joinedBy }]) => joinedBy === undefined)
    judgeAll(Object.fromEntries(apart), noLists, (verdict) => {
      expect(verdict).toMatchObject({ ok: false, code: 'duplicate_header' })
    })
  })

  it('are rejected if a server has joined them', () => {
    const joined = Object.entries(headerShapes).filter(([, { joinedBy }]) => joinedBy !== undefined)
    const lines = noLists.filter(({ name }) => name !== 'X-Client-Cert-Chain')
    judgeAll(Object.fromEntries(joined), lines, (verdict, second, header, shape) => {
      // Two names joined by a comma are one name, and no decision depends on it.
      const isName = /-(Subject|Issuer)$/.test(header) && headerShapes[shape]!.joinedBy === ',' && second !== ''
      if (!isName) expect(verdict).toMatchObject({ ok: false, code: expect.stringMatching(/^(malformed|duplicate)_header$/) })
    })
  })

  it('are rejected if a server has joined them, for every pair of genuine values', () => {
    // By chance, the few pairs that a careless parser would split are met too rarely.
    const joined = Object.entries(headerShapes).filter(([, { joinedBy }]) => joinedBy !== undefined)
    const lines = noLists.filter(({ name }) => name !== 'X-Client-Cert-Chain' && !/-(Subject|Issuer)$/.test(name))
    const accepted: string[] = []
    for (const { from, name, value } of lines) {
      const others = linesOf(from).filter(([other]) => other !== name)
      for (const second of new Set(genuine.map((line) => line.value))) {
        for (const [shape, { of }] of joined) {
          for (const pair of [
            [value, second],
            [second, value],
          ]) {
            const verdict = verifyRequest(of([...others, ...pair.map((each) => [name, each] as const)]), listed, {
              from,
              trustedProxy,
            })
            if (verdict.ok || !/^(malformed|duplicate)_header$/.test(verdict.code))
              accepted.push(`${from} ${name}, ${shape}: ${second}`)
          }
        }
      }
    }
    expect(accepted).toEqual([])
  })

  it('are one list if the RFC says so, unless one of them is empty', () => {
    const [certificate, chain] = linesOf('rfc9440') as [HeaderLine, HeaderLine]
    // Node keeps one line of a few headers; none of them is a list.
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

describe('an event with headers and multiValueHeaders', () => {
  const [name, value] = linesOf('alb')[0]!
  const judge = (event: object): unknown => verifyRequest(event, listed, { from: 'alb', trustedProxy })

  it.each([
    ['another value', { headers: { [name]: value }, multiValueHeaders: { [name]: ['x'] } }],
    ['none in multiValueHeaders', { headers: { [name]: value }, multiValueHeaders: {} }],
    ['an empty list in multiValueHeaders', { headers: { [name]: value }, multiValueHeaders: { [name]: [] } }],
    ['none in headers', { headers: { host: 'a' }, multiValueHeaders: { [name]: [value] } }],
    ['an empty one in headers', { headers: { [name]: '' }, multiValueHeaders: { [name]: [value] } }],
    ['an empty one in multiValueHeaders', { headers: { [name]: value }, multiValueHeaders: { [name]: [''] } }],
  ])('is rejected if they differ: %s', (_, event) => {
    expect(judge(event)).toMatchObject({ ok: false, code: 'inconsistent_headers' })
  })

  it('is read if they are equal, or one of them is missing', () => {
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

describe('a certificate that a platform has parsed', () => {
  const refuses = (from: HeaderFrom, request: object): void => {
    const code = expect.stringMatching(/^(duplicate_header|malformed_header|inconsistent_headers)$/)
    expect(verifyRequest(request, listed, { from, trustedProxy })).toMatchObject({ ok: false, code })
  }

  it('in an event of API Gateway is rejected with a second one in the other place, or a list in any field', () => {
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

  it('in a Worker is rejected with a list instead of any string', () => {
    const { cf } = proxyRequests.cloudflare.good as { cf: { tlsClientAuth: object } }
    for (const [field, value] of Object.entries(cf.tlsClientAuth).filter(([, value]) => typeof value === 'string')) {
      for (const second of [['', value], [value], { value }, 1]) {
        refuses('cloudflare', { cf: { tlsClientAuth: { ...cf.tlsClientAuth, [field]: second } } })
      }
    }
  })
})

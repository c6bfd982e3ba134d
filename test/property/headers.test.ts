import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Span } from '../../src/bytes/span.ts'
import { nameOfText } from '../../src/headers/distinguished-name.ts'
import * as headers from '../../src/headers/index.ts'
import type { Certificate } from '../../src/index.ts'
import { nameText } from '../../src/x509/name-text.ts'
import { chainRecipe, generalName, mintChain, name } from '../support/arbitraries.ts'
import { encode } from '../support/asn1.ts'
import { keyPair, mint } from '../support/mint.ts'
import { nameNode } from '../support/names.ts'
import { parsed, valued } from '../support/parsed.ts'

/** In every format, parsing a formatted header returns the original, for certificates of every kind. */

const chain = chainRecipe.map((recipe) => [...mintChain(recipe)].reverse().map(({ der }) => der))
const certificate = chain.map(([leaf]) => parsed(leaf!))
const runs = { numRuns: 40 }

function roundTrips<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, check), runs)
}

function expectSame(read: { readonly leaf: Certificate }, written: Certificate): void {
  expect(Buffer.compare(read.leaf.raw, written.raw)).toBe(0)
}

describe('every format reads what it writes', () => {
  it('Client-Cert and Client-Cert-Chain', () => {
    roundTrips(chain, (ders) => {
      const [leaf, ...others] = ders
      expect(headers.parseClientCert(valued(headers.formatClientCert(leaf!)))).toEqual({ ok: true, value: leaf })
      expect(headers.parseClientCertChain(valued(headers.formatClientCertChain(others)))).toEqual({ ok: true, value: others })
    })
    const bytes = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 10 })
    roundTrips(bytes, (items) => {
      expect(headers.parseClientCertChain(valued(headers.formatClientCertChain(items)))).toEqual({ ok: true, value: items })
    })
  })

  it('ALB, both modes', () => {
    roundTrips(chain, (ders) => {
      expect(headers.parseAlbPassthrough(valued(headers.formatAlbPassthrough(ders)))).toEqual({ ok: true, value: ders })
    })
    roundTrips(certificate, (leaf) => {
      const written = valued(headers.formatAlbVerify(leaf))
      expectSame(valued(headers.parseAlbVerify(written)), leaf)
    })
  })

  it('CloudFront', () => {
    roundTrips(certificate, (leaf) => {
      const written = valued(headers.formatCloudFront(leaf))
      expectSame(valued(headers.parseCloudFront(written)), leaf)
    })
  })

  it('Google Cloud', () => {
    roundTrips(chain, ([first, ...others]) => {
      const leaf = parsed(first!)
      const read = valued(headers.parseGoogleCloud(valued(headers.formatGoogleCloud(leaf, others))))
      expectSame(read, leaf)
      expect(read.chain).toEqual([first, ...others])
    })
  })

  it('Cloudflare, in Workers and at origins', () => {
    roundTrips(chain, ([first, ...others]) => {
      const leaf = parsed(first!)
      const read = valued(headers.parseCloudflareTlsClientAuth(valued(headers.formatCloudflareTlsClientAuth(leaf, others))))
      expectSame(read, leaf)
      expect(read.chain).toEqual([first, ...others])
      expectSame({ leaf: valued(headers.parseCloudflareHeaders(valued(headers.formatCloudflareHeaders(leaf)))) }, leaf)
    })
  })

  it('nginx, both variables', () => {
    roundTrips(chain, ([leaf]) => {
      expect(headers.parseNginxEscapedCert(valued(headers.formatNginxEscapedCert(leaf!)))).toEqual({ ok: true, value: leaf })
      expect(headers.parseNginxLegacyCert(valued(headers.formatNginxLegacyCert(leaf!)))).toEqual({ ok: true, value: leaf })
    })
    roundTrips(fc.stringMatching(/^[ -~]{1,40}$/), (reason) => {
      const written = valued(headers.formatNginxVerify({ status: 'failed', reason }))
      expect(headers.parseNginxVerify(written)).toEqual({ ok: true, value: { status: 'failed', reason } })
    })
  })

  it('API Gateway, both payloads', () => {
    roundTrips(certificate, (leaf) => {
      const clientCert = JSON.parse(JSON.stringify(headers.formatApiGatewayClientCert(leaf)))
      for (const place of ['identity', 'authentication']) {
        const read = valued(headers.parseApiGatewayEvent({ requestContext: { [place]: { clientCert } } }))
        expectSame(read, leaf)
        expect(read.subjectDN).toBe(leaf.formatSubject('der'))
      }
    })
  })

  it('Envoy: any text in any field, or an error when formatting it', () => {
    const text = fc.oneof(fc.stringMatching(/^[ -~]{1,20}$/), fc.stringMatching(/^[",;=\\ a]{1,8}$/))
    const element = fc.record(
      {
        by: fc.array(text, { maxLength: 2 }),
        hash: fc.stringMatching(/^[0-9a-f]{64}$/),
        subject: fc.oneof(text, fc.constant('')),
        uri: fc.array(text, { maxLength: 2 }),
        dns: fc.array(text, { maxLength: 3 }),
      },
      { requiredKeys: ['by', 'uri', 'dns'] },
    )
    let written = 0
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 3 }), (elements) => {
        const value = headers.formatXfcc(elements)
        const texts = elements.flatMap(({ by, uri, dns, subject = '' }) => [...by, ...uri, ...dns, subject])
        const isEmpty = elements.some((one) => Object.values(one).flat().length === 0 && one.subject === undefined)
        const isAmbiguous = texts.some((one) => /\\("|$)/.test(one))
        expect(value.ok).toBe(!isEmpty && !isAmbiguous)
        if (!value.ok) return
        written++
        expect(headers.parseXfcc(value.value)).toEqual({ ok: true, value: elements })
      }),
      { numRuns: 400 },
    )
    expect(written).toBeGreaterThan(100)
    roundTrips(chain, (ders) => {
      const elements = [{ by: [], cert: ders[0]!, chain: ders, uri: [], dns: [] }]
      expect(headers.parseXfcc(valued(headers.formatXfcc(elements)))).toEqual({ ok: true, value: elements })
    })
  })
})

describe('names', () => {
  it('from RFC 4514 and back', () => {
    fc.assert(
      fc.property(name, (spec) => {
        const der = encode(nameNode(spec))
        const text = nameText(new Span(der))
        const read = nameOfText(text)
        expect(read === undefined ? undefined : nameText(new Span(read))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it('of a certificate match a list that has them, and changed names do not', () => {
    const spec = fc.record({ subject: name, subjectAltNames: fc.array(generalName, { minLength: 1, maxLength: 4 }) })
    fc.assert(
      fc.property(spec, (fields) => {
        const leaf = parsed(mint({ key: keyPair('p256'), ...fields }).der)
        for (const { type, value } of leaf.subjectAltNames) {
          if (type !== 'dns' && type !== 'email') continue
          expect(headers.matchIdentity(leaf, { [type]: value }).ok).toBe(true)
          expect(headers.matchIdentity(leaf, { [type]: `x${value}` }).ok).toBe(
            leaf.subjectAltNames.some((one) => one.value === `x${value}`),
          )
        }
        // TeletexString has no agreed encoding, so such names are compared by their bytes (RFC 5280 7.1).
        const hasText = leaf.subject !== '' && !JSON.stringify(fields.subject).includes('"t61"')
        if (hasText) expect(headers.matchIdentity(leaf, { subject: leaf.subject }).ok).toBe(true)
        expect(headers.matchIdentity(leaf, { subject: `CN=nobody,${leaf.subject || 'O=x'}` }).ok).toBe(false)
      }),
      { numRuns: 100 },
    )
  })
})

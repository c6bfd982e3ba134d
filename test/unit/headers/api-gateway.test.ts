import { describe, expect, it } from 'vitest'
import { formatApiGatewayClientCert, parseApiGatewayEvent } from '../../../src/headers/index.ts'
import { mint } from '../../support/mint.ts'
import { parsed, valued } from '../../support/parsed.ts'

const dates = { notBefore: new Date('2019-05-28T12:30:02Z'), notAfter: new Date('2021-08-05T09:36:04Z') }
const serial = Uint8Array.from([0x00, ...new Array<number>(16).fill(0xa1)])
const issuer = mint({ subject: 'C=US,O=Example,CN=Example issuer', ca: true })
const leaf = mint({ ...dates, subject: 'C=US,O=Example,CN=www.example.com', serial }, issuer)

/** The form of Amazon's documentation, with the names as they stand in real events. */
const clientCert = {
  clientCertPem: leaf.pem,
  subjectDN: 'C=US,O=Example,CN=www.example.com',
  issuerDN: 'C=US,O=Example,CN=Example issuer',
  serialNumber: 'a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1',
  validity: { notBefore: 'May 28 12:30:02 2019 GMT', notAfter: 'Aug  5 09:36:04 2021 GMT' },
}

const v1 = (cert: unknown): unknown => ({
  version: '1.0',
  resource: '/my/path',
  headers: { header1: 'value1' },
  requestContext: {
    accountId: '123456789012',
    identity: { sourceIp: '192.0.2.1', userArn: null, clientCert: cert },
    stage: '$default',
  },
})
const v2 = (cert: unknown): unknown => ({
  version: '2.0',
  rawPath: '/my/path',
  requestContext: { accountId: '123456789012', authentication: { clientCert: cert }, http: { method: 'POST' } },
})

describe('clientCert in events', () => {
  it.each([
    ['1.0', v1],
    ['2.0', v2],
  ])('of payload %s', (_, event) => {
    const { leaf: certificate, subjectDN, issuerDN } = valued(parseApiGatewayEvent(event(clientCert)))
    expect(certificate.raw).toEqual(leaf.der)
    expect({ subjectDN, issuerDN }).toEqual({ subjectDN: clientCert.subjectDN, issuerDN: clientCert.issuerDN })
  })

  it('is written', () => {
    expect(formatApiGatewayClientCert(parsed(leaf.der))).toEqual(clientCert)
  })

  it.each(['a1'.repeat(16), 'A1'.repeat(16), BigInt(`0x${'a1'.repeat(16)}`).toString()])(
    'has the serial number as %s',
    (text) => {
      expect(parseApiGatewayEvent(v1({ ...clientCert, serialNumber: text }))).toMatchObject({ ok: true })
    },
  )

  it.each([undefined, null, 5, 'event', [], {}, { requestContext: null }, v1(undefined), v1(null), v2(null)])(
    'is missing in %j',
    (event) => {
      expect(parseApiGatewayEvent(event)).toMatchObject({ ok: false, code: 'no_certificate' })
    },
  )

  it('of two payloads at once is refused', () => {
    const both = { requestContext: { identity: { clientCert }, authentication: { clientCert } } }
    expect(parseApiGatewayEvent(both)).toMatchObject({ ok: false, code: 'duplicate_header' })
  })

  it.each([
    [{ clientCertPem: undefined }, 'malformed_header'],
    [{ clientCertPem: 'CERT_CONTENT' }, 'malformed_header'],
    [{ clientCertPem: leaf.pem + issuer.pem }, 'malformed_header'],
    [{ clientCertPem: `${leaf.pem}x` }, 'malformed_header'],
    [{ clientCertPem: 'x'.repeat(100_000) }, 'malformed_header'],
    [{ clientCertPem: leaf.pem.replace('MII', 'MIJ') }, 'malformed_certificate'],
    [{ clientCertPem: issuer.pem }, 'inconsistent_headers'],
    [{ subjectDN: 5 }, 'malformed_header'],
    [{ serialNumber: 'a1:a2' }, 'inconsistent_headers'],
    [{ serialNumber: 'serial' }, 'malformed_header'],
    [{ validity: undefined }, 'malformed_header'],
    [{ validity: { ...clientCert.validity, notAfter: 'Aug  5 09:36:05 2021 GMT' } }, 'inconsistent_headers'],
    [{ validity: { ...clientCert.validity, notBefore: '2019-05-28' } }, 'malformed_header'],
  ])('%j is refused', (fields, code) => {
    expect(parseApiGatewayEvent(v2({ ...clientCert, ...fields }))).toMatchObject({ ok: false, code })
  })

  it('is an own field, not one of a prototype', () => {
    const context = Object.create({ identity: { clientCert } })
    expect(parseApiGatewayEvent({ requestContext: context })).toMatchObject({ ok: false, code: 'no_certificate' })
  })
})

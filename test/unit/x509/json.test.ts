import { describe, expect, it } from 'vitest'
import { buildTruststore, parseCertificate, parseRevocationList, verifyChain } from '../../../src/index.ts'
import { keyPair, mint, mintCrl } from '../../support/mint.ts'

/** The shapes that docs/guides/json.md promises, to the letter: a field renamed or removed fails here. */

const root = mint({ subject: 'C=US,O=Example,CN=Root', ca: true, key: keyPair('p256', 1) })
const dates = { notBefore: new Date('2026-01-02T03:04:05Z'), notAfter: new Date('2027-01-02T03:04:05Z') }

function parsedValue<T>(parsed: { readonly ok: boolean; readonly value?: T }): T {
  if (parsed.value === undefined) throw new Error('not parsed')
  return parsed.value
}

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('JSON of a certificate', () => {
  const leaf = mint(
    {
      ...dates,
      subject: 'C=US,O=Example,CN=client',
      serial: 0x2a1n,
      ca: false,
      subjectAltNames: [
        { dns: 'a.example.com' },
        { email: 'a@example.com' },
        { uri: 'spiffe://example.com/a' },
        { ip: '10.0.0.1' },
        { directory: 'O=x,CN=y' },
        { registeredId: '1.2.3' },
      ],
    },
    root,
  )
  const view = parsedValue(parseCertificate(leaf.der))

  it('has these fields in this order and form', () => {
    expect(JSON.stringify(view)).toBe(
      JSON.stringify({
        version: 3,
        serialNumber: '02a1',
        subject: 'CN=client,O=Example,C=US',
        issuer: 'CN=Root,O=Example,C=US',
        notBefore: '2026-01-02T03:04:05.000Z',
        notAfter: '2027-01-02T03:04:05.000Z',
        publicKey: { algorithm: 'EC', curve: 'P-256' },
        signatureAlgorithm: { name: 'ecdsa-with-SHA256', hash: 'sha256', oid: '1.2.840.10045.4.3.2' },
        subjectAltNames: [
          { type: 'dns', value: 'a.example.com' },
          { type: 'email', value: 'a@example.com' },
          { type: 'uri', value: 'spiffe://example.com/a' },
          { type: 'ip', value: '10.0.0.1', bytes: '0a000001' },
          { type: 'directory', value: 'CN=y,O=x', bytes: '3018310a3008060355040a0c0178310a300806035504030c0179' },
          { type: 'other', value: '1.2.3', bytes: '88022a03' },
        ],
        basicConstraints: { ca: false },
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['clientAuth'],
        subjectKeyId: view.subjectKeyId,
        authorityKeyId: view.authorityKeyId,
        fingerprint: view.fingerprint,
        isSelfIssued: false,
        deviations: [],
      }),
    )
  })

  it('leaves out what the certificate does not have', () => {
    const bare = parsedValue(parseCertificate(mint({ version: 1, key: keyPair('rsa2048', 1), subject: 'CN=v1' }).der))
    expect(Object.keys(bare.toJSON())).toEqual([
      'version',
      'serialNumber',
      'subject',
      'issuer',
      'notBefore',
      'notAfter',
      'publicKey',
      'signatureAlgorithm',
      'subjectAltNames',
      'fingerprint',
      'isSelfIssued',
      'deviations',
    ])
    expect(bare.toJSON()).toMatchObject({ version: 1, publicKey: { algorithm: 'RSA', bits: 2048, exponent: 65537 } })
  })

  it('is the same for everybody who holds the bytes', () => {
    expect(throughJson(view)).toEqual(view.toJSON())
    expect(JSON.stringify(parsedValue(parseCertificate(leaf.pem)))).toBe(JSON.stringify(view))
  })
})

describe('JSON of a revocation list', () => {
  const times = { thisUpdate: new Date('2026-01-02T03:04:05Z'), nextUpdate: new Date('2026-01-09T03:04:05Z') }

  it('has these fields in this order and form', () => {
    const list = parsedValue(
      parseRevocationList(mintCrl({ issuer: root, revoked: [{ serial: 5n }], crlNumber: 300, ...times }).der),
    )
    expect(JSON.stringify(list)).toBe(
      JSON.stringify({
        version: 2,
        issuer: 'CN=Root,O=Example,C=US',
        thisUpdate: '2026-01-02T03:04:05.000Z',
        nextUpdate: '2026-01-09T03:04:05.000Z',
        authorityKeyId: list.authorityKeyId,
        crlNumber: '012c',
        isDelta: false,
        isIndirect: false,
        entryCount: 1,
        fingerprint: list.fingerprint,
        deviations: [],
      }),
    )
  })

  it('leaves out what the list does not have', () => {
    const { der } = mintCrl({ issuer: root, nextUpdate: null, crlNumber: null, authorityKeyId: false })
    const keys = ['version', 'issuer', 'thisUpdate', 'isDelta', 'isIndirect', 'entryCount', 'fingerprint', 'deviations']
    expect(Object.keys(parsedValue(parseRevocationList(der)).toJSON())).toEqual(keys)
  })
})

describe('JSON of a verdict', () => {
  const store = buildTruststore(root.der)

  it('of acceptance: the leaf and the path', () => {
    const verdict = verifyChain(store, mint({ subject: 'CN=client' }, root).der)
    expect(verdict).toMatchObject({ ok: true })
    const json = throughJson(verdict) as Record<string, unknown>
    expect(Object.keys(json)).toEqual(['ok', 'leaf', 'path'])
    expect(json).toMatchObject({
      ok: true,
      leaf: { subject: 'CN=client' },
      path: [{ subject: 'CN=client' }, { subject: 'CN=Root,O=Example,C=US', basicConstraints: { ca: true } }],
    })
  })

  it('of rejection: code, message, index and certificate', () => {
    const verdict = verifyChain(store, mint({ ...dates, subject: 'CN=old' }, root).der, { at: new Date('2028-01-01') })
    const json = throughJson(verdict) as Record<string, unknown>
    expect(Object.keys(json)).toEqual(['ok', 'code', 'message', 'index', 'certificate'])
    expect(json).toMatchObject({ ok: false, code: 'expired', index: 0, certificate: { subject: 'CN=old' } })
  })

  it('of bytes that are no certificate: the offset', () => {
    expect(throughJson(verifyChain(store, Uint8Array.of(0x30, 0x03, 0x02)))).toEqual({
      ok: false,
      code: 'malformed',
      message: 'Certificate: the input ends inside this element (byte 0)',
      index: 0,
      offset: 0,
    })
  })
})

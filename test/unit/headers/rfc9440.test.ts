import { describe, expect, it } from 'vitest'
import {
  formatClientCert,
  formatClientCertChain,
  parseClientCert,
  parseClientCertChain,
  verifyRequest,
} from '../../../src/headers/index.ts'
import { buildTruststore, profiles } from '../../../src/index.ts'
import { mint } from '../../support/mint.ts'

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')
const root = mint({ ca: true })
const leaf = mint({ subject: 'CN=client' }, root)

describe('Client-Cert', () => {
  it('is one byte sequence (RFC 9440 2.2, appendix A)', () => {
    expect(parseClientCert(`:${base64(leaf.der)}:`)).toEqual({ ok: true, value: leaf.der })
    expect(formatClientCert(leaf.der)).toEqual({ ok: true, value: `:${base64(leaf.der)}:` })
  })

  it.each([
    ['', 0],
    [':', 0],
    ['::', 0],
    ['MIIB', 0],
    [':MIIB', 0],
    ['MIIB:', 0],
    [':MIIB:;a=1', 0],
    [' :MIIB:', 0],
    [':MIIB: ', 0],
    [':MI IB:', 3],
    [':MIIB:, :MIIB:', 6],
    [':MIIB:,:MIIB:', 5],
    [':MII=B:', 4],
    [':MII:', 4],
    [':MIJ=:', 4],
    [':M-_B:', 2],
    [':MIIB::', 5],
    ['"MIIB"', 0],
    [':MIIB:\n', 6],
    [':MIIBé:', 5],
  ])('%j is refused at %i', (value, offset) => {
    const result = parseClientCert(value)
    expect(result).toMatchObject({ ok: false, code: 'malformed_header', offset: expect.any(Number) })
    expect(result.ok || Math.abs((result.offset ?? -9) - offset)).toBeLessThanOrEqual(2)
  })

  it('wants a string, and bytes', () => {
    expect(() => parseClientCert(undefined as never)).toThrow(TypeError)
    expect(() => formatClientCert('MIIB' as never)).toThrow(TypeError)
  })
})

describe('Client-Cert-Chain', () => {
  it('is a list of byte sequences without the leaf', () => {
    const value = `:${base64(root.der)}:, :${base64(leaf.der)}:`
    expect(parseClientCertChain(value)).toEqual({ ok: true, value: [root.der, leaf.der] })
    expect(formatClientCertChain([root.der, leaf.der])).toEqual({ ok: true, value })
    expect(parseClientCertChain(value.replace(', ', ',\t '))).toEqual({ ok: true, value: [root.der, leaf.der] })
    expect(parseClientCertChain(`:${base64(root.der)}:`)).toEqual({ ok: true, value: [root.der] })
  })

  it.each([':MIIB:,', ',:MIIB:', ':MIIB:,,:MIIB:', ':MIIB: :MIIB:', ':MIIB:, x', ':MIIB:, ::', ', ,'])(
    '%j is refused',
    (value) => {
      expect(parseClientCertChain(value)).toMatchObject({ ok: false, code: 'malformed_header' })
    },
  )

  it('is not written empty', () => {
    expect(formatClientCertChain([])).toMatchObject({ ok: false, code: 'malformed_header' })
  })
})

/** RFC 9440, appendix A: a client, its intermediate and the root. */
const sample = [
  `
MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBB
dXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAx
MTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p
5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIw
ADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMC
BsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1w
bGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMje
SkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=`,
  `
MIIB5jCCAYugAwIBAgIBFjAKBggqhkjOPQQDAjBWMQswCQYDVQQGEwJVUzEbMBkG
A1UECgwSTGV0J3MgQXV0aGVudGljYXRlMSowKAYDVQQDDCFMZXQncyBBdXRoZW50
aWNhdGUgUm9vdCBBdXRob3JpdHkwHhcNMjAwMTE0MjEzMjMwWhcNMzAwMTExMjEz
MjMwWjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxB
IEludGVybWVkaWF0ZSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJf+aA54
RC5pyLAR5yfXVYmNpgd+CGUTDp2KOGhc0gK91zxhHesEYkdXkpS2UN8Kati+yHtW
CV3kkhCngGyv7RqjZjBkMB0GA1UdDgQWBBRm3WjLa38lbEYCuiCPct0ZaSED2DAf
BgNVHSMEGDAWgBTEA2Q6eecKu9g9yb5glbkhhVINGDASBgNVHRMBAf8ECDAGAQH/
AgEAMA4GA1UdDwEB/wQEAwIBhjAKBggqhkjOPQQDAgNJADBGAiEA5pLvaFwRRkxo
mIAtDIwg9D7gC1xzxBl4r28EzmSO1pcCIQCJUShpSXO9HDIQMUgH69fNDEMHXD3R
RX5gP7kuu2KGMg==`,
  `
MIICBjCCAaygAwIBAgIJAKS0yiqKtlhoMAoGCCqGSM49BAMCMFYxCzAJBgNVBAYT
AlVTMRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxKjAoBgNVBAMMIUxldCdz
IEF1dGhlbnRpY2F0ZSBSb290IEF1dGhvcml0eTAeFw0yMDAxMTQyMTI1NDVaFw00
MDAxMDkyMTI1NDVaMFYxCzAJBgNVBAYTAlVTMRswGQYDVQQKDBJMZXQncyBBdXRo
ZW50aWNhdGUxKjAoBgNVBAMMIUxldCdzIEF1dGhlbnRpY2F0ZSBSb290IEF1dGhv
cml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFoaHU+Z5bPKmGzlYXtCf+E6
HYj62fORaHDOrt+yyh3H/rTcs7ynFfGn+gyFsrSP3Ez88rajv+U2NfD0o0uZ4Pmj
YzBhMB0GA1UdDgQWBBTEA2Q6eecKu9g9yb5glbkhhVINGDAfBgNVHSMEGDAWgBTE
A2Q6eecKu9g9yb5glbkhhVINGDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQE
AwIBhjAKBggqhkjOPQQDAgNIADBFAiEAmAeg1ycKHriqHnaD4M/UDBpQRpkmdcRF
YGMg1Qyrkx4CIB4ivz3wQcQkGhcsUZ1SOImd/lq1Q0FLf09rGfLQPWDc`,
].map((text) => text.replaceAll('\n', '')) as [string, string, string]

describe('the sample of RFC 9440', () => {
  const [client, intermediate, anchor] = sample
  const request = { 'Client-Cert': `:${client}:`, 'Client-Cert-Chain': `:${intermediate}:, :${anchor}:` }
  const store = buildTruststore(Buffer.from(anchor, 'base64'), { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
  const judge = (at: string) => verifyRequest(request, store, { from: 'rfc9440', trustedProxy: true, at: new Date(at) })

  it('is read, and is a good client while it lasts', () => {
    const chain = parseClientCertChain(request['Client-Cert-Chain'])
    expect(chain).toMatchObject({ ok: true, value: { length: 2 } })
    const verdict = judge('2020-06-01')
    expect(verdict).toMatchObject({ ok: true, leaf: { subject: 'CN=BC' } })
    expect(verdict.ok && verdict.path.length).toBe(3)
    expect(judge('2021-06-01')).toMatchObject({ ok: false, code: 'expired', index: 0 })
  })
})

import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { importBundle } from '../../../src/import/index.ts'
import { buildTruststore, parseRevocationList } from '../../../src/index.ts'
import { tlv } from '../../support/der.ts'
import { keyPair, mint, mintCrl } from '../../support/mint.ts'
import { pemOf } from '../../support/pem.ts'
import { indefinite, pkcs7 } from '../../support/pkcs7.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Import' })
const issuing = mint({ ca: true, subject: 'CN=Issuing' }, root)
const client = mint({ subject: 'CN=client' }, issuing)
const list = mintCrl({ issuer: root })
const other = mintCrl({ issuer: issuing, revoked: [{ serial: 5n }] })
const certificates = [root.der, issuing.der, client.der]
const lists = [list.der, other.der]

function plain(found: readonly Uint8Array[]): readonly string[] {
  return found.map((der) => Buffer.from(der).toString('hex'))
}

function read(input: Uint8Array | string): { readonly certificates: readonly string[]; readonly lists: readonly string[] } {
  const bundle = importBundle(input)
  if (!bundle.ok) throw new Error(bundle.message)
  return { certificates: plain(bundle.value.certificates), lists: plain(bundle.value.revocationLists) }
}

const both = { certificates: plain(certificates), lists: plain(lists) }
const concat = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts)

describe('importBundle', () => {
  it.each<[string, Uint8Array | string]>([
    ['PKCS #7 in DER', pkcs7({ certificates, lists })],
    ['PKCS #7 with indefinite lengths', pkcs7({ certificates, lists, isIndefinite: true })],
    ['PKCS #7 in PEM', pemOf('PKCS7', pkcs7({ certificates, lists }))],
    ['CMS in PEM', pemOf('CMS', pkcs7({ certificates, lists }))],
    ['PKCS #7 in a CERTIFICATE block', pemOf('CERTIFICATE', pkcs7({ certificates, lists }))],
    [
      'PEM blocks',
      [...certificates.map((der) => pemOf('CERTIFICATE', der)), ...lists.map((der) => pemOf('X509 CRL', der))].join(''),
    ],
    [
      'bytes of PEM',
      Buffer.from(`text\n${root.pem}${issuing.pem}${pemOf('PKCS7', pkcs7({ certificates: [client.der], lists }))}`),
    ],
    ['DER, one after another', concat(root.der, issuing.der, list.der, client.der, other.der)],
    ['PKCS #7 among DER', concat(root.der, pkcs7({ certificates: certificates.slice(1), lists: [list.der] }), other.der)],
    ['signed content', pkcs7({ certificates, lists, content: tlv(0x04, root.der), signerInfos: [tlv(0x30, root.der)] })],
    [
      'content of indefinite length',
      pkcs7({
        certificates,
        lists,
        isIndefinite: true,
        content: indefinite(0x24, tlv(0x04, root.der), indefinite(0x24, tlv(4, [1]))),
      }),
    ],
    [
      'other choices among certificates and lists',
      pkcs7({
        certificates: [tlv(0xa1, [5]), ...certificates, indefinite(0xa3, tlv(4, [1]))],
        lists: [...lists, tlv(0xa1, root.der)],
      }),
    ],
  ])('reads %s', (_name, input) => {
    expect(read(input)).toEqual(both)
  })

  it('reads what has only certificates, only lists, or neither', () => {
    expect(read(pkcs7({ certificates: [root.der] }))).toEqual({ certificates: plain([root.der]), lists: [] })
    expect(read(pkcs7({ lists: [list.der] }))).toEqual({ certificates: [], lists: plain([list.der]) })
    expect(read(pkcs7({}))).toEqual({ certificates: [], lists: [] })
    expect(read(pkcs7({ certificates: [], lists: [] }))).toEqual({ certificates: [], lists: [] })
    expect(read(list.der)).toEqual({ certificates: [], lists: plain([list.der]) })
    expect(read(root.der)).toEqual({ certificates: plain([root.der]), lists: [] })
  })

  it('tells lists of both versions from certificates of both', () => {
    const first = mint({ version: 1, ca: true, subject: 'CN=First' })
    const withoutVersion = mintCrl({ issuer: root, version: 1 })
    expect(read(concat(first.der, withoutVersion.der))).toEqual({
      certificates: plain([first.der]),
      lists: plain([withoutVersion.der]),
    })
  })

  it('copies the bytes, whatever the encoding of the certificate', () => {
    // A critical FALSE, which DER omits: writing the extension again would drop it.
    const encoded = mint({ ca: true, extensions: [{ oid: '1.3.6.1.4.1.99999.8', value: Uint8Array.of(5, 0), critical: false }] })
    const input = Buffer.from(pkcs7({ certificates: [encoded.der] }))
    const bundle = importBundle(input)
    input.fill(0)
    expect(bundle.ok && plain(bundle.value.certificates)).toEqual(plain([encoded.der]))
  })

  it.each<[string, Uint8Array | string, string, string]>([
    ['nothing', '', 'empty_input', 'the input is empty'],
    ['text', 'hello', 'pem_missing', 'the text is not PEM'],
    ['a key', pemOf('PRIVATE KEY', tlv(0x30)), 'pem_missing', 'only blocks of PRIVATE KEY'],
    ['a bad block', root.pem.replace('MII', '???'), 'pem_bad_base64', 'line 2 is not base64'],
    ['bytes behind', concat(pkcs7({ certificates }), Buffer.of(0)), 'truncated', ''],
    ['an element behind', concat(root.der, tlv(0x04, [1])), 'unexpected_tag', ''],
    ['a cut file', pkcs7({ certificates }).subarray(0, 900), 'truncated', ''],
    ['a cut file of indefinite lengths', pkcs7({ certificates, isIndefinite: true }).subarray(0, -1), 'truncated', ''],
    [
      'enveloped data',
      pkcs7({ certificates, type: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03] }),
      'unexpected_tag',
      'not signedData',
    ],
  ])('refuses %s', (_name, input, code, message) => {
    expect(importBundle(input)).toMatchObject({ ok: false, code, message: expect.stringContaining(message) })
  })

  it('throws for other types only', () => {
    expect(() => importBundle(7 as never)).toThrow(
      new TypeError('importBundle: input must be a string or Uint8Array, got number'),
    )
  })

  const hasOpenSsl = spawnSync('openssl', ['version']).status === 0
  it.skipIf(!hasOpenSsl)('reads what openssl writes', () => {
    const input = certificates.map((der) => pemOf('CERTIFICATE', der)).join('')
    for (const form of ['DER', 'PEM']) {
      const script = `cat | openssl crl2pkcs7 -nocrl -certfile /dev/stdin -outform ${form}`
      const { stdout } = spawnSync('sh', ['-c', script], { input })
      expect([...read(stdout).certificates].sort()).toEqual([...both.certificates].sort())
    }
    const { stdout } = spawnSync('openssl', ['crl2pkcs7'], { input: pemOf('X509 CRL', list.der) })
    expect(read(stdout)).toEqual({ certificates: [], lists: plain([list.der]) })
  })

  it('gives what the other functions take', () => {
    const bundle = importBundle(pkcs7({ certificates: [root.der, issuing.der], lists }))
    if (!bundle.ok) throw new Error(bundle.message)
    expect(buildTruststore(bundle.value.certificates).certificates).toHaveLength(2)
    for (const each of bundle.value.revocationLists) expect(parseRevocationList(each).ok).toBe(true)
  })
})

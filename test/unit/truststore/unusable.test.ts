import { describe, expect, it } from 'vitest'
import { buildTruststore, type LintCode, TruststoreError, type TruststoreInput } from '../../../src/index.ts'
import { keyPair, mint, mintCrl, privateKeyPem } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Unusable,CN=Root' })

function errorOf(input: TruststoreInput): TruststoreError {
  try {
    buildTruststore(input)
  } catch (error) {
    if (error instanceof TruststoreError) return error
    throw error
  }
  throw new Error('it was built')
}

const htmlPage = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>AccessDenied</body></html>\n'
const xmlError = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code></Error>'
const listing = 'ca-bundle.pem\nclient.crt\nclient.key\nREADME.md\n'
const csr = `-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n`
const p7 = '-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n'

describe('a wrong kind of input is named', () => {
  it.each<[string, TruststoreInput, LintCode, string]>([
    ['an empty file', '', 'empty_bundle', 'empty_bundle: the input is empty'],
    ['an empty file in bytes', new Uint8Array(), 'empty_bundle', 'empty_bundle: the input is empty'],
    ['an empty array', [], 'empty_bundle', 'empty_bundle: the bundle is an empty array'],
    ['white space', ' \r\n\n', 'empty_bundle', 'no "-----BEGIN CERTIFICATE-----" in 4 bytes; the text is not PEM'],
    ['an HTML page', htmlPage, 'empty_bundle', 'the text is HTML or XML, not PEM: it starts "<!DOCTYPE html>\\n<html>'],
    ['an XML error of S3', xmlError, 'empty_bundle', 'the text is HTML or XML, not PEM: it starts "<?xml'],
    ['a directory listing', listing, 'empty_bundle', 'the text is not PEM: it starts "ca-bundle.pem\\nclient.crt'],
    ['a path', '/etc/ssl/ca.pem', 'empty_bundle', 'the text is not PEM: it starts "/etc/ssl/ca.pem"'],
    ['binary rubbish', Uint8Array.of(0, 1, 2, 3, 255), 'empty_bundle', 'in 5 bytes; the text is not PEM: it is binary'],
    ['a certificate request', csr, 'empty_bundle', 'only blocks of CERTIFICATE REQUEST'],
    ['PKCS #7', p7, 'empty_bundle', 'only blocks of PKCS7'],
    ['a revocation list', mintCrl({ issuer: root }).pem, 'empty_bundle', 'only blocks of X509 CRL'],
    [
      'only a private key',
      privateKeyPem(root.key),
      'private_key_in_bundle',
      'only blocks of PRIVATE KEY; this is a private key: it has no certificate; request one: `openssl req',
    ],
    [
      'truncated base64',
      `${root.pem.slice(0, 100)}\n-----END CERTIFICATE-----\n`,
      'pem_syntax_invalid',
      'the base64 that ends on line 4 is cut short or wrongly padded',
    ],
    [
      'a truncated file',
      root.pem.slice(0, -30),
      'pem_syntax_invalid',
      'BEGIN CERTIFICATE on line 1 has no END line: the text ends first',
    ],
    ['truncated DER', root.der.slice(0, 200), 'non_der_encoding', 'Certificate: the input ends inside this element'],
    [
      'base64 of truncated DER',
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(root.der.subarray(0, 90)).toString('base64')}\n-----END CERTIFICATE-----`,
      'non_der_encoding',
      'the input ends inside this element',
    ],
    ['an HTML page in a block', root.pem.replace('MII', '<p>'), 'pem_syntax_invalid', 'line 2 is not base64 at "<p>'],
    ['base64 with URL characters', root.pem.replace(/(\n.{20})./, '$1_'), 'pem_syntax_invalid', 'line 2 is not base64 at "_'],
  ])('%s', (_, input, code, message) => {
    const error = errorOf(input)
    expect(error.message).toContain('no usable certificate in the truststore: ')
    expect(error.message).toContain(message)
    expect(error.findings.map((finding) => finding.code)).toContain(code)
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('TruststoreError')
  })

  it('without denying a BEGIN line that is there', () => {
    const { message } = errorOf(root.pem.replaceAll('\n', ''))
    expect(message).toMatch(/no CERTIFICATE block can be read from \d+ bytes; this is PEM on one line: convert it/)
  })

  it('with the line of the block', () => {
    const error = errorOf(`# a comment\n\n${root.pem.replace('MII', '???')}`)
    expect(error.findings).toMatchObject([{ code: 'pem_syntax_invalid', line: 4, index: 0 }])
    expect(error.message).toContain('(line 4)')
  })

  it('with the position of DER', () => {
    const error = errorOf([root.der.slice(0, 200), root.der.slice(0, 201)])
    expect(error.message).toContain('(certificate 0); and 1 more, see .findings')
    expect(error.findings).toHaveLength(2)
  })

  it('a bundle of unusable certificates is reported by the first reason', () => {
    const weak = mint({ ca: true, key: keyPair('rsa1024'), subject: 'CN=Weak' })
    expect(errorOf(weak.pem).message).toBe(
      'no usable certificate in the truststore: rsa_too_small: RSA key of 1024 bits, at least 2048 are required (line 1)',
    )
  })

  it('without ever quoting more than an excerpt', () => {
    const error = errorOf(`${'secret '.repeat(20_000)}`)
    expect(error.message.length).toBeLessThan(300)
  })
})

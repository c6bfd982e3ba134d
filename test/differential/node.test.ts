import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Certificate, type GeneralName, parseCertificate } from '../../src/index.ts'
import { chainRecipe, mintChain } from '../support/arbitraries.ts'
import { keyPair, mint } from '../support/mint.ts'

/** Compares parsed certificates with Node's X509Certificate, which uses OpenSSL. */

function parse(input: Uint8Array | string): Certificate {
  const parsed = parseCertificate(input)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

/**
 * Converts the `der` format of portcullis to Node's notation: one RDN per line, ` + ` between attributes, `=` and characters
 * of Unicode category Cf unescaped.
 */
function asNodeWrites(name: string): string | undefined {
  // If `#` is the whole value, OpenSSL treats it as the last character and does not escape it.
  const unhashed = name.replace(/=\\#(?=$|[,+])/g, '=#')
  const text = unhashed.replace(/(?:\\[0-9A-F]{2})+|\\.|[,+]/gs, (token) => {
    if (token === ',') return '\n'
    if (token === '+') return ' + '
    if (token === '\\=') return '='
    return /^\\[0-9A-F]{2}/.test(token) ? Buffer.from(token.replaceAll('\\', ''), 'hex').toString('utf8') : token
  })
  return text === '' ? undefined : text
}

function expectSameFields(certificate: Certificate, oracle: X509Certificate): void {
  expect(asNodeWrites(certificate.formatSubject('der'))).toBe(oracle.subject)
  expect(asNodeWrites(certificate.formatIssuer('der'))).toBe(oracle.issuer)
  expect(BigInt(`0x${certificate.serialNumber}`)).toBe(BigInt(`0x${oracle.serialNumber}`))
  expect(certificate.notBefore).toEqual(new Date(oracle.validFrom))
  expect(certificate.notAfter).toEqual(new Date(oracle.validTo))
  expect(certificate.fingerprint).toBe(oracle.fingerprint256.replaceAll(':', '').toLowerCase())
  expect(Buffer.compare(certificate.raw, oracle.raw)).toBe(0)
  expect(certificate.toPem()).toBe(oracle.toString())
  expect(certificate.basicConstraints?.ca ?? false).toBe(oracle.ca)
  expectSameKey(certificate, oracle)
}

function expectSameKey(certificate: Certificate, oracle: X509Certificate): void {
  const { publicKey, subjectPublicKeyInfo } = certificate
  const { bits, exponent, nistCurve, asn1Curve } = oracle.toLegacyObject() as unknown as Record<string, string | number>
  if (publicKey.algorithm === 'EC') {
    expect(publicKey.curve).toBe(nistCurve ?? asn1Curve)
  } else if (publicKey.algorithm === 'RSA') {
    expect({ bits: publicKey.bits, exponent: publicKey.exponent }).toEqual({ bits, exponent: Number(exponent) })
  } else {
    expect(oracle.publicKey.asymmetricKeyType).not.toMatch(/^(rsa|ec)$/)
  }
  expect(Buffer.compare(subjectPublicKeyInfo, oracle.publicKey.export({ type: 'spki', format: 'der' }))).toBe(0)
}

/** Node's text for the names that both write in the same way. */
function nodeAltNames(names: readonly GeneralName[]): string {
  return names
    .map(({ type, value }) => (type === 'dns' ? `DNS:${value}` : type === 'uri' ? `URI:${value}` : `email:${value}`))
    .join(', ')
}

describe('Node parses the same', () => {
  it('from generated certificates', () => {
    fc.assert(
      fc.property(chainRecipe, (recipe) => {
        for (const { der } of mintChain(recipe)) expectSameFields(parse(der), new X509Certificate(der))
      }),
      { numRuns: 60 },
    )
  })

  it.each(['p521', 'secp256k1', 'ed25519', 'ed448', 'rsa1024', 'rsa3072'] as const)(
    'from a certificate with a %s key',
    (kind) => {
      const { der } = mint({ key: keyPair(kind) })
      expectSameFields(parse(der), new X509Certificate(der))
    },
  )

  it('from certificates with the earliest and latest dates', () => {
    for (const date of [
      '1950-01-01T00:00:00Z',
      '1999-12-31T23:59:59Z',
      '2000-02-29T12:00:00Z',
      '2049-12-31T23:59:59Z',
      '2050-01-01T00:00:00Z',
      '2100-02-28T23:59:59Z',
      '9999-12-31T23:59:59Z',
    ]) {
      const { der } = mint({ key: keyPair('p256'), notBefore: new Date(date), notAfter: new Date(date) })
      expectSameFields(parse(der), new X509Certificate(der))
    }
  })

  it('DNS names, e-mail addresses, URIs and their order', () => {
    const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/)
    const name = fc.oneof(
      label.map((dns) => ({ dns })),
      label.map((host) => ({ email: `${host}@example.com` })),
      label.map((host) => ({ uri: `https://${host}/` })),
    )
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 10 }), (subjectAltNames) => {
        const { der } = mint({ key: keyPair('p256'), subjectAltNames })
        expect(nodeAltNames(parse(der).subjectAltNames)).toBe(new X509Certificate(der).subjectAltName)
      }),
      { numRuns: 50 },
    )
  })

  it('IP addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.uint8Array({ minLength: 16, maxLength: 16 })), (ip) => {
        const { der } = mint({ key: keyPair('p256'), subjectAltNames: [{ ip }] })
        const [address] = parse(der).subjectAltNames
        expect(address?.type).toBe('ip')
        expect(new X509Certificate(der).checkIP(address!.value)).toBe(address!.value)
      }),
      { numRuns: 100 },
    )
  })

  it('extended key usages', () => {
    const oids: Readonly<Record<string, string>> = {
      clientAuth: '1.3.6.1.5.5.7.3.2',
      serverAuth: '1.3.6.1.5.5.7.3.1',
      anyExtendedKeyUsage: '2.5.29.37.0',
      OCSPSigning: '1.3.6.1.5.5.7.3.9',
    }
    const purpose = fc.constantFrom(...Object.keys(oids), '1.3.6.1.4.1.311.20.2.2', '2.999.4294967296')
    fc.assert(
      fc.property(fc.uniqueArray(purpose, { minLength: 1 }), (extendedKeyUsage) => {
        const { der } = mint({ key: keyPair('p256'), extendedKeyUsage })
        expect(parse(der).extendedKeyUsage).toEqual(extendedKeyUsage)
        expect(extendedKeyUsage.map((name) => oids[name] ?? name)).toEqual(new X509Certificate(der).keyUsage)
      }),
      { numRuns: 30 },
    )
  })

  it.each(rootCertificates.map((pem) => [new X509Certificate(pem).subject.split('\n').at(-1)!, pem]))(
    'from the public root %s',
    (_, pem) => {
      expectSameFields(parse(pem), new X509Certificate(pem))
    },
  )
})

import { describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../src/index.ts'
import { renderText } from '../../../src/inspect/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'

const dates = { notBefore: new Date('2026-01-02T03:04:05Z'), notAfter: new Date('2027-11-12T13:14:15Z') }

/** The lines below a title, up to the next line that is indented less than they are. */
function below(text: string, title: string): readonly string[] {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.trim() === title)
  if (at < 0) throw new Error(`no line ${title} in\n${text}`)
  const column = indentOf(lines[at + 1]!)
  const end = lines.findIndex((line, i) => i > at && indentOf(line) < column)
  return lines.slice(at + 1, end).map((line) => line.slice(column))
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function textOf(spec: CertificateSpec, issuer?: Minted): string {
  return renderText(mint({ ...dates, key: keyPair('p256'), ...spec }, issuer).der)
}

describe('the text of a certificate', () => {
  it('begins as that of openssl x509 -text, names in the order of the DER', () => {
    const issuer = mint({ subject: 'C=US,O=Example,CN=Root', ca: true })
    const text = textOf({ subject: 'C=US,O=Ex\\,ample,CN=client', serial: 0x2a1n }, issuer)
    expect(text.split('\n').slice(0, 12)).toEqual([
      'Certificate:',
      '    Data:',
      '        Version: 3 (0x2)',
      '        Serial Number: 673 (0x2a1)',
      '        Signature Algorithm: ecdsa-with-SHA256',
      '        Issuer: C=US,O=Example,CN=Root',
      '        Validity',
      '            Not Before: Jan  2 03:04:05 2026 GMT',
      '            Not After : Nov 12 13:14:15 2027 GMT',
      '        Subject: C=US,O=Ex\\,ample,CN=client',
      '        Subject Public Key Info:',
      '            Public Key Algorithm: id-ecPublicKey',
    ])
    expect(text.endsWith('\n')).toBe(true)
  })

  it('is the same from DER, PEM text, PEM bytes and the view', () => {
    const { der, pem } = mint({ subject: 'CN=a' })
    const parsed = parseCertificate(der)
    const text = renderText(der)
    expect(renderText(pem)).toBe(text)
    expect(renderText(Buffer.from(pem))).toBe(text)
    expect(parsed.ok && renderText(parsed.value)).toBe(text)
  })

  it('writes long, negative and padded serial numbers', () => {
    expect(below(textOf({ serial: 2n ** 70n + 1n }), 'Serial Number:')).toEqual(['40:00:00:00:00:00:00:00:01'])
    expect(below(textOf({ serial: 2n ** 79n }), 'Serial Number:')).toEqual(['80:00:00:00:00:00:00:00:00:00'])
    expect(textOf({ serial: -5n })).toContain('Serial Number: -5 (-0x5)')
  })

  it('tells the parameters of PSS, and the inner algorithm where it differs', () => {
    const key = keyPair('rsa2048', 1)
    expect(textOf({ key, pss: true })).toContain('Signature Algorithm: RSASSA-PSS (sha256, MGF1 with sha256, salt of 32 bytes)')
    const other = Uint8Array.from([0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x04])
    const text = textOf({ key, tbsSignatureAlgorithm: other })
    expect(text.match(/Signature Algorithm: .*/g)).toEqual([
      'Signature Algorithm: 1.2.3.4',
      'Signature Algorithm: sha256WithRSAEncryption',
    ])
  })

  it.each([
    ['rsa2048', ['Public Key Algorithm: rsaEncryption', 'Public-Key: (2048 bit)', 'Exponent: 65537 (0x10001)']],
    ['p256', ['Public-Key: (256 bit)', 'ASN1 OID: prime256v1', 'NIST CURVE: P-256']],
    ['p384', ['Public-Key: (384 bit)', 'ASN1 OID: secp384r1', 'NIST CURVE: P-384']],
    ['secp256k1', ['Public-Key: (256 bit)', 'ASN1 OID: secp256k1']],
    ['ed25519', ['Public Key Algorithm: 1.3.101.112', 'pub:']],
  ] as const)('describes a %s key', (kind, lines) => {
    const text = textOf({ key: keyPair(kind, 1) })
    for (const line of lines) expect(text.split('\n').map((one) => one.trim())).toContain(line)
  })

  it('decodes every extension of RFC 5280 that limits a CA', () => {
    const text = textOf({
      ca: true,
      pathLength: 2,
      keyUsage: ['keyCertSign', 'cRLSign', 'nonRepudiation'],
      extendedKeyUsage: ['clientAuth', 'any', '1.2.3.4'],
      nameConstraints: {
        permitted: [{ dns: 'example.com' }, { ip: '10.0.0.0/8' }, { ip: new Uint8Array(32) }],
        excluded: [{ email: 'x@y.z' }, { directory: 'C=US,O=Bad' }, { uri: '.example.org' }],
      },
      certificatePolicies: ['2.5.29.32.0', '1.2.3.4'],
      policyMappings: [['1.2.3', '1.2.4']],
      policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 1 },
      inhibitAnyPolicy: 3,
      critical: { extendedKeyUsage: true },
    })
    expect(below(text, 'X509v3 Basic Constraints: critical')).toEqual(['CA:TRUE, pathlen:2'])
    expect(below(text, 'X509v3 Key Usage: critical')).toEqual(['Non Repudiation, Certificate Sign, CRL Sign'])
    expect(below(text, 'X509v3 Extended Key Usage: critical')).toEqual([
      'TLS Web Client Authentication, Any Extended Key Usage, 1.2.3.4',
    ])
    expect(below(text, 'X509v3 Name Constraints: critical')).toEqual([
      'Permitted:',
      '  DNS:example.com',
      '  IP:10.0.0.0/255.0.0.0',
      '  IP:::/::',
      'Excluded:',
      '  email:x@y.z',
      '  DirName:C=US,O=Bad',
      '  URI:.example.org',
    ])
    expect(below(text, 'X509v3 Certificate Policies:')).toEqual(['Policy: X509v3 Any Policy', 'Policy: 1.2.3.4'])
    expect(below(text, 'X509v3 Policy Mappings: critical')).toEqual(['1.2.3:1.2.4'])
    expect(below(text, 'X509v3 Policy Constraints: critical')).toEqual(['Require Explicit Policy:0, Inhibit Policy Mapping:1'])
    expect(below(text, 'X509v3 Inhibit Any Policy: critical')).toEqual(['3'])
  })

  it('writes alternative names one a line, so that none can pass for two', () => {
    const text = textOf({
      subjectAltNames: [
        { dns: 'a.example.com, DNS:admin.example.com' },
        { ip: '10.0.0.1' },
        { email: 'a@b.c' },
        { uri: 'spiffe://example.com/a' },
        { directory: 'C=US,CN=x' },
        { registeredId: '1.2.3' },
        { other: { oid: '1.3.6.1.4.1.311.20.2.3', value: Uint8Array.of(0x0c, 0x03, 0x61, 0x22, 0x62) } },
        { other: { oid: '1.2.3', value: Uint8Array.of(0x02, 0x01, 0x05) } },
        { raw: Uint8Array.of(0xa5, 0x02, 0x80, 0x00) },
      ],
    })
    expect(below(text, 'X509v3 Subject Alternative Name:')).toEqual([
      'DNS:a.example.com, DNS:admin.example.com',
      'IP Address:10.0.0.1',
      'email:a@b.c',
      'URI:spiffe://example.com/a',
      'DirName:C=US,CN=x',
      'Registered ID:1.2.3',
      'othername:1.3.6.1.4.1.311.20.2.3:"a\\"b"',
      'othername:1.2.3:02:01:05',
      'ediPartyName:80:00',
    ])
  })

  it('writes distribution points in all their forms', () => {
    const text = textOf({
      crlDistributionPoints: ['http://a/b.crl', { relative: 'CN=x', reasons: [1, 2], crlIssuer: 'C=US,O=Iss' }],
    })
    expect(below(text, 'X509v3 CRL Distribution Points:')).toEqual([
      'Full Name:',
      '  URI:http://a/b.crl',
      'Relative Name:',
      '  CN=x',
      'Reasons:',
      '  Key Compromise, CA Compromise',
      'CRL Issuer:',
      '  DirName:C=US,O=Iss',
    ])
  })

  it('writes key identifiers as OpenSSL does', () => {
    const issuer = mint({ ca: true, subjectKeyId: Uint8Array.of(0xab, 0xcd) })
    const text = textOf({ subjectKeyId: Uint8Array.of(1, 2, 3) }, issuer)
    expect(below(text, 'X509v3 Subject Key Identifier:')).toEqual(['01:02:03'])
    expect(below(text, 'X509v3 Authority Key Identifier:')).toEqual(['AB:CD'])
    const full = Uint8Array.from([
      ...[0x30, 0x14, 0x80, 0x01, 0xab, 0xa1, 0x0c, 0x82, 0x0a],
      ...Buffer.from('a.b.c.d.ef'),
      ...[0x82, 0x01, 0x07],
    ])
    const extensions = [{ oid: '2.5.29.35', value: full }]
    expect(below(textOf({ authorityKeyId: false, extensions }), 'X509v3 Authority Key Identifier:')).toEqual([
      'keyid:AB',
      'DNS:a.b.c.d.ef',
      'serial:07',
    ])
  })

  it('tells what version 1 has', () => {
    const text = textOf({ version: 1 })
    expect(text).toContain('Version: 1 (0x0)')
    expect(text).not.toContain('extensions')
  })
})

import { rootCertificates } from 'node:tls'
import type * as asn1js from 'asn1js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Certificate, parseCertificate } from '../../src/index.ts'
import { chainRecipe, mintChain } from '../support/arbitraries.ts'
import {
  type Attribute,
  bitsOf,
  bytesOf,
  children,
  hex,
  isContext,
  oidOf,
  readWithAsn1js,
} from '../support/asn1js-certificate.ts'

/** Compares parsed certificates with asn1js, an independent parser. */

function parse(input: Uint8Array | string): Certificate {
  const parsed = parseCertificate(input)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

const attributeOids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  organizationIdentifier: '2.5.4.97',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** Parses RFC 4514 text into attributes, in the order of the text, without the library's own parser. */
function readName(text: string): readonly Attribute[] {
  const attributes: Attribute[] = []
  let rdn = 0
  for (let at = 0; at < text.length; at++) {
    const equals = text.indexOf('=', at)
    const type = text.slice(at, equals)
    const bytes: Buffer[] = []
    for (at = equals + 1; at < text.length && text[at] !== ',' && text[at] !== '+'; at++) {
      const pair = /^\\([0-9A-F]{2})/.exec(text.slice(at, at + 3))
      if (pair !== null) {
        bytes.push(Buffer.from(pair[1]!, 'hex'))
        at += 2
      } else {
        if (text[at] === '\\') at++
        const character = String.fromCodePoint(text.codePointAt(at)!)
        bytes.push(Buffer.from(character))
        at += character.length - 1
      }
    }
    attributes.push({ rdn, oid: attributeOids[type] ?? type, value: Buffer.concat(bytes).toString('utf8') })
    if (text[at] === ',') rdn++
  }
  return attributes
}

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

function expectSame(input: Uint8Array | string): void {
  const certificate = parse(input)
  const oracle = readWithAsn1js(certificate.raw)
  expect(hex(certificate.tbs)).toBe(hex(oracle.tbs))
  expect(certificate.version).toBe(oracle.version)
  expect(certificate.serialNumber).toBe(oracle.serial.replace(/^00(?=.)/, ''))
  expect(certificate.notBefore).toEqual(oracle.notBefore)
  expect(certificate.notAfter).toEqual(oracle.notAfter)
  expect(hex(certificate.subjectPublicKeyInfo)).toBe(hex(oracle.spki))
  expect(certificate.signatureAlgorithm.oid).toBe(oracle.algorithmOid)
  expect(readName(certificate.formatSubject('der'))).toEqual(oracle.subject)
  expect(readName(certificate.formatIssuer('der'))).toEqual(oracle.issuer)
  // RFC 4514 reverses the order of the RDNs, but not of the attributes in an RDN.
  const last = oracle.subject.at(-1)?.rdn ?? 0
  const reversed = oracle.subject.map((attribute) => ({ ...attribute, rdn: last - attribute.rdn })).sort((a, b) => a.rdn - b.rdn)
  expect(readName(certificate.subject)).toEqual(reversed)

  const { extensions } = oracle
  const usage = extensions.get('2.5.29.15')?.value
  expect(certificate.keyUsage).toEqual(usage && bitsOf(usage).map((bit) => keyUsages[bit]))
  const purposes = extensions.get('2.5.29.37')?.value
  expect(certificate.extendedKeyUsage?.length).toBe(purposes && children(purposes).length)
  const keyId = extensions.get('2.5.29.14')?.value
  expect(certificate.subjectKeyId).toBe(keyId && hex((keyId as asn1js.OctetString).getValue()))
  const authority = extensions.get('2.5.29.35')?.value
  const authorityKeyId = authority && children(authority).find((node) => isContext(node, 0))
  expect(certificate.authorityKeyId).toBe(authorityKeyId && hex((authorityKeyId as asn1js.Primitive).valueBlock.valueHexView))
  expectSameAltNames(certificate, extensions.get('2.5.29.17')?.value)
  expectSameConstraints(certificate, extensions.get('2.5.29.19')?.value)
}

function expectSameAltNames(certificate: Certificate, oracle: asn1js.AsnType | undefined): void {
  const types = ['other', 'email', 'dns', 'other', 'directory', 'other', 'uri', 'ip', 'other']
  const names = oracle === undefined ? [] : children(oracle)
  expect(certificate.subjectAltNames.map(({ type }) => type)).toEqual(names.map(({ idBlock }) => types[idBlock.tagNumber]))
  for (const [i, name] of certificate.subjectAltNames.entries()) {
    const node = names[i]!
    const content = (): Uint8Array => (node as asn1js.Primitive).valueBlock.valueHexView
    if (name.type === 'ip') expect(hex(name.bytes)).toBe(hex(content()))
    else if (name.type === 'directory') expect(hex(name.bytes)).toBe(hex(bytesOf(children(node)[0]!)))
    else if (name.type === 'other') {
      expect(hex(name.bytes)).toBe(hex(bytesOf(node)))
      expect(name.value).toBe(oidOf(children(node)[0]!))
    } else expect(name.value).toBe(Buffer.from(content()).toString('latin1'))
  }
}

function expectSameConstraints(certificate: Certificate, oracle: asn1js.AsnType | undefined): void {
  if (oracle === undefined) return expect(certificate.basicConstraints).toBeUndefined()
  const parts = children(oracle)
  const ca = parts[0]?.idBlock.tagNumber === 1 && (parts[0] as asn1js.Boolean).getValue()
  const length = parts.find(({ idBlock }) => idBlock.tagNumber === 2) as asn1js.Integer | undefined
  expect(certificate.basicConstraints).toEqual(length === undefined ? { ca } : { ca, pathLength: Number(length.toBigInt()) })
}

describe('asn1js reads the same', () => {
  it('from generated certificates', () => {
    fc.assert(
      fc.property(chainRecipe, (recipe) => {
        for (const { der } of mintChain(recipe)) expectSame(der)
      }),
      { numRuns: 80 },
    )
  })

  it.each(rootCertificates.map((pem) => [parse(pem).subject, pem]))('from the public root %s', (_, pem) => {
    expectSame(pem)
  })
})

import { matchIdentity, spiffeIdOf } from '../../../src/headers/index.ts'
import { lintCertificate, parseCertificate } from '../../../src/index.ts'
import { renderText } from '../../../src/inspect/index.ts'
import { integer, octetString, oid, sequence, tlv } from '../der.ts'
import { type CertificateSpec, type ExtensionSpec, keyPair, type Minted, mint } from '../mint.ts'
import { valueIn } from '../refusal.ts'

/** What growing certificates are made of, and a reader of everything in them. */

export const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
export const leafKey = keyPair('p256', 1)
export const caKey = keyPair('p256', 2)
/** A CA without key identifiers. */
export const bare = { ca: true, subjectKeyId: false, authorityKeyId: false } as const

export function leaf(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'CN=leaf', ...spec }, issuer)
}

/** Makes so many of something; a fraction counts as one more. */
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: Math.ceil(count) }, (_, i) => make(i))

/** Runs every function that reads a whole certificate. */
export function everyReader(der: Uint8Array): string {
  const certificate = valueIn(parseCertificate(der))
  return [
    JSON.stringify(certificate),
    renderText(der),
    lintCertificate(der).findings.length,
    spiffeIdOf(certificate).ok,
    matchIdentity(certificate, { dns: 'a', uri: 'b:c', email: 'd@e' }).ok,
  ].join(' ')
}

/** RSA keys that differ in the middle of their moduli only. */
export function rsaKey(bytes: number, i: number): Uint8Array {
  const modulus = new Uint8Array(bytes).fill(0xa5)
  modulus[bytes - 2] = i
  modulus[bytes - 3] = i >> 8
  const key = sequence(tlv(2, [0], modulus), integer(65537))
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), [5, 0]), tlv(3, [0], key))
}

/** An extension that has about so many bytes. */
export function filler(size: number): readonly ExtensionSpec[] {
  return [{ oid: '1.2.3.4', value: octetString(new Uint8Array(size)) }]
}

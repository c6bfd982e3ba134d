import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import {
  buildTruststore,
  type Policy,
  profiles,
  pureSignatures,
  type SignatureBackend,
  type Verdict,
  verifyChain,
} from '../../src/index.ts'
import { extensionOids } from '../support/extensions.ts'
import { algorithmIdentifier, keyIdOf } from '../support/keys.ts'
import { type CertificateSpec, type KeyPair, keyPair, mint } from '../support/mint.ts'
import { bystander } from './generate.ts'
import type { Call, Certificate, Extension, Hash, Key, KeyPurpose } from './model.ts'

/** Mints what the specification judges as plain data, and asks the library. Signatures are node:crypto's. */

function keyPairOf({ kind, slot }: Key): KeyPair {
  return keyPair(kind, 15_000 + slot)
}

const purposeNames: Readonly<Record<KeyPurpose, string>> = {
  clientAuth: 'clientAuth',
  serverAuth: 'serverAuth',
  codeSigning: 'codeSigning',
  any: 'anyExtendedKeyUsage',
}

type ExtensionField = {
  [Field in keyof Certificate]-?: NonNullable<Certificate[Field]> extends Extension<unknown> ? Field : never
}[keyof Certificate]

function criticalOf(certificate: Certificate): CertificateSpec['critical'] {
  const fields = Object.keys(extensionOids).filter((name) => certificate[name as ExtensionField] !== undefined)
  return Object.fromEntries(fields.map((name) => [name, certificate[name as ExtensionField]!.critical]))
}

/** DER NULL: a value that is well-formed whatever the extension means. */
const nothing = Uint8Array.of(5, 0)

function specOf(certificate: Certificate): CertificateSpec {
  const { serial, subject, issuer, key, signedBy, hash, authorityKeyId, notBefore, notAfter } = certificate
  const { basicConstraints, unknown } = certificate
  return {
    serial: BigInt(serial),
    subject,
    issuer,
    key: keyPairOf(key),
    signWith: keyPairOf(signedBy),
    authorityKeyId: authorityKeyId !== undefined && keyIdOf(keyPairOf(authorityKeyId).spki),
    hash,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    ca: basicConstraints?.value.ca,
    pathLength: basicConstraints?.value.pathLength,
    keyUsage: certificate.keyUsage?.value ?? [],
    extendedKeyUsage: certificate.extendedKeyUsage?.value.map((purpose) => purposeNames[purpose]) ?? [],
    subjectAltNames: certificate.subjectAltName?.value,
    nameConstraints: certificate.nameConstraints?.value,
    certificatePolicies: certificate.certificatePolicies?.value,
    policyMappings: certificate.policyMappings?.value,
    policyConstraints: certificate.policyConstraints?.value,
    inhibitAnyPolicy: certificate.inhibitAnyPolicy?.value,
    extensions: unknown === undefined ? [] : [{ oid: '1.3.6.1.4.1.99999.15', critical: unknown.critical, value: nothing }],
    critical: criticalOf(certificate),
  }
}

const publicKeys = new Map<string, KeyObject>()

function publicKeyOf(spki: Uint8Array): KeyObject {
  const name = Buffer.from(spki).toString('latin1')
  const known = publicKeys.get(name) ?? createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  publicKeys.set(name, known)
  return known
}

const hashes: readonly Hash[] = ['sha1', 'sha256', 'sha384']

/** Refuses the keys that the library's own backend refuses, and lets node:crypto compute, which is ten times as fast. */
const nodeCrypto: SignatureBackend = {
  name: 'node:crypto',
  importKey(spki) {
    if (pureSignatures.importKey(spki) === undefined) return undefined
    const publicKey = publicKeyOf(spki)
    const pair = keyPair(publicKey.asymmetricKeyType === 'rsa' ? 'rsa2048' : 'p256')
    return {
      verify(algorithm, data, signature) {
        const hash = hashes.find((name) => Buffer.compare(algorithmIdentifier(pair, name, false), algorithm) === 0)
        return hash !== undefined && verify(hash, data, publicKey, signature)
      },
    }
  },
}

const bystanderDer = mint(specOf(bystander)).der

/** The library's verdict on the same call. */
export function verdictOf(call: Call): Verdict {
  const policy: Policy = { ...profiles.apiGateway, ...call.policy, conformance: 'practical', purpose: 'any' }
  const minted = new Map([[bystander.serial, bystanderDer]])
  const derOf = (certificate: Certificate): Uint8Array => {
    const known = minted.get(certificate.serial) ?? mint(specOf(certificate)).der
    minted.set(certificate.serial, known)
    return known
  }
  const store = buildTruststore(call.listed.map(derOf), { policy, at: call.at, signatures: nodeCrypto })
  const { at, purpose, serverName, policies } = call
  return verifyChain(store, call.presented.map(derOf), {
    at,
    purpose,
    ...(serverName === undefined ? {} : { serverName }),
    ...(policies === undefined ? {} : { certificatePolicies: policies }),
  })
}

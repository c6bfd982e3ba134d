import { createHash } from 'node:crypto'
import { bits, contextConstructed, contextPrimitive, encode, integer, type Node, raw, sequence, time } from './asn1.ts'
import type { DistributionPointSpec, ExtensionName, ExtensionSpec } from './extensions.ts'
import * as extension from './extensions.ts'
import { algorithmIdentifier, defaultHash, type HashName, isRsa, type KeyPair, keyIdOf, keyPair, signBytes } from './keys.ts'
import { type GeneralNameSpec, type NameSpec, nameNode } from './names.ts'
import { pemOf } from './pem.ts'

export type { DistributionPointSpec, ExtensionSpec } from './extensions.ts'
export { type HashName, type KeyKind, type KeyPair, keyOf, keyPair, privateKeyPem } from './keys.ts'
export { type CrlSpec, mintCrl } from './mint-crl.ts'
export type { GeneralNameSpec, NameSpec } from './names.ts'

/**
 * The fields of a certificate. Absent ones get what a good CA would write. An empty list leaves the
 * extension out; write wrong or empty values through `extensions`.
 */
export interface CertificateSpec {
  readonly subject?: NameSpec
  readonly issuer?: NameSpec
  readonly key?: KeyPair
  /** DER of the SubjectPublicKeyInfo, in place of the key's. */
  readonly spki?: Uint8Array
  /** A number, or the content octets of the INTEGER. */
  readonly serial?: bigint | Uint8Array
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** DER of the whole Validity, in place of the dates. */
  readonly validity?: Uint8Array
  readonly hash?: HashName
  readonly pss?: boolean
  readonly version?: 1 | 2 | 3
  /** Absent: no basicConstraints; false: an empty extension. */
  readonly ca?: boolean
  readonly pathLength?: number
  readonly keyUsage?: readonly string[]
  /** Names such as `clientAuth`, or OIDs. */
  readonly extendedKeyUsage?: readonly string[]
  readonly subjectAltNames?: readonly GeneralNameSpec[]
  readonly issuerAltNames?: readonly GeneralNameSpec[]
  readonly subjectKeyId?: boolean | Uint8Array
  readonly authorityKeyId?: boolean | Uint8Array
  readonly nameConstraints?: { readonly permitted?: readonly GeneralNameSpec[]; readonly excluded?: readonly GeneralNameSpec[] }
  readonly certificatePolicies?: readonly string[]
  readonly policyMappings?: readonly (readonly [issuerDomain: string, subjectDomain: string])[]
  readonly policyConstraints?: { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number }
  readonly inhibitAnyPolicy?: number
  readonly crlDistributionPoints?: readonly (string | DistributionPointSpec)[]
  /** Writes the list of extensions even if it has none. */
  readonly emptyExtensions?: boolean
  /** Added after the others, as they are. */
  readonly extensions?: readonly ExtensionSpec[]
  /** Overrides of what RFC 5280 says about criticality. */
  readonly critical?: Readonly<Partial<Record<ExtensionName, boolean | Uint8Array>>>
  readonly issuerUniqueId?: Uint8Array
  readonly subjectUniqueId?: Uint8Array
  /** Changes the TBSCertificate before it is signed. */
  readonly bendTbs?: (der: Uint8Array) => Uint8Array
  /** Changes the certificate after it is signed. */
  readonly bend?: (der: Uint8Array) => Uint8Array
  /** DER of the AlgorithmIdentifier, outside and (unless that is given too) inside. */
  readonly signatureAlgorithm?: Uint8Array
  readonly tbsSignatureAlgorithm?: Uint8Array
  /** Signed by this key in place of the issuer's. */
  readonly signWith?: KeyPair
  /** The signature's bytes, or what makes them from the TBSCertificate. */
  readonly signature?: Uint8Array | ((tbs: Uint8Array) => Uint8Array)
}

export interface Minted {
  readonly der: Uint8Array
  readonly pem: string
  readonly key: KeyPair
  readonly subject: NameSpec
  /** Content octets of the serial number's INTEGER. */
  readonly serial: Uint8Array
  /** The subject key identifier; undefined where there is none. */
  readonly keyId: Uint8Array | undefined
  readonly spec: CertificateSpec
}

const day = 86_400_000
let minted = 0

/** One for all, so that no certificate outlives an issuer that was minted a second before. */
const now = Math.floor(Date.now() / 1000) * 1000

/** Makes a certificate, self-signed unless an issuer is given. Serial numbers and default keys differ every time. */
export function mint(spec: CertificateSpec, issuer?: Minted): Minted {
  const number = ++minted
  const key = spec.key ?? keyPair('p256', 1000 + number)
  const subject = spec.subject ?? `O=Portcullis Test,CN=${spec.ca === true ? 'CA' : 'client'} ${number}`
  const signer = spec.signWith ?? issuer?.key ?? key
  const hash = spec.hash ?? defaultHash(signer.kind)
  const pss = spec.pss === true && isRsa(signer.kind)
  const algorithm = spec.signatureAlgorithm ?? algorithmIdentifier(signer, hash, pss)
  const keyId = subjectKeyIdOf(spec, key)
  const serial = encode(integer(spec.serial ?? serialOf(number)))
  const extensions = extensionsOf(spec, keyId, issuer === undefined ? keyId : issuer.keyId)
  const version = spec.version ?? 3
  const spki = spec.spki ?? key.spki
  const unbent = encode(
    sequence(
      version === 1 ? undefined : contextConstructed(0, integer(version - 1)),
      raw(serial),
      raw(spec.tbsSignatureAlgorithm ?? algorithm),
      nameNode(spec.issuer ?? issuer?.subject ?? subject),
      spec.validity === undefined
        ? sequence(time(spec.notBefore ?? new Date(now - day)), time(spec.notAfter ?? new Date(now + 365 * day)))
        : raw(spec.validity),
      nameNode(subject),
      raw(spki),
      uniqueId(1, spec.issuerUniqueId),
      uniqueId(2, spec.subjectUniqueId),
      extensions.length === 0 && spec.emptyExtensions !== true
        ? undefined
        : contextConstructed(3, sequence(...extensions.map(extension.extensionNode))),
    ),
  )
  const tbs = spec.bendTbs?.(unbent) ?? unbent
  const signature =
    spec.signature === undefined
      ? signBytes(signer, hash, pss, tbs)
      : spec.signature instanceof Uint8Array
        ? spec.signature
        : spec.signature(tbs)
  const straight = encode(sequence(raw(tbs), raw(algorithm), bits(signature)))
  const der = spec.bend?.(straight) ?? straight
  return { der, pem: pemOf('CERTIFICATE', der), key, subject, serial: serial.subarray(2), keyId, spec }
}

/** 16 octets that look random and are the same in every run: positive, without a padding octet. */
function serialOf(number: number): Uint8Array {
  const bytes = new Uint8Array(createHash('sha256').update(`serial ${number}`).digest().subarray(0, 16))
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes
}

function subjectKeyIdOf(spec: CertificateSpec, key: KeyPair): Uint8Array | undefined {
  if (spec.subjectKeyId instanceof Uint8Array) return spec.subjectKeyId
  const wanted = spec.subjectKeyId ?? (spec.version ?? 3) === 3
  return wanted ? keyIdOf(spec.spki === undefined ? key.spki : spec.spki) : undefined
}

function uniqueId(tag: number, content: Uint8Array | undefined): Node | undefined {
  return content === undefined ? undefined : contextPrimitive(tag, Uint8Array.from([0, ...content]))
}

/** The extensions in the order in which OpenSSL writes them; none by default before version 3. */
function extensionsOf(
  spec: CertificateSpec,
  keyId: Uint8Array | undefined,
  issuerKeyId: Uint8Array | undefined,
): readonly ExtensionSpec[] {
  const list: ExtensionSpec[] = []
  const add = (name: ExtensionName, critical: boolean | Uint8Array, value: Uint8Array | undefined): void => {
    if (value !== undefined) list.push({ oid: extension.extensionOids[name], critical: spec.critical?.[name] ?? critical, value })
  }
  const some = <T>(items: readonly T[] | undefined, write: (items: readonly T[]) => Uint8Array): Uint8Array | undefined =>
    items === undefined || items.length === 0 ? undefined : write(items)
  const modern = (spec.version ?? 3) === 3
  const isCa = spec.ca === true
  if (spec.ca !== undefined && modern) add('basicConstraints', isCa, extension.basicConstraints(isCa, spec.pathLength))
  const usage = spec.keyUsage ?? (modern ? (isCa ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']) : [])
  add('keyUsage', true, some(usage, extension.keyUsage))
  add(
    'extendedKeyUsage',
    false,
    some(spec.extendedKeyUsage ?? (modern && !isCa ? ['clientAuth'] : []), extension.extendedKeyUsage),
  )
  if (keyId !== undefined) add('subjectKeyId', false, extension.subjectKeyId(keyId))
  const authority =
    spec.authorityKeyId instanceof Uint8Array ? spec.authorityKeyId : (spec.authorityKeyId ?? modern) ? issuerKeyId : undefined
  if (authority !== undefined) add('authorityKeyId', false, extension.authorityKeyId(authority))
  const emptySubject = spec.subject !== undefined && spec.subject.length === 0
  add('subjectAltName', emptySubject, some(spec.subjectAltNames, extension.generalNames))
  add('issuerAltName', false, some(spec.issuerAltNames, extension.generalNames))
  if (spec.nameConstraints !== undefined) {
    const { permitted = [], excluded = [] } = spec.nameConstraints
    add('nameConstraints', true, extension.nameConstraints(permitted, excluded))
  }
  add('crlDistributionPoints', false, some(spec.crlDistributionPoints, extension.crlDistributionPoints))
  add('certificatePolicies', false, some(spec.certificatePolicies, extension.certificatePolicies))
  add('policyMappings', true, some(spec.policyMappings, extension.policyMappings))
  if (spec.policyConstraints !== undefined) {
    const { requireExplicitPolicy, inhibitPolicyMapping } = spec.policyConstraints
    add('policyConstraints', true, extension.policyConstraints(requireExplicitPolicy, inhibitPolicyMapping))
  }
  if (spec.inhibitAnyPolicy !== undefined) add('inhibitAnyPolicy', true, encode(integer(spec.inhibitAnyPolicy)))
  return [...list, ...(spec.extensions ?? [])]
}

import type { DistributionPoint, RevocationInputs } from './list-model.ts'

/**
 * What the specification judges and the generator makes: certificates, a truststore and a call as plain data. Nothing here
 * is parsed, and nothing is shared with `src`. `realize.ts` mints the same data as DER for the library.
 */

export type Attribute = readonly [type: string, value: string]

/** A distinguished name in the order of its encoding, one attribute an RDN. */
export type Name = readonly Attribute[]

/**
 * The forms of RFC 5280 4.2.1.6, well-formed. An `ip` of a subtree has its mask as a prefix length: `192.0.2.0/24`. A
 * `registeredId` stands for the forms that nobody compares.
 */
export type GeneralName =
  | { readonly dns: string }
  /** `isInSubject`: the value of an attribute, which constraints bind like a name. */
  | { readonly email: string; readonly isInSubject?: true }
  | { readonly uri: string }
  | { readonly ip: string }
  | { readonly directory: Name }
  | { readonly registeredId: string }

export type KeyKind = 'p256' | 'p384' | 'p521' | 'rsa1024' | 'rsa2048' | 'rsa3072' | 'rsa4096'

/** Two keys are the same key if both fields are equal. */
export interface Key {
  readonly kind: KeyKind
  readonly slot: number
}

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** A decoded extension; absent where the certificate does not have it. */
export interface Extension<Value> {
  readonly critical: boolean
  readonly value: Value
}

export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength?: number
}

export type KeyUsage = 'digitalSignature' | 'keyEncipherment' | 'keyAgreement' | 'keyCertSign' | 'cRLSign'

export type KeyPurpose = 'clientAuth' | 'serverAuth' | 'codeSigning' | 'any'

export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

/** A policy's dotted OID. */
export type PolicyId = string

export const anyPolicy: PolicyId = '2.5.29.32.0'

export interface PolicyConstraints {
  readonly requireExplicitPolicy?: number
  readonly inhibitPolicyMapping?: number
}

export type PolicyMapping = readonly [issuerDomain: PolicyId, subjectDomain: PolicyId]

/**
 * Deviations of docs/reference/deviations.md, one of each kind that a clause tells apart. `critical`: every critical flag is written
 * as 01 or 00. `emptyAltName`, `unreadablePoints` and `unreadablePolicies`: the extension is there, without a name or with a fault.
 */
export type Deviation = 'ecdsaNull' | 'critical' | 'emptyAltName' | 'unreadablePoints' | 'unreadablePolicies'

export interface Certificate {
  /** Two certificates are the same certificate if their serials are equal: serials are unique within a {@link Call}. */
  readonly serial: number
  readonly subject: Name
  readonly issuer: Name
  readonly key: Key
  /** The key that made the signature, whatever the issuer's name says. */
  readonly signedBy: Key
  readonly hash: Hash
  /** An RSA signature with PSS (RFC 8017 8.1), whose mask uses the same hash, in place of PKCS #1 v1.5. */
  readonly pss?: true
  /** Absent: 3. A version 1 certificate has no extensions. */
  readonly version?: 1
  /** The key whose identifier authorityKeyIdentifier has, which may be a lie. */
  readonly authorityKeyId?: Extension<Key>
  /** The identifier of the certificate's own key. */
  readonly subjectKeyId?: Extension<undefined>
  /** Milliseconds since the epoch, whole seconds. */
  readonly notBefore: number
  readonly notAfter: number
  readonly basicConstraints?: Extension<BasicConstraints>
  readonly keyUsage?: Extension<readonly KeyUsage[]>
  readonly extendedKeyUsage?: Extension<readonly KeyPurpose[]>
  readonly subjectAltName?: Extension<readonly GeneralName[]>
  readonly nameConstraints?: Extension<NameConstraints>
  readonly certificatePolicies?: Extension<readonly PolicyId[]>
  readonly policyMappings?: Extension<readonly PolicyMapping[]>
  readonly policyConstraints?: Extension<PolicyConstraints>
  readonly inhibitAnyPolicy?: Extension<number>
  readonly crlDistributionPoints?: Extension<readonly DistributionPoint[]>
  /** An extension that nobody knows. */
  readonly unknown?: Extension<undefined>
  /** A deviation from DER; see `deviations.ts`. */
  readonly deviation?: Deviation
}

/** The fields of the library's `Policy` that the specification has clauses for; the budget is never exhausted. */
export interface PathPolicy {
  readonly trust: 'roots' | 'every-ca' | 'every-certificate'
  readonly intermediates: 'truststore' | 'presented'
  readonly maxChainLength: number
  readonly minRsaBits: number
  readonly maxRsaBits: number
  readonly curves: readonly ('P-256' | 'P-384')[]
  readonly hashes: readonly ('sha256' | 'sha384' | 'sha512')[]
  readonly requireEku: boolean
  readonly checkAnchorValidity: boolean
  readonly enforceAnchorConstraints: boolean
  readonly version1Roots: boolean
  readonly conformance: 'practical' | 'strict' | 'web-pki'
}

export type Purpose = 'client' | 'server' | 'any'

/** RFC 5280 6.1.1 (c) and (e) to (g). */
export interface PolicyInputs {
  readonly initialPolicies: readonly PolicyId[]
  readonly requireExplicitPolicy: boolean
  readonly inhibitPolicyMapping: boolean
  readonly inhibitAnyPolicy: boolean
}

/** Everything that a verdict depends on. */
export interface Call {
  readonly listed: readonly Certificate[]
  /** Leaf first. */
  readonly presented: readonly [leaf: Certificate, ...others: Certificate[]]
  readonly policy: PathPolicy
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly purpose: Purpose
  /** A transition of purpose `client`: until when extendedKeyUsages may allow `server` instead, on the whole path. */
  readonly transitionEnd?: number
  /** What extendedKeyUsages must allow, if it is not `purpose`. */
  readonly keyPurpose?: Purpose
  readonly serverName?: string
  readonly policies?: PolicyInputs
  /** Absent: revocation is not checked. */
  readonly revocation?: RevocationInputs
  /** Options whose values are the documented defaults are left out, and others written another way. No verdict depends on it. */
  readonly omitsDefaults?: true
}

/** A certification path, leaf first and the anchor's certificate last; a pinned leaf is alone. */
export type Path = readonly [leaf: Certificate, ...issuers: Certificate[]]

export function sameKey(a: Key, b: Key): boolean {
  return a.kind === b.kind && a.slot === b.slot
}

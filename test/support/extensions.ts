import {
  bits,
  boolean,
  contextConstructed,
  contextPrimitive,
  encode,
  integer,
  type Node,
  namedBits,
  octets,
  oid,
  raw,
  sequence,
} from './asn1.ts'
import { type GeneralNameSpec, generalNameNode, type NameSpec, nameNode } from './names.ts'

/** Values of the extensions of RFC 5280, each as DER. */

export interface ExtensionSpec {
  /** Dotted, or its DER. */
  readonly oid: string | Uint8Array
  /** Or DER of the element. */
  readonly critical?: boolean | Uint8Array
  /** DER of the value: what goes inside the OCTET STRING. */
  readonly value: Uint8Array
}

export interface DistributionPointSpec {
  readonly uri?: string
  readonly fullName?: readonly GeneralNameSpec[]
  /** The attributes of the one RDN, such as `CN=crl1`. */
  readonly relative?: NameSpec
  /** Bits of ReasonFlags: 1 keyCompromise, 2 cACompromise, 3 affiliationChanged … */
  readonly reasons?: readonly number[]
  readonly crlIssuer?: NameSpec
}

export interface IssuingDistributionPointSpec {
  readonly uri?: string
  readonly fullName?: readonly GeneralNameSpec[]
  readonly relative?: NameSpec
  readonly onlyContainsUserCerts?: boolean
  readonly onlyContainsCaCerts?: boolean
  readonly onlyContainsAttributeCerts?: boolean
  readonly onlySomeReasons?: readonly number[]
  readonly indirect?: boolean
}

export const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
} as const

export type ExtensionName = keyof typeof extensionOids

const keyUsageBits = [
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

const purposeOids: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  anyExtendedKeyUsage: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
}

export function extensionNode({ oid: id, critical, value }: ExtensionSpec): Node {
  const flag = critical instanceof Uint8Array ? raw(critical) : critical === true ? boolean(true) : undefined
  return sequence(typeof id === 'string' ? oid(id) : raw(id), flag, octets(value))
}

export function basicConstraints(ca: boolean, pathLength?: number): Uint8Array {
  return encode(sequence(ca ? boolean(true) : undefined, pathLength === undefined ? undefined : integer(pathLength)))
}

export function keyUsage(names: readonly string[]): Uint8Array {
  const indexes = names.map((name) => {
    const index = keyUsageBits.indexOf(name)
    if (index < 0) throw new Error(`no key usage ${name}`)
    return index
  })
  const { content, unusedBits } = namedBits(indexes)
  return encode(bits(content, unusedBits))
}

export function extendedKeyUsage(purposes: readonly string[]): Uint8Array {
  return encode(sequence(...purposes.map((purpose) => oid(purposeOids[purpose] ?? purpose))))
}

export function generalNames(names: readonly GeneralNameSpec[]): Uint8Array {
  return encode(sequence(...names.map(generalNameNode)))
}

export function subjectKeyId(id: Uint8Array): Uint8Array {
  return encode(octets(id))
}

export function authorityKeyId(id: Uint8Array): Uint8Array {
  return encode(sequence(contextPrimitive(0, id)))
}

export function nameConstraints(permitted: readonly GeneralNameSpec[], excluded: readonly GeneralNameSpec[]): Uint8Array {
  const subtrees = (tag: number, names: readonly GeneralNameSpec[]): Node | undefined =>
    names.length === 0 ? undefined : contextConstructed(tag, ...names.map((name) => sequence(generalNameNode(name))))
  return encode(sequence(subtrees(0, permitted), subtrees(1, excluded)))
}

export function certificatePolicies(policies: readonly string[]): Uint8Array {
  return encode(sequence(...policies.map((policy) => sequence(oid(policy)))))
}

export function policyMappings(mappings: readonly (readonly [string, string])[]): Uint8Array {
  return encode(sequence(...mappings.map(([from, to]) => sequence(oid(from), oid(to)))))
}

export function policyConstraints(requireExplicitPolicy?: number, inhibitPolicyMapping?: number): Uint8Array {
  const skip = (tag: number, value: number | undefined): Node | undefined =>
    value === undefined ? undefined : contextPrimitive(tag, encode(integer(value)).subarray(2))
  return encode(sequence(skip(0, requireExplicitPolicy), skip(1, inhibitPolicyMapping)))
}

function pointName(uri?: string, fullName?: readonly GeneralNameSpec[], relative?: NameSpec): Node | undefined {
  const names = fullName ?? (uri === undefined ? undefined : [{ uri }])
  if (names !== undefined) return contextConstructed(0, contextConstructed(0, ...names.map(generalNameNode)))
  if (relative === undefined) return undefined
  // A Name of one RDN is SEQUENCE { SET { … } }: what is wanted is the SET's content under another tag.
  const rdn = encode(nameNode(relative)).subarray(2)
  return contextConstructed(0, contextConstructed(1, raw(rdn.subarray(2))))
}

function reasonFlags(tag: number, reasons: readonly number[] | undefined): Node | undefined {
  if (reasons === undefined) return undefined
  const { content, unusedBits } = namedBits(reasons)
  return contextPrimitive(tag, Uint8Array.from([unusedBits, ...content]))
}

export function crlDistributionPoints(points: readonly (string | DistributionPointSpec)[]): Uint8Array {
  return encode(
    sequence(
      ...points.map((point) => {
        const { uri, fullName, relative, reasons, crlIssuer } =
          typeof point === 'string' ? ({ uri: point } as DistributionPointSpec) : point
        const issuer = crlIssuer === undefined ? undefined : contextConstructed(2, contextConstructed(4, nameNode(crlIssuer)))
        return sequence(pointName(uri, fullName, relative), reasonFlags(1, reasons), issuer)
      }),
    ),
  )
}

export function issuingDistributionPoint(idp: IssuingDistributionPointSpec): Uint8Array {
  const flag = (tag: number, value: boolean | undefined): Node | undefined =>
    value === true ? contextPrimitive(tag, Uint8Array.of(0xff)) : undefined
  return encode(
    sequence(
      pointName(idp.uri, idp.fullName, idp.relative),
      flag(1, idp.onlyContainsUserCerts),
      flag(2, idp.onlyContainsCaCerts),
      reasonFlags(3, idp.onlySomeReasons),
      flag(4, idp.indirect),
      flag(5, idp.onlyContainsAttributeCerts),
    ),
  )
}

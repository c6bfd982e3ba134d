import { bits, contextConstructed, contextPrimitive, encode, integer, type Node, primitive, raw, sequence, time } from './asn1.ts'
import {
  authorityKeyId,
  type ExtensionSpec,
  extensionNode,
  extensionOids,
  generalNames,
  type IssuingDistributionPointSpec,
  issuingDistributionPoint,
} from './extensions.ts'
import { algorithmIdentifier, defaultHash, type HashName, isRsa, type KeyPair, signBytes } from './keys.ts'
import type { Minted } from './mint.ts'
import { type NameSpec, nameNode } from './names.ts'
import { pemOf } from './pem.ts'

/** One entry of a revocation list. */
interface RevokedSpec {
  /** A number, or the content octets of the INTEGER, such as `Minted.serial`. */
  readonly serial: bigint | Uint8Array
  readonly date?: Date
  /** The number of RFC 5280 5.3.1: 1 keyCompromise, 6 certificateHold, 8 removeFromCRL. */
  readonly reason?: number
  /** Adds a critical entry extension that nobody knows. */
  readonly critical?: boolean
  /** For indirect lists. */
  readonly certificateIssuer?: NameSpec
  readonly extensions?: readonly ExtensionSpec[]
}

export interface CrlSpec {
  readonly issuer: Pick<Minted, 'key' | 'subject' | 'keyId'>
  /** In place of the issuer's subject. */
  readonly issuerName?: NameSpec
  readonly revoked?: readonly RevokedSpec[]
  /** Writes the list of entries even if it is empty. */
  readonly emptyRevoked?: boolean
  readonly thisUpdate?: Date
  /** null: absent. */
  readonly nextUpdate?: Date | null
  /** null: absent. */
  readonly crlNumber?: bigint | number | null
  readonly authorityKeyId?: boolean | Uint8Array
  /** The BaseCRLNumber that makes it a delta list. */
  readonly deltaBase?: bigint | number
  readonly idp?: IssuingDistributionPointSpec
  readonly extensions?: readonly ExtensionSpec[]
  readonly hash?: HashName
  readonly pss?: boolean
  readonly version?: 1 | 2
  readonly signWith?: KeyPair
  /** DER of the AlgorithmIdentifier, outside and (unless that is given too) inside. */
  readonly signatureAlgorithm?: Uint8Array
  readonly tbsSignatureAlgorithm?: Uint8Array
  readonly bendTbs?: (der: Uint8Array) => Uint8Array
  readonly bend?: (der: Uint8Array) => Uint8Array
}

interface MintedCrl {
  readonly der: Uint8Array
  readonly pem: string
}

const day = 86_400_000

/** Makes a revocation list: from one day ago to one week ahead, number 1, unless told otherwise. */
export function mintCrl(spec: CrlSpec): MintedCrl {
  const { issuer } = spec
  const signer = spec.signWith ?? issuer.key
  const hash = spec.hash ?? defaultHash(signer.kind)
  const pss = spec.pss === true && isRsa(signer.kind)
  const algorithm = spec.signatureAlgorithm ?? algorithmIdentifier(signer, hash, pss)
  const now = Math.floor(Date.now() / 1000) * 1000
  const nextUpdate = spec.nextUpdate === undefined ? new Date(now + 7 * day) : spec.nextUpdate
  const version = spec.version ?? 2
  const revoked = spec.revoked ?? []
  const extensions = version === 1 ? (spec.extensions ?? []) : extensionsOf(spec)
  const unbent = encode(
    sequence(
      version === 1 ? undefined : integer(1),
      raw(spec.tbsSignatureAlgorithm ?? algorithm),
      nameNode(spec.issuerName ?? issuer.subject),
      time(spec.thisUpdate ?? new Date(now - day)),
      nextUpdate === null ? undefined : time(nextUpdate),
      revoked.length === 0 && spec.emptyRevoked !== true
        ? undefined
        : sequence(...revoked.map((entry) => entryNode(entry, new Date(now - day)))),
      extensions.length === 0 ? undefined : contextConstructed(0, sequence(...extensions.map(extensionNode))),
    ),
  )
  const tbs = spec.bendTbs?.(unbent) ?? unbent
  const straight = encode(sequence(raw(tbs), raw(algorithm), bits(signBytes(signer, hash, pss, tbs))))
  const der = spec.bend?.(straight) ?? straight
  return { der, pem: pemOf('X509 CRL', der) }
}

function extensionsOf(spec: CrlSpec): readonly ExtensionSpec[] {
  const list: ExtensionSpec[] = []
  const wanted = spec.authorityKeyId ?? true
  const keyId = wanted instanceof Uint8Array ? wanted : wanted ? spec.issuer.keyId : undefined
  if (keyId !== undefined) list.push({ oid: extensionOids.authorityKeyId, value: authorityKeyId(keyId) })
  const number = spec.crlNumber === undefined ? 1n : spec.crlNumber
  if (number !== null) list.push({ oid: extensionOids.crlNumber, value: encode(integer(number)) })
  if (spec.deltaBase !== undefined) {
    list.push({ oid: extensionOids.deltaCrlIndicator, critical: true, value: encode(integer(spec.deltaBase)) })
  }
  if (spec.idp !== undefined) {
    list.push({ oid: extensionOids.issuingDistributionPoint, critical: true, value: issuingDistributionPoint(spec.idp) })
  }
  return [...list, ...(spec.extensions ?? [])]
}

function entryNode(entry: RevokedSpec, defaultDate: Date): Node {
  const list: ExtensionSpec[] = []
  if (entry.reason !== undefined) {
    list.push({ oid: extensionOids.reasonCode, value: encode(primitive(10, Uint8Array.of(entry.reason))) })
  }
  if (entry.certificateIssuer !== undefined) {
    const value = generalNames([{ directory: entry.certificateIssuer }])
    list.push({ oid: extensionOids.certificateIssuer, critical: true, value })
  }
  if (entry.critical === true) {
    list.push({ oid: '1.3.6.1.4.1.99999.1', critical: true, value: encode(contextPrimitive(0, new Uint8Array())) })
  }
  list.push(...(entry.extensions ?? []))
  const extensions = list.length === 0 ? undefined : sequence(...list.map(extensionNode))
  return sequence(integer(entry.serial), time(entry.date ?? defaultDate), extensions)
}

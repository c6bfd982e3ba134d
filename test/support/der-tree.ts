import { fromBER } from 'asn1js'
import { encodeElement } from '../../src/der/encode.ts'

/**
 * The elements of a certificate or revocation list as asn1js sees them, so that a test can change any one of them and keep
 * the lengths around it right. All are ranges of the same bytes.
 */
export interface DerNode {
  /** Indexes and context tags from the top, such as `0/[1]`; inside an extension that is decoded, from its name. */
  readonly path: string
  /** The identifier octet. */
  readonly tag: number
  /** Header and content. */
  readonly der: Uint8Array
  readonly content: Uint8Array
  /** The elements inside; undefined for primitive or opaque content. */
  readonly children: readonly DerNode[] | undefined
}

/** Extensions that portcullis decodes, by the content octets of their OID in hexadecimal. The others are opaque to it. */
const decodedExtensions: Readonly<Record<string, string>> = {
  '551d0e': 'subjectKeyIdentifier',
  '551d0f': 'keyUsage',
  '551d11': 'subjectAltName',
  '551d12': 'issuerAltName',
  '551d13': 'basicConstraints',
  '551d14': 'cRLNumber',
  '551d15': 'reasonCode',
  '551d18': 'invalidityDate',
  '551d1b': 'deltaCRLIndicator',
  '551d1c': 'issuingDistributionPoint',
  '551d1d': 'certificateIssuer',
  '551d1e': 'nameConstraints',
  '551d1f': 'cRLDistributionPoints',
  '551d20': 'certificatePolicies',
  '551d21': 'policyMappings',
  '551d23': 'authorityKeyIdentifier',
  '551d24': 'policyConstraints',
  '551d25': 'extKeyUsage',
  '551d2e': 'freshestCRL',
  '551d36': 'inhibitAnyPolicy',
  '2b06010505070101': 'authorityInfoAccess',
  '2b0601050507010b': 'subjectInfoAccess',
}

export const decodedExtensionNames: readonly string[] = Object.values(decodedExtensions)

export function derTree(der: Uint8Array, path = ''): DerNode {
  const { result, offset } = fromBER(der)
  if (offset !== der.length) throw new Error(`asn1js: ${result.error || 'bytes are left over'}`)
  const tag = der[0]!
  const content = der.subarray(result.idBlock.blockLength + result.lenBlock.blockLength)
  if ((tag & 0x20) === 0) return { path, tag, der, content, children: undefined }
  const children: DerNode[] = []
  for (let at = 0; at < content.length; ) {
    const end = fromBER(content.subarray(at)).offset + at
    if (end <= at) throw new Error('asn1js: an element is malformed')
    const label = (content[at]! & 0xc0) === 0x80 ? `[${content[at]! & 0x1f}]` : `${children.length}`
    children.push(derTree(content.subarray(at, end), path === '' ? label : `${path}/${label}`))
    at = end
  }
  return { path, tag, der, content, children: withExtensionValue(children) }
}

/** For the fields of a decoded extension: adds the element in its OCTET STRING. */
function withExtensionValue(fields: readonly DerNode[]): readonly DerNode[] {
  const [id, ...rest] = fields
  const value = rest.at(-1)
  if (id?.tag !== 0x06 || value?.tag !== 0x04 || rest.length > 2) return fields
  const name = decodedExtensions[Buffer.from(id.content).toString('hex')]
  if (name === undefined) return fields
  return [...fields.slice(0, -1), { ...value, children: [derTree(value.content, name)] }]
}

/** The tree in DER with one node replaced and all lengths corrected. */
export function rewritten(tree: DerNode, target: DerNode, replacement: Uint8Array): Uint8Array {
  if (tree === target) return replacement
  const child = tree.children?.find(({ der }) => startsBefore(der, target.der) && startsBefore(target.der, der, der.length))
  if (child === undefined) throw new Error(`${target.path} is not in the tree`)
  const at = child.der.byteOffset - tree.content.byteOffset
  const behind = tree.content.subarray(at + child.der.length)
  return encodeElement(tree.tag, tree.content.subarray(0, at), rewritten(child, target, replacement), behind)
}

function startsBefore(a: Uint8Array, b: Uint8Array, length = 1): boolean {
  return a.byteOffset < b.byteOffset + length
}

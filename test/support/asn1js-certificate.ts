import * as asn1js from 'asn1js'

/** A certificate as asn1js reads it, without any code of portcullis. */
export interface Asn1jsCertificate {
  readonly tbs: Uint8Array
  readonly version: number
  /** Lower-case hexadecimal of the INTEGER's content. */
  readonly serial: string
  readonly issuer: readonly Attribute[]
  readonly subject: readonly Attribute[]
  readonly notBefore: Date
  readonly notAfter: Date
  readonly spki: Uint8Array
  readonly extensions: ReadonlyMap<string, { readonly critical: boolean; readonly value: asn1js.AsnType }>
  readonly algorithm: Uint8Array
  readonly algorithmOid: string
  readonly signature: Uint8Array
}

/** One attribute of a name, with the index of its RDN. */
export interface Attribute {
  readonly rdn: number
  readonly oid: string
  readonly value: string
}

export function readWithAsn1js(der: Uint8Array): Asn1jsCertificate {
  const { result, offset } = asn1js.fromBER(der)
  if (offset !== der.length) throw new Error(`asn1js: ${result.error || 'bytes are left over'}`)
  const [tbs, algorithm, signature] = children(result)
  const fields = [...children(tbs!)]
  const version = isContext(fields[0], 0) ? Number((children(fields.shift()!)[0] as asn1js.Integer).toBigInt()) + 1 : 1
  const [serial, , issuer, validity, subject, spki] = fields
  const [notBefore, notAfter] = children(validity!) as asn1js.UTCTime[]
  const extensions = new Map<string, { critical: boolean; value: asn1js.AsnType }>()
  const list = fields.find((field) => isContext(field, 3))
  for (const extension of list === undefined ? [] : children(children(list)[0]!)) {
    const parts = children(extension)
    const value = asn1js.fromBER((parts.at(-1) as asn1js.OctetString).valueBlock.valueHexView).result
    extensions.set(oidOf(parts[0]!), { critical: parts.length === 3 && (parts[1] as asn1js.Boolean).getValue(), value })
  }
  return {
    tbs: bytesOf(tbs!),
    version,
    serial: hex((serial as asn1js.Integer).valueBlock.valueHexView),
    issuer: attributesOf(issuer!),
    subject: attributesOf(subject!),
    notBefore: notBefore!.toDate(),
    notAfter: notAfter!.toDate(),
    spki: bytesOf(spki!),
    extensions,
    algorithm: bytesOf(algorithm!),
    algorithmOid: oidOf(children(algorithm!)[0]!),
    signature: (signature as asn1js.BitString).valueBlock.valueHexView,
  }
}

export function children(node: asn1js.AsnType): readonly asn1js.AsnType[] {
  return (node as asn1js.Sequence).valueBlock.value as asn1js.AsnType[]
}

export function oidOf(node: asn1js.AsnType): string {
  return (node as asn1js.ObjectIdentifier).getValue()
}

export function hex(bytes: ArrayBuffer | Uint8Array): string {
  return Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString('hex')
}

/** The element's bytes in the decoded input. */
export function bytesOf(node: asn1js.AsnType): Uint8Array {
  return node.valueBeforeDecodeView
}

/** Numbers of the bits that are set in a BIT STRING. */
export function bitsOf(node: asn1js.AsnType): readonly number[] {
  const bytes = (node as asn1js.BitString).valueBlock.valueHexView
  return Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => (bytes[bit >> 3]! & (0x80 >> (bit & 7))) !== 0)
}

export function isContext(node: asn1js.AsnType | undefined, tagNumber: number): boolean {
  return node !== undefined && node.idBlock.tagClass === 3 && node.idBlock.tagNumber === tagNumber
}

function attributesOf(name: asn1js.AsnType): readonly Attribute[] {
  return children(name).flatMap((rdn, i) =>
    children(rdn).map((attribute) => {
      const [type, value] = children(attribute)
      return { rdn: i, oid: oidOf(type!), value: String((value as asn1js.Utf8String).getValue()) }
    }),
  )
}

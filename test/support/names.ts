import { BmpString, IA5String, PrintableString, UniversalString, Utf8String } from 'asn1js'
import { contextConstructed, contextPrimitive, encode, type Node, oid, primitive, raw, sequence, setOf } from './asn1.ts'

export type StringType = 'utf8' | 'printable' | 'ia5' | 'bmp' | 'universal' | 't61'

/** Short name or OID, value, and the ASN.1 type to write it in. */
export type AttributeSpec = readonly [type: string, value: string, asn1Type?: StringType]

/**
 * A distinguished name. Text: `C=US,O=b,CN=a` in DER order, `\,` for a comma in a value. Array: full control, where a
 * nested array of attributes is one multi-valued RDN. Bytes: DER of the Name.
 */
export type NameSpec = string | Uint8Array | readonly (AttributeSpec | readonly AttributeSpec[])[]

/** One GeneralName; an `ip` with `/24` or `/255.255.255.0` is an address with its mask, as name constraints want it. */
export type GeneralNameSpec =
  | { readonly dns: string }
  | { readonly ip: string | Uint8Array }
  | { readonly email: string }
  | { readonly uri: string }
  | { readonly directory: NameSpec }
  | { readonly other: { readonly oid: string; readonly value: Uint8Array } }
  | { readonly registeredId: string }
  /** DER of the GeneralName itself. */
  | { readonly raw: Uint8Array }

const attributeOids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  dnQualifier: '2.5.4.46',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** The string type that RFC 5280 appendix A gives an attribute; UTF8String where it leaves the choice. */
function usualType(type: string): StringType {
  if (type === 'C' || type === 'serialNumber' || type === 'dnQualifier') return 'printable'
  return type === 'DC' || type === 'emailAddress' ? 'ia5' : 'utf8'
}

export function stringNode(value: string, type: StringType): Node {
  switch (type) {
    case 'utf8':
      return new Utf8String({ value })
    case 'printable':
      return new PrintableString({ value })
    case 'ia5':
      return new IA5String({ value })
    case 'bmp':
      return new BmpString({ value })
    case 'universal':
      return new UniversalString({ value })
    case 't61':
      return primitive(20, Buffer.from(value, 'latin1'))
  }
}

export function nameNode(name: NameSpec): Node {
  if (name instanceof Uint8Array) return raw(name)
  const rdns = typeof name === 'string' ? parseName(name) : name
  return sequence(
    ...rdns.map((rdn) => {
      const attributes = isAttribute(rdn) ? [rdn] : rdn
      return setOf(
        ...attributes.map(([type, value, asn1Type]) =>
          sequence(oid(attributeOids[type] ?? type), stringNode(value, asn1Type ?? usualType(type))),
        ),
      )
    }),
  )
}

function isAttribute(rdn: AttributeSpec | readonly AttributeSpec[]): rdn is AttributeSpec {
  return typeof rdn[0] === 'string'
}

function parseName(text: string): readonly AttributeSpec[] {
  if (text === '') return []
  return (text.match(/(?:\\.|[^,\\])+/g) ?? []).map((part) => {
    const at = part.indexOf('=')
    if (at < 0) throw new Error(`no "=" in ${part}`)
    return [part.slice(0, at).trim(), part.slice(at + 1).replace(/\\(.)/g, '$1')]
  })
}

export function generalNameNode(name: GeneralNameSpec): Node {
  if ('dns' in name) return contextPrimitive(2, Buffer.from(name.dns, 'latin1'))
  if ('email' in name) return contextPrimitive(1, Buffer.from(name.email, 'latin1'))
  if ('uri' in name) return contextPrimitive(6, Buffer.from(name.uri, 'latin1'))
  if ('ip' in name) return contextPrimitive(7, typeof name.ip === 'string' ? addressBytes(name.ip) : name.ip)
  if ('directory' in name) return contextConstructed(4, nameNode(name.directory))
  if ('registeredId' in name) return contextPrimitive(8, encode(oid(name.registeredId)).subarray(2))
  if ('raw' in name) return raw(name.raw)
  return contextConstructed(0, oid(name.other.oid), contextConstructed(0, raw(name.other.value)))
}

/** `192.0.2.1`, `2001:db8::1`, and either with `/mask` as a prefix length or an address. */
export function addressBytes(text: string): Uint8Array {
  const [address, mask] = text.split('/')
  const bytes = address!.includes(':') ? ipv6Bytes(address!) : ipv4Bytes(address!)
  if (mask === undefined) return Uint8Array.from(bytes)
  const maskBytes = /^\d+$/.test(mask) ? prefixBytes(Number(mask), bytes.length) : [...addressBytes(mask)]
  return Uint8Array.from([...bytes, ...maskBytes])
}

function prefixBytes(prefix: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * i))) & 0xff)
}

function ipv4Bytes(text: string): number[] {
  return text.split('.').map(Number)
}

function ipv6Bytes(text: string): number[] {
  const [head, tail] = text.split('::')
  const groups = (part: string | undefined): number[] =>
    (part ?? '')
      .split(':')
      .filter((group) => group !== '')
      .map((group) => Number.parseInt(group, 16))
  const before = groups(head)
  const after = groups(tail)
  const gap = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...new Array<number>(gap).fill(0), ...after].flatMap((group) => [group >> 8, group & 0xff])
}

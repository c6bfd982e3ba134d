import { bytes, tlv } from './der.ts'
import type { DerNode } from './der-tree.ts'

/** Encodings of one element that DER does not allow. All other elements stay unchanged. */
export interface DerMutation {
  readonly name: string
  /** The element in this encoding; undefined if it has none. */
  write(node: DerNode, place: DerPlace): Uint8Array | undefined
}

/** What is known of an element beyond its bytes. */
export interface DerPlace {
  readonly type: DerType | undefined
  /** Whether it is the last in its parent, so that nothing follows its end. */
  readonly isLast: boolean
}

/** The type of a primitive element, whatever its tag. */
export type DerType = number | 'named bits' | 'default false'

const boolean = 0x01
const integer = 0x02
const bitString = 0x03
const nul = 0x05
const oid = 0x06
const enumerated = 0x0a
const relativeOid = 0x0d

/** Types under IMPLICIT tags and BOOLEANs with a default, by the end of their path. */
const schema: readonly (readonly [RegExp, DerType])[] = [
  // issuerUniqueID and subjectUniqueID.
  [/^0\/\[[12]\]$/, bitString],
  [/^authorityKeyIdentifier\/\[2\]$/, integer],
  [/^policyConstraints\/\[[01]\]$/, integer],
  [/^issuingDistributionPoint\/\[[1245]\]$/, 'default false'],
  [/^(issuingDistributionPoint\/\[3\]|(cRLDistributionPoints|freshestCRL)\/\d+\/\[1\]|keyUsage)$/, 'named bits'],
  [/^basicConstraints\/0$/, 'default false'],
  [/^(subjectAltName|issuerAltName|certificateIssuer|nameConstraints\/\[[01]\]\/\d+)\/\[8\]$/, oid],
]

/** The type of a primitive element; undefined for constructed ones and for what is under a tag that says nothing. */
export function typeOf({ path, tag, children }: DerNode, isCritical: boolean): DerType | undefined {
  if ((tag & 0x20) !== 0 || children !== undefined) return undefined
  if (isCritical) return 'default false'
  const known = schema.find(([place]) => place.test(path))?.[1]
  return known ?? (tag < 0x40 ? tag : undefined)
}

const isConstructed = ({ tag }: DerNode): boolean => (tag & 0x20) !== 0

/** Whether the content consists of elements: of a constructed type, or the value of an extension that is decoded. */
const holdsElements = (node: DerNode): boolean => isConstructed(node) || node.children !== undefined

function writtenAs(name: string, types: readonly DerType[], content: (node: DerNode) => Uint8Array | undefined): DerMutation {
  return {
    name,
    write(node, { type }) {
      const changed = type !== undefined && types.includes(type) ? content(node) : undefined
      return changed === undefined ? undefined : tlv(node.tag, changed)
    },
  }
}

const times = [0x17, 0x18]
const bitStrings: readonly DerType[] = [bitString, 'named bits']
const booleans: readonly DerType[] = [boolean, 'default false']
const integers: readonly DerType[] = [integer, enumerated]
const oids: readonly DerType[] = [oid, relativeOid]

export const derMutations: readonly DerMutation[] = [
  {
    name: 'a length in more bytes than needed',
    write({ tag, content, der }) {
      const [, first = 0] = der
      if (first < 0x80) return bytes([tag, 0x81, first], content)
      return bytes([tag, first + 1, 0], der.subarray(2))
    },
  },
  {
    name: 'an indefinite length',
    write: ({ tag, content }) => bytes([tag, 0x80], content, [0, 0]),
  },
  {
    name: 'the constructed form for the primitive one',
    write: (node) => (isConstructed(node) ? undefined : tlv(node.tag | 0x20, tlv(node.tag, node.content))),
  },
  {
    name: 'the primitive form for the constructed one',
    write: (node) => (isConstructed(node) ? tlv(node.tag & ~0x20, node.content) : undefined),
  },
  {
    name: 'its tag as a high tag number',
    write: ({ tag, der }) => bytes([tag | 0x1f, tag & 0x1f], der.subarray(1)),
  },
  {
    name: 'a byte less than its length says',
    write: ({ content, der }, { isLast }) => (isLast && content.length > 0 ? der.subarray(0, -1) : undefined),
  },
  {
    name: 'the element inside it cut off',
    write: (node) => (holdsElements(node) && node.content.length > 0 ? tlv(node.tag, node.content.subarray(0, -1)) : undefined),
  },
  {
    name: 'a byte after the elements inside',
    write: (node) => (holdsElements(node) ? tlv(node.tag, node.content, [0]) : undefined),
  },
  {
    name: 'junk for the elements inside',
    write: (node) => (holdsElements(node) ? tlv(node.tag, 'ffff') : undefined),
  },
  {
    name: 'its header alone',
    write: ({ content, der }, { isLast }) =>
      isLast && content.length > 0 ? der.subarray(0, der.length - content.length) : undefined,
  },
  writtenAs('BOOLEAN TRUE as 01', booleans, () => bytes('01')),
  writtenAs('a BOOLEAN of two bytes', booleans, ({ content }) => bytes(content, content)),
  writtenAs('an empty BOOLEAN', booleans, () => bytes()),
  writtenAs('a default value', ['default false'], () => bytes('00')),
  writtenAs('a redundant first byte', integers, ({ content }) => bytes([content[0]! < 0x80 ? 0x00 : 0xff], content)),
  writtenAs('an empty INTEGER', integers, () => bytes()),
  writtenAs('eight unused bits', bitStrings, ({ content }) => bytes([8], content.subarray(1))),
  writtenAs('an unused bit that is set', bitStrings, () => bytes('0103')),
  writtenAs('unused bits of no byte', bitStrings, () => bytes('01')),
  writtenAs('an empty BIT STRING', bitStrings, () => bytes()),
  writtenAs('trailing zero bits', ['named bits'], ({ content }) => bytes(content, [0])),
  writtenAs('a NULL with content', [nul], () => bytes('00')),
  writtenAs('an empty OID', oids, () => bytes()),
  writtenAs('an OID with a padded arc', oids, ({ content }) => bytes('80', content)),
  writtenAs('an OID that is cut off', oids, ({ content }) => bytes(content, '81')),
  writtenAs('a time without seconds', times, ({ content }) => bytes(content.subarray(0, -3), '5a')),
  writtenAs('a time with an offset', times, ({ content }) => bytes(content.subarray(0, -1), Buffer.from('+0100'))),
  writtenAs('a date that does not exist', times, ({ content }) => content.with(content.length - 11, 0x33)),
  writtenAs('an overlong character', [0x0c], ({ content }) => bytes(content, 'c080')),
  writtenAs('half a character', [0x1c, 0x1e], ({ content }) => bytes(content, '00')),
  writtenAs('a surrogate', [0x1e], () => bytes('d800')),
  writtenAs('a character above U+10FFFF', [0x1c], () => bytes('00110000')),
  writtenAs('a byte that is no character of its type', [0x12, 0x13, 0x16, 0x1a], ({ content }) => bytes(content, '80')),
  writtenAs('a printable character that is not of its type', [0x12, 0x13], ({ content }) => bytes(content, '40')),
  {
    name: 'a SET in another order',
    write: ({ tag, children = [] }) =>
      tag === 0x31 && children.length > 1 ? tlv(tag, ...children.toReversed().map(({ der }) => der)) : undefined,
  },
  {
    name: 'a universal type that X.509 has no use for',
    write: ({ tag }) => (tag < 0x40 ? bytes('0900') : undefined),
  },
]

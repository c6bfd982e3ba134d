import { type BaseBlock, fromBER } from 'asn1js'
import { latin1Of } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { oidForMessage } from '../der/oid.ts'
import * as Tag from '../der/tag.ts'
import { own } from '../policy/fields.ts'
import { stringValue } from '../x509/name.ts'
import { quoted, type TextOutput } from './output.ts'

/**
 * Renders ASN.1 without a decoder of its own, BER included, as a tree of types and values. asn1js parses the structure. For
 * display only: no decision depends on it.
 */

/** Limits for asn1js. X.509 structures stay far below. */
const limits = { maxDepth: 32, maxNodes: 5000 } as const

/** Longer integers are written in hexadecimal, because decimal takes quadratic time. */
const longestDecimal = 16

const universalTypes: Readonly<Record<number, string>> = {
  1: 'BOOLEAN',
  2: 'INTEGER',
  3: 'BIT STRING',
  4: 'OCTET STRING',
  5: 'NULL',
  6: 'OBJECT IDENTIFIER',
  10: 'ENUMERATED',
  12: 'UTF8String',
  16: 'SEQUENCE',
  17: 'SET',
  18: 'NumericString',
  19: 'PrintableString',
  20: 'TeletexString',
  22: 'IA5String',
  23: 'UTCTime',
  24: 'GeneralizedTime',
  26: 'VisibleString',
  28: 'UniversalString',
  30: 'BMPString',
}

const classNames = ['', '', 'APPLICATION ', '', 'PRIVATE '] as const
const universalClass = 1

/** Renders the one element that fills the span, or its bytes if asn1js cannot read it. */
export function drawAsn1(output: TextOutput, element: Span): void {
  const content = element.copy()
  const root = readBer(content)
  if (root === undefined) output.hexBlock(new Span(content))
  else drawElement(output, root)
}

/** asn1js reports some faults by a negative offset and others by exceptions. Either way there is no tree. */
function readBer(content: Uint8Array): BaseBlock | undefined {
  try {
    const { result, offset } = fromBER(content, limits)
    return offset === content.length ? result : undefined
  } catch {
    return undefined
  }
}

function drawElement(output: TextOutput, element: BaseBlock): void {
  if (output.isFull) return
  const { tagClass, tagNumber } = element.idBlock
  const isUniversal = tagClass === universalClass
  const type = isUniversal
    ? (universalTypes[tagNumber] ?? `[UNIVERSAL ${tagNumber}]`)
    : `[${classNames[tagClass] ?? ''}${tagNumber}]`
  const children = childrenOf(element)
  if (children.length > 0 || element.idBlock.isConstructed) {
    output.line(type)
    output.indented(2, () => {
      for (const child of children) drawElement(output, child)
    })
    return
  }
  const whole = element.valueBeforeDecodeView
  const content = whole.subarray(element.idBlock.blockLength + element.lenBlock.blockLength)
  const text = isUniversal ? valueText(tagNumber, content) : undefined
  if (text !== undefined) return output.line(`${type} ${text}`.trimEnd())
  output.line(type)
  output.indented(2, () => output.hexBlock(new Span(content)))
}

/** Child elements of constructed types, and of strings in which asn1js found nested DER; not the arcs of an OID. */
function childrenOf({ valueBlock }: BaseBlock): readonly BaseBlock[] {
  const value = own(valueBlock, 'value')
  return Array.isArray(value) ? value.filter((child): child is BaseBlock => own(child, 'idBlock') !== undefined) : []
}

/** The value of a primitive universal type on one line; `undefined` if it is better shown as bytes. */
function valueText(tag: number, content: Uint8Array): string | undefined {
  switch (tag) {
    case Tag.boolean:
      return content.length === 1 ? (content[0] === 0 ? 'FALSE' : 'TRUE') : undefined
    case Tag.null:
      return content.length === 0 ? '' : undefined
    case Tag.oid:
      return oidForMessage(new Span(content))
    case Tag.integer:
    case Tag.enumerated:
      return integerText(new Span(content))
    case Tag.utcTime:
    case Tag.generalizedTime:
      return quoted(latin1Of(new Span(content)))
    default: {
      const text = stringValue(tag, new Span(content))
      return text === undefined ? undefined : quoted(text)
    }
  }
}

/** An INTEGER's content in decimal; `undefined` for a long one, which is shown in hexadecimal. */
export function integerText({ bytes, start, end }: Span): string | undefined {
  if (start >= end || end - start > longestDecimal) return undefined
  let value = BigInt(bytes[start]! >= 0x80 ? bytes[start]! - 256 : bytes[start]!)
  for (let i = start + 1; i < end; i++) value = value * 256n + BigInt(bytes[i]!)
  return String(value)
}

import { Span } from '../bytes/span.ts'
import { contextConstructed } from '../der/context-tag.ts'
import { oidText, readOid } from '../der/oid.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readAny } from '../der/walk.ts'
import { readPolicyConstraints } from '../x509/constraints.ts'
import { generalNamesOf, readGeneralName } from '../x509/general-name.ts'
import { stringValue } from '../x509/name.ts'
import { mappingsOf, policyText, readPolicyMappings } from '../x509/policies.ts'
import { drawAsn1 } from './asn1.ts'
import { generalNameText } from './general-names.ts'
import { quoted, type TextOutput } from './output.ts'

/** Writes the extensions by which a CA limits certificates below it, and certificate policies. */

export function writeNameConstraints(output: TextOutput, reader: Reader): void {
  const what = 'nameConstraints'
  const outer = reader.enter(Tag.sequence, what)
  writeSubtrees(output, reader, contextConstructed(0), 'Permitted:')
  writeSubtrees(output, reader, contextConstructed(1), 'Excluded:')
  reader.leave(outer, what)
}

function writeSubtrees(output: TextOutput, reader: Reader, tag: number, title: string): void {
  const what = 'nameConstraints'
  if (!reader.peek(tag)) return
  const outer = reader.enter(tag, what)
  output.line(title)
  while (!reader.atEnd() && !output.isFull) {
    const subtree = reader.enter(Tag.sequence, what)
    readGeneralName(reader, what, true)
    if (reader.fault !== undefined) return
    const [name] = generalNamesOf(reader.element())
    // OpenSSL uses a shorter prefix for an address with a mask.
    output.indented(2, () => output.line(generalNameText(name!).replace(/^IP Address:/, 'IP:')))
    reader.leave(subtree, what)
  }
  reader.leave(outer, what)
}

export function writePolicyMappings(output: TextOutput, reader: Reader): void {
  const mappings = reader.rest()
  readPolicyMappings(reader)
  if (reader.fault !== undefined) return
  for (const [issuer, subject] of mappingsOf(mappings)) output.line(`${policyText(issuer)}:${policyText(subject)}`)
}

export function writePolicyConstraints(output: TextOutput, reader: Reader): void {
  const { requireExplicitPolicy, inhibitPolicyMapping } = readPolicyConstraints(reader)
  const parts = [
    ...(requireExplicitPolicy === undefined ? [] : [`Require Explicit Policy:${requireExplicitPolicy}`]),
    ...(inhibitPolicyMapping === undefined ? [] : [`Inhibit Policy Mapping:${inhibitPolicyMapping}`]),
  ]
  output.line(parts.join(', '))
}

const anyPolicy = '2.5.29.32.0'
const cpsPointer = '1.3.6.1.5.5.7.2.1'
const userNotice = '1.3.6.1.5.5.7.2.2'

export function writePolicies(output: TextOutput, reader: Reader): void {
  const what = 'certificatePolicies'
  const outer = reader.enter(Tag.sequence, what)
  while (!reader.atEnd() && !output.isFull) {
    const information = reader.enter(Tag.sequence, what)
    readOid(reader, what)
    const policy = oidText(reader.content())
    output.line(`Policy: ${policy === anyPolicy ? 'X509v3 Any Policy' : policy}`)
    if (!reader.atEnd()) output.indented(2, () => writeQualifiers(output, reader))
    reader.leave(information, what)
  }
  reader.leave(outer, what)
}

function writeQualifiers(output: TextOutput, reader: Reader): void {
  const what = 'policyQualifiers'
  const list = reader.enter(Tag.sequence, what)
  while (!reader.atEnd() && !output.isFull) {
    const qualifier = reader.enter(Tag.sequence, what)
    readOid(reader, what)
    const id = oidText(reader.content())
    readAny(reader, what)
    const { tag } = reader
    const content = reader.content()
    const element = reader.element()
    if (reader.fault !== undefined) return
    const text = id === cpsPointer ? stringValue(tag, content) : undefined
    output.line(text === undefined ? `${id === userNotice ? 'User Notice' : id}:` : `CPS: ${text}`)
    if (text === undefined) output.indented(2, () => writeNotice(output, tag, content, element))
    reader.leave(qualifier, what)
  }
  reader.leave(list, what)
}

/** Most user notices are only a text. Everything else is rendered as ASN.1. */
function writeNotice(output: TextOutput, tag: number, content: Span, element: Span): void {
  const isOneElement = tag === Tag.sequence && content.at(1) < 0x80 && 2 + content.at(1) === content.length
  const inner = new Span(content.bytes, content.start + 2, content.end)
  const text = isOneElement ? stringValue(content.at(0), inner) : undefined
  if (text === undefined) drawAsn1(output, element)
  else output.line(`Explicit Text: ${quoted(text)}`)
}

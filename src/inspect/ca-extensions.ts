import { Span } from '../bytes/span.ts'
import { readAny } from '../der/content.ts'
import { encodeElement } from '../der/encode.ts'
import { oidText, readOid } from '../der/oid.ts'
import { contextConstructed, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readPolicyConstraints } from '../x509/constraints.ts'
import { type DistributionPoint, readDistributionPoints, readIssuingDistributionPoint } from '../x509/distribution-point.ts'
import { type GeneralName, generalNamesOf, ipText, readGeneralName } from '../x509/general-name.ts'
import * as GeneralNameTag from '../x509/ids/general-name-tag.ts'
import { stringValue } from '../x509/name.ts'
import { nameText } from '../x509/name-text.ts'
import { mappingsOf, policyText, readPolicyMappings } from '../x509/policies.ts'
import { drawAsn1 } from './asn1.ts'
import { colonHex, quoted, type TextOutput } from './output.ts'
import { reasonFlagTitles } from './titles.ts'

/** Writes the extensions by which a CA limits certificates below it, and certificate policies. */

export function writeNameConstraints(output: TextOutput, reader: Reader): void {
  const element = 'nameConstraints'
  const outer = reader.enter(Tag.sequence, element)
  writeSubtrees(output, reader, contextConstructed(0), 'Permitted:')
  writeSubtrees(output, reader, contextConstructed(1), 'Excluded:')
  reader.leave(outer, element)
}

function writeSubtrees(output: TextOutput, reader: Reader, tag: number, title: string): void {
  const element = 'nameConstraints'
  if (!reader.peek(tag)) return
  const outer = reader.enter(tag, element)
  output.line(title)
  while (!reader.atEnd() && !output.isFull) {
    const subtree = reader.enter(Tag.sequence, element)
    readGeneralName(reader, element, true)
    if (reader.fault !== undefined) return
    const [name] = generalNamesOf(reader.element())
    // OpenSSL uses a shorter prefix for an address with a mask.
    output.indented(2, () => output.line(generalNameText(name!).replace(/^IP Address:/, 'IP:')))
    reader.leave(subtree, element)
  }
  reader.leave(outer, element)
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
  const element = 'certificatePolicies'
  const outer = reader.enter(Tag.sequence, element)
  while (!reader.atEnd() && !output.isFull) {
    const information = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    const policy = oidText(reader.content())
    output.line(`Policy: ${policy === anyPolicy ? 'X509v3 Any Policy' : policy}`)
    if (!reader.atEnd()) output.indented(2, () => writeQualifiers(output, reader))
    reader.leave(information, element)
  }
  reader.leave(outer, element)
}

function writeQualifiers(output: TextOutput, reader: Reader): void {
  const element = 'policyQualifiers'
  const list = reader.enter(Tag.sequence, element)
  while (!reader.atEnd() && !output.isFull) {
    const qualifier = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    const id = oidText(reader.content())
    readAny(reader, element)
    const { tag } = reader
    const content = reader.content()
    const whole = reader.element()
    if (reader.fault !== undefined) return
    const text = id === cpsPointer ? stringValue(tag, content) : undefined
    output.line(text === undefined ? `${id === userNotice ? 'User Notice' : id}:` : `CPS: ${text}`)
    if (text === undefined) output.indented(2, () => writeNotice(output, tag, content, whole))
    reader.leave(qualifier, element)
  }
  reader.leave(list, element)
}

/** Most user notices are only a text. Everything else is rendered as ASN.1. */
function writeNotice(output: TextOutput, tag: number, content: Span, whole: Span): void {
  const isOneElement = tag === Tag.sequence && content.at(1) < 0x80 && 2 + content.at(1) === content.length
  const inner = new Span(content.bytes, content.start + 2, content.end)
  const text = isOneElement ? stringValue(content.at(0), inner) : undefined
  if (text === undefined) drawAsn1(output, whole)
  else output.line(`Explicit Text: ${quoted(text)}`)
}

/** cRLDistributionPoints and freshestCRL (RFC 5280 4.2.1.13, 4.2.1.15). */
export function writeDistributionPoints(output: TextOutput, reader: Reader): void {
  const points: DistributionPoint[] = []
  readDistributionPoints(reader, 'cRLDistributionPoints', (point) => points.push(point))
  if (reader.fault !== undefined) return
  for (const point of points) {
    if (output.isFull) return
    writePointName(output, point)
    writeReasons(output, 'Reasons:', point.reasons)
    const { crlIssuer } = point
    if (crlIssuer !== undefined) {
      output.line('CRL Issuer:')
      output.indented(2, () => writeGeneralNames(output, crlIssuer))
    }
  }
}

/** issuingDistributionPoint (RFC 5280 5.2.5). */
export function writeIssuingDistributionPoint(output: TextOutput, reader: Reader): void {
  const scope = readIssuingDistributionPoint(reader)
  if (reader.fault !== undefined) return
  writePointName(output, scope)
  if (scope.onlyContainsUserCerts) output.line('Only User Certificates')
  if (scope.onlyContainsCaCerts) output.line('Only CA Certificates')
  writeReasons(output, 'Only Some Reasons:', scope.reasons)
  if (scope.indirect) output.line('Indirect CRL')
  if (scope.onlyContainsAttributeCerts) output.line('Only Attribute Certificates')
}

function writePointName(output: TextOutput, { fullName, relativeName }: DistributionPoint): void {
  if (fullName !== undefined) {
    output.line('Full Name:')
    output.indented(2, () => writeGeneralNames(output, fullName))
  }
  if (relativeName !== undefined) {
    const name = nameOfRdn(relativeName)
    output.line('Relative Name:')
    output.indented(2, () => output.line(nameText(name, 'der')))
  }
}

function writeReasons(output: TextOutput, title: string, reasons: number | undefined): void {
  if (reasons === undefined) return
  output.line(title)
  output.indented(2, () => output.line(reasonFlagTitles.filter((_, bit) => (reasons & (1 << bit)) !== 0).join(', ')))
}

/** A Name whose only RDN has these attributes. */
function nameOfRdn(attributes: Span): Span {
  return new Span(encodeElement(Tag.sequence, encodeElement(Tag.set, attributes.view())))
}

/** Writes checked GeneralName elements, one per line: separated by commas, one name could look like two. */
export function writeGeneralNames(output: TextOutput, elements: Span): void {
  for (const name of generalNamesOf(elements)) {
    if (output.isFull) return
    output.line(generalNameText(name))
  }
}

/** A name with OpenSSL's prefix for its form. */
export function generalNameText(name: GeneralName): string {
  switch (name.type) {
    case 'dns':
      return `DNS:${name.value}`
    case 'email':
      return `email:${name.value}`
    case 'uri':
      return `URI:${name.value}`
    case 'ip':
      return `IP Address:${addressText(name.bytes)}`
    case 'directory':
      return `DirName:${nameText(new Span(name.bytes), 'der')}`
    case 'other':
      return otherText(name.value, name.bytes)
  }
}

/** An address, followed by its mask in name constraints. */
function addressText(bytes: Uint8Array): string {
  if (bytes.length !== 8 && bytes.length !== 32) return ipText(bytes)
  const half = bytes.length / 2
  return `${ipText(bytes.subarray(0, half))}/${ipText(bytes.subarray(half))}`
}

/** The value of an otherName has an open type: written as text if it is a string, otherwise as bytes. */
function otherText(oid: string, der: Uint8Array): string {
  const reader = new Reader(der)
  reader.next('GeneralName')
  if (reader.tag === GeneralNameTag.registeredId) return `Registered ID:${oid}`
  if (reader.tag !== GeneralNameTag.other) return `${oid}:${colonHex(reader.content())}`
  reader.descend()
  readOid(reader, 'otherName')
  const id = oidText(reader.content())
  reader.next('otherName')
  const value = reader.content()
  reader.descend()
  reader.next('otherName')
  const text = reader.atEnd() && reader.fault === undefined ? stringValue(reader.tag, reader.content()) : undefined
  return `othername:${id}:${text === undefined ? colonHex(value) : quoted(text)}`
}

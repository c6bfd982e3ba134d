import type * as asn1js from 'asn1js'
import { bitsOf, children, hex, isContext, oidOf } from '../support/asn1js-certificate.ts'
import { decoded, demand } from './der-reading.ts'
import { generalNameFrom } from './from-der-names.ts'
import type {
  BasicConstraints,
  Certificate,
  Extension,
  GeneralName,
  KeyPurpose,
  KeyUsage,
  NameConstraints,
  PolicyConstraints,
  PolicyId,
  PolicyMapping,
} from './model.ts'

/** Extensions as the model has them. */

/** Hexadecimal identifiers, and whether their extensions are critical. */
export interface KeyIds {
  readonly subject: string | undefined
  readonly authority: string | undefined
  readonly critical: { readonly subject: boolean; readonly authority: boolean }
}

type Node = asn1js.AsnType

const readers = {
  '2.5.29.19': ['basicConstraints', basicConstraints],
  '2.5.29.15': ['keyUsage', keyUsage],
  '2.5.29.37': ['extendedKeyUsage', extendedKeyUsage],
  '2.5.29.17': ['subjectAltName', (node: Node) => some(node).map((name) => generalNameFrom(name, false))],
  '2.5.29.30': ['nameConstraints', nameConstraints],
  '2.5.29.32': ['certificatePolicies', certificatePolicies],
  '2.5.29.33': ['policyMappings', policyMappings],
  '2.5.29.36': ['policyConstraints', policyConstraints],
  '2.5.29.54': ['inhibitAnyPolicy', numberOf],
} as const satisfies Readonly<Record<string, readonly [keyof Certificate, (node: Node) => unknown]>>

const subjectKeyId = '2.5.29.14'
const policies = '2.5.29.32'
const distributionPoints = '2.5.29.31'
const authorityInformation = '1.3.6.1.5.5.7.1.1'
const authorityKeyId = '2.5.29.35'

/** Those of RFC 5280 that the model does not have; each may be there if it is not critical. */
const others = /^(2\.5\.29\.(9|18|20|2[1-9]|31|46)|1\.3\.6\.1\.5\.5\.7\.1\.(1|11))$/

export function extensionsFrom(
  list: readonly Node[],
): Partial<Certificate> & { readonly keyIds: KeyIds; readonly isKeyIdUsual: boolean } {
  const extensions = new Map(list.map(extensionFrom))
  demand(extensions.size === list.length, 'an extension twice')
  const fields: Record<string, Extension<unknown>> = {}
  for (const [oid, { critical, value }] of extensions) {
    const reader = Object.entries(readers).find(([known]) => known === oid)?.[1]
    if (reader !== undefined) fields[reader[0]] = { critical, value: reader[1](decoded(value)) }
    // 4.2.1.4: who does not understand a qualifier does not understand the extension.
    if (oid === policies && critical && hasUnknownQualifier(decoded(value))) fields['unknown'] = { critical, value: undefined }
    if (reader !== undefined) continue
    if (others.test(oid)) demandHarmless(oid, critical, value)
    else if (critical) fields['unknown'] = { critical, value: undefined }
  }
  const subject = extensions.get(subjectKeyId)
  const authority = extensions.get(authorityKeyId)
  const keyIds: KeyIds = {
    subject: subject === undefined ? undefined : octets(decoded(subject.value)),
    authority: authority === undefined ? undefined : keyIdOf(decoded(authority.value)),
    critical: { subject: subject?.critical === true, authority: authority?.critical === true },
  }
  const isKeyIdUsual =
    authority === undefined || (keyIds.authority !== undefined && children(decoded(authority.value)).length === 1)
  return { ...(fields as Partial<Certificate>), keyIds, isKeyIdUsual }
}

/** Its contents have no part in the verdict, as long as they can be read. */
function demandHarmless(oid: string, critical: boolean, value: Uint8Array): void {
  demand(!critical, 'another extension of RFC 5280 that is critical')
  const node = decoded(value)
  // 4.2.1.13: a point has a name or an issuer.
  if (oid === distributionPoints)
    demand(
      hasNoEmptyPart(node) && some(node).every((point) => children(point).some((part) => part.idBlock.tagNumber !== 1)),
      'malformed',
    )
  if (oid === authorityInformation)
    demand(
      some(node).every((access) => children(access).length === 2 && children(access)[1]!.idBlock.tagClass === 3),
      'malformed',
    )
}

function hasNoEmptyPart(node: Node): boolean {
  return !node.idBlock.isConstructed || (children(node).length > 0 && children(node).every(hasNoEmptyPart))
}

function extensionFrom(extension: Node): readonly [oid: string, Extension<Uint8Array>] {
  const parts = children(extension)
  demand(parts.length === 2 || (parts.length === 3 && isTrue(parts[1]!)), 'a default that is encoded')
  return [oidOf(parts[0]!), { critical: parts.length === 3, value: (parts.at(-1) as asn1js.OctetString).valueBlock.valueHexView }]
}

function isTrue(node: Node): boolean {
  return hex(node.valueBeforeDecodeView) === '0101ff'
}

/** The elements, of which there must be one at least. */
function some(node: Node): readonly Node[] {
  const elements = children(node)
  demand(elements.length > 0, 'an extension that is empty')
  return elements
}

function octets(node: Node): string {
  return hex((node as asn1js.OctetString).valueBlock.valueHexView)
}

function numberOf(node: Node): number {
  const text = hex((node as asn1js.Integer).valueBlock.valueHexView)
  demand(text.length <= 8 && Number.parseInt(text.slice(0, 2), 16) < 0x80, 'an unusual number')
  return Number.parseInt(text, 16)
}

/** 4.2.1.1: the keyIdentifier. An issuer and serial number in its place or beside it are not in the model. */
function keyIdOf(node: Node): string | undefined {
  const [first] = children(node)
  return isContext(first, 0) ? octets(first!) : undefined
}

function basicConstraints(node: Node): BasicConstraints {
  const parts = [...children(node)]
  const ca = parts[0]?.idBlock.tagNumber === 1
  if (ca) demand(isTrue(parts.shift()!), 'a default that is encoded')
  return { ca, ...(parts[0] === undefined ? {} : { pathLength: numberOf(parts[0]) }) }
}

/** The bits that no clause asks for are left out. */
const usages: Readonly<Record<number, KeyUsage>> = {
  0: 'digitalSignature',
  2: 'keyEncipherment',
  4: 'keyAgreement',
  5: 'keyCertSign',
  6: 'cRLSign',
}

function keyUsage(node: Node): readonly KeyUsage[] {
  const bits = bitsOf(node)
  demand(bits.length > 0, 'an extension that is empty')
  return bits.flatMap((bit) => usages[bit] ?? [])
}

const purposes: Readonly<Record<string, KeyPurpose>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '2.5.29.37.0': 'any',
}

/** Code signing stands for all the purposes that nobody asks for. */
function extendedKeyUsage(node: Node): readonly KeyPurpose[] {
  return some(node).map((purpose) => purposes[oidOf(purpose)] ?? 'codeSigning')
}

function nameConstraints(node: Node): NameConstraints {
  const parts = some(node)
  const of = (tag: number): readonly GeneralName[] => {
    const part = parts.find((each) => isContext(each, tag))
    return part === undefined ? [] : some(part).map(subtree)
  }
  return { permitted: of(0), excluded: of(1) }
}

function subtree(node: Node): GeneralName {
  const [base, ...distances] = children(node)
  demand(distances.length === 0, 'a subtree with a minimum or maximum')
  return generalNameFrom(base!, true)
}

function certificatePolicies(node: Node): readonly PolicyId[] {
  const policies = some(node).map((policy) => oidOf(children(policy)[0]!))
  demand(new Set(policies).size === policies.length, 'a policy twice')
  return policies
}

/** 4.2.1.4: those that RFC 5280 defines, a URI and a notice. */
const qualifiers = ['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2']

function hasUnknownQualifier(node: Node): boolean {
  const given = children(node).flatMap((policy) => children(policy).slice(1).flatMap(children))
  return given.some((qualifier) => !qualifiers.includes(oidOf(children(qualifier)[0]!)))
}

function policyMappings(node: Node): readonly PolicyMapping[] {
  return some(node).map((pair): PolicyMapping => {
    const [from, to] = children(pair)
    return [oidOf(from!), oidOf(to!)]
  })
}

function policyConstraints(node: Node): PolicyConstraints {
  const parts = some(node)
  const [require, inhibit] = [0, 1].map((tag) => parts.find((part) => isContext(part, tag)))
  return {
    ...(require === undefined ? {} : { requireExplicitPolicy: numberOf(require) }),
    ...(inhibit === undefined ? {} : { inhibitPolicyMapping: numberOf(inhibit) }),
  }
}

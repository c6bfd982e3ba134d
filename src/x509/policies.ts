import { latin1Of } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { readAny } from '../der/content.ts'
import { oidBytes, oidText, readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'

/** certificatePolicies (RFC 5280 4.2.1.4) and policyMappings (4.2.1.5): their syntax, and policies as map keys. */

/** The qualifiers that RFC 5280 defines: CPS pointer and user notice. */
const qualifiers: readonly Uint8Array[] = /* @__PURE__ */ (() => [oidBytes('1.3.6.1.5.5.7.2.1'), oidBytes('1.3.6.1.5.5.7.2.2')])()

/** Checks certificatePolicies. Returns whether it has a qualifier that RFC 5280 does not define. */
export function readCertificatePolicies(reader: Reader): boolean {
  const element = 'certificatePolicies'
  let unknown = false
  const seen = new Set<PolicyKey>()
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element)
  while (!reader.atEnd()) {
    const information = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    const { start } = reader
    const policy = latin1Of(reader.content())
    if (seen.has(policy)) reader.fail('bad_policy', start, element)
    seen.add(policy)
    if (!reader.atEnd()) {
      const hasUnknown = readQualifiers(reader, element)
      if (hasUnknown && policy === anyPolicy) reader.fail('bad_policy', start, element)
      unknown ||= hasUnknown
    }
    reader.leave(information, element)
  }
  reader.leave(outer, element)
  return unknown
}

/** Reads policyQualifiers. Returns whether one of them is unknown. */
function readQualifiers(reader: Reader, element: string): boolean {
  let unknown = false
  const list = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.deviate('empty_list', reader.header)
  while (!reader.atEnd()) {
    const qualifier = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    const id = reader.content()
    unknown ||= !qualifiers.some((known) => id.is(known))
    readAny(reader, element)
    reader.leave(qualifier, element)
  }
  reader.leave(list, element)
  return unknown
}

export function readPolicyMappings(reader: Reader): void {
  const element = 'policyMappings'
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element)
  while (!reader.atEnd()) {
    const mapping = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    readOid(reader, element)
    reader.leave(mapping, element)
  }
  reader.leave(outer, element)
}

/** A policy: the content octets of its OID as text, for use as a map key. */
export type PolicyKey = string

/** The policies in a certificatePolicies that has been checked. */
export function policiesOf(certificatePolicies: Span): ReadonlySet<PolicyKey> {
  const policies = new Set<PolicyKey>()
  const reader = new Reader(certificatePolicies)
  reader.enter(Tag.sequence, 'certificatePolicies')
  while (!reader.atEnd()) {
    const information = reader.enter(Tag.sequence, 'certificatePolicies')
    readOid(reader, 'certificatePolicies')
    policies.add(latin1Of(reader.content()))
    reader.position = reader.limit
    reader.leave(information, 'certificatePolicies')
  }
  return policies
}

/** The pairs of issuerDomainPolicy and subjectDomainPolicy in a policyMappings that has been checked. */
export function mappingsOf(policyMappings: Span): readonly (readonly [PolicyKey, PolicyKey])[] {
  const mappings: (readonly [PolicyKey, PolicyKey])[] = []
  const reader = new Reader(policyMappings)
  reader.enter(Tag.sequence, 'policyMappings')
  while (!reader.atEnd()) {
    const mapping = reader.enter(Tag.sequence, 'policyMappings')
    readOid(reader, 'policyMappings')
    const issuer = latin1Of(reader.content())
    readOid(reader, 'policyMappings')
    mappings.push([issuer, latin1Of(reader.content())])
    reader.leave(mapping, 'policyMappings')
  }
  return mappings
}

/** The policy of a dotted OID, or `undefined` if the text is not a valid OID. */
export function policyKey(dotted: string): PolicyKey | undefined {
  if (!/^([01]\.[1-3]?\d|2\.(0|[1-9]\d{0,38}))(\.(0|[1-9]\d{0,38}))*$/.test(dotted)) return undefined
  return latin1Of(new Span(oidBytes(dotted)))
}

/** The dotted OID of a policy. */
export function policyText(key: PolicyKey): string {
  return oidText(new Span(Uint8Array.from(key, (character) => character.charCodeAt(0))))
}

/** anyPolicy, 2.5.29.32.0. */
export const anyPolicy: PolicyKey = '\x55\x1d\x20\x00'

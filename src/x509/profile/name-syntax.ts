import { latin1Of } from '../../bytes/encoding.ts'
import type { Span } from '../../bytes/span.ts'
import { Reader } from '../../der/reader.ts'
import type { SubtreeBase } from '../constraints.ts'
import * as GeneralNameTag from '../ids/general-name-tag.ts'

/** The syntax of alternative names (RFC 5280 4.2.1.6) and of subtrees in nameConstraints (4.2.1.10). */

/** Labels of letters, digits and inner hyphens (RFC 1034 3.5). A wildcard must be the whole first label (RFC 9525 6.3). */
const dnsName = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i
/** A mailbox (RFC 5321 4.1.2). Lengths of the domain: RFC 5321 4.5.3.1.2, RFC 1034 3.1. */
const mailbox = /^[^\s@]+@(?=.{1,255}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i
const absoluteUri = /^[a-z][a-z0-9+.-]*:./i
const dnsSubtree = /^$|^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i
const mailSubtree = /^([^\s@]+@)?\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i

const namePatterns: ReadonlyMap<number, RegExp> = /* @__PURE__ */ new Map([
  [GeneralNameTag.dns, dnsName],
  [GeneralNameTag.email, mailbox],
  [GeneralNameTag.uri, absoluteUri],
])

/** Whether a name has the syntax of its GeneralName form. Names of forms without a syntax here always pass. */
export function isNameOfForm(tag: number, text: string): boolean {
  return namePatterns.get(tag)?.test(text) ?? true
}

/** The names of one form in GeneralName elements that have been checked. */
export function namesOfForm(elements: Span | undefined, tag: number): readonly string[] {
  if (elements === undefined) return []
  const names: string[] = []
  const reader = new Reader(elements)
  while (!reader.atEnd()) {
    reader.next('GeneralName')
    if (reader.tag === tag) names.push(latin1Of(reader.content()))
  }
  return names
}

/** Checks that a DNS subtree has no wildcard or leading dot, or that an e-mail subtree is a mailbox, host or domain. */
export function isSubtreeOfItsForm({ tag, value }: SubtreeBase): boolean {
  const pattern = tag === GeneralNameTag.dns ? dnsSubtree : tag === GeneralNameTag.email ? mailSubtree : undefined
  return pattern === undefined || pattern.test(latin1Of(value))
}

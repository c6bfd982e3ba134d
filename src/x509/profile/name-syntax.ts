import { latin1Of } from '../../bytes/encoding.ts'
import type { Span } from '../../bytes/span.ts'
import { Reader } from '../../der/reader.ts'
import type { SubtreeBase } from '../constraints.ts'
import * as GeneralNameTag from '../ids/general-name-tag.ts'

/** The syntax that RFC 5280 demands of names beyond being strings: 4.2.1.6 of alternative names, 4.2.1.10 of subtrees. */

/** Labels of letters, digits and inner hyphens (RFC 1034 3.5), a wildcard the whole first one (RFC 9525 6.3). */
const dnsName = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i
/** RFC 5321 4.1.2, the domain with the lengths of 4.5.3.1.2 and RFC 1034 3.1. */
const mailbox = /^[^\s@]+@(?=.{1,255}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i
const absoluteUri = /^[a-z][a-z0-9+.-]*:./i
const dnsSubtree = /^$|^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i
const mailSubtree = /^([^\s@]+@)?\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i

const namePatterns: ReadonlyMap<number, RegExp> = /* @__PURE__ */ new Map([
  [GeneralNameTag.dns, dnsName],
  [GeneralNameTag.email, mailbox],
  [GeneralNameTag.uri, absoluteUri],
])

/** Whether a name has the syntax of its GeneralName form; of forms that have none every name has. */
export function isNameOfForm(tag: number, text: string): boolean {
  return namePatterns.get(tag)?.test(text) ?? true
}

/** The names of one form among checked GeneralName elements. */
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

/** Whether a DNS or e-mail subtree is a name without wildcard or leading dot, or a mailbox; other forms are not judged. */
export function isSubtreeOfItsForm({ tag, value }: SubtreeBase): boolean {
  const pattern = tag === GeneralNameTag.dns ? dnsSubtree : tag === GeneralNameTag.email ? mailSubtree : undefined
  return pattern === undefined || pattern.test(latin1Of(value))
}

import { compareBytes, type Span } from '../bytes/span.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'

/**
 * Which list comes after which (RFC 5280 5.2.3, 5.2.4). All of this is about lists of one signing key, which the caller makes sure
 * of: numbers of different keys say nothing about each other.
 */

/**
 * Whether a complete list replaces another list, complete or delta, as what its CA says now: same issuer, same scope, a higher
 * number and no earlier date. Lists without numbers are compared by date; a list with a number and one without are not comparable.
 */
export function supersedes(newer: RevocationListView, older: RevocationListView): boolean {
  if (newer.isDelta || newer.issuerKey !== older.issuerKey || !sameScope(newer, older)) return false
  const order = compareCrlNumbers(newer, older)
  if (order !== undefined) return order > 0 && newer.thisUpdateTime >= older.thisUpdateTime
  return newer.listNumber === undefined && older.listNumber === undefined && newer.thisUpdateTime > older.thisUpdateTime
}

/**
 * Whether a delta updates this list (RFC 5280 5.2.4, 6.3.3 (c)): same issuer, key identifier and scope; made for this list or an
 * earlier one; and with a higher number than the list's own (5.2.4 (d)) and no earlier date.
 */
export function updates(delta: RevocationListView, list: RevocationListView): boolean {
  if (!delta.isDelta || delta.issuerKey !== list.issuerKey || delta.authorityKeyId !== list.authorityKeyId) return false
  const order = compareCrlNumbers(delta, list)
  if (order === undefined || order <= 0 || delta.thisUpdateTime < list.thisUpdateTime || !sameScope(delta, list)) return false
  const sinceBase = compareNumbers(delta.baseListNumber, list.listNumber)
  return sinceBase !== undefined && sinceBase <= 0
}

/**
 * Whether a delta has a lower number and no later date than another one of the same key and scope, which counts instead: deltas are
 * cumulative.
 */
export function isOlderDelta(delta: RevocationListView, other: RevocationListView): boolean {
  return (compareCrlNumbers(delta, other) ?? 0) < 0 && delta.thisUpdateTime <= other.thisUpdateTime
}

/** Both have the same issuingDistributionPoint, to the byte, or none. */
function sameScope(a: RevocationListView, b: RevocationListView): boolean {
  const scope = a.extensions.value(ExtensionId.issuingDistributionPoint)
  const other = b.extensions.value(ExtensionId.issuingDistributionPoint)
  return scope === undefined || other === undefined ? scope === other : scope.equals(other)
}

/** Positive where the first number is higher; `undefined` where a list has none. */
function compareCrlNumbers(a: RevocationListView, b: RevocationListView): number | undefined {
  return compareNumbers(a.listNumber, b.listNumber)
}

/** Compares two unsigned DER INTEGERs. */
function compareNumbers(a: Span | undefined, b: Span | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined
  return a.length === b.length ? compareBytes(a.view(), b.view()) : a.length - b.length
}

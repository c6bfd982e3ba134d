import type { Span } from '../bytes/span.ts'
import { readLooseBoolean, readSmallInteger } from '../der/primitives.ts'
import { contextConstructed, contextPrimitive, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readGeneralName } from './general-name.ts'

/** The extensions that limit the certificates below a CA: their syntax. */

/** The extension basicConstraints (RFC 5280 4.2.1.9). */
export interface BasicConstraints {
  readonly ca: boolean
  /** How many more CA certificates may follow in a path, not counting self-issued ones. No limit if absent. */
  readonly pathLength?: number
}

/** No real path is that long. Larger integers have only occurred in attacks. */
const maxPathLength = 255

export function readBasicConstraints(reader: Reader): { ca: boolean; pathLength: number | undefined } {
  const element = 'basicConstraints'
  const outer = reader.enter(Tag.sequence, element)
  // An explicit FALSE is not DER, but it is common in old certificates and has only one meaning.
  const ca = reader.peek(Tag.boolean) && readLooseBoolean(reader, element)
  const pathLength = reader.atEnd() ? undefined : readSmallInteger(reader, maxPathLength, element)
  reader.leave(outer, element)
  return { ca, pathLength }
}

/**
 * Checks nameConstraints (RFC 5280 4.2.1.10): at least one list of subtrees, and no empty list. Empty excluded subtrees beside
 * permitted ones are a deviation. Empty permitted subtrees could mean that nothing is permitted.
 */
export function readNameConstraints(reader: Reader): void {
  const element = 'nameConstraints'
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element)
  let hasSubtrees = false
  for (const tag of [contextConstructed(0), contextConstructed(1)]) {
    if (!reader.peek(tag)) continue
    const subtrees = reader.enter(tag, element)
    if (reader.atEnd()) {
      if (hasSubtrees) reader.deviate('empty_list', reader.header)
      else reader.fail('empty_sequence', reader.header, element)
    }
    hasSubtrees = true
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, element)
      readGeneralName(reader, element, true)
      readSubtreeBounds(reader, element)
      reader.leave(subtree, element)
    }
    reader.leave(subtrees, element)
  }
  reader.leave(outer, element)
}

/** RFC 5280 allows no bounds: minimum must be 0, which DER omits, and maximum must be absent. Minimum 0 written out is a deviation. */
function readSubtreeBounds(reader: Reader, element: string): void {
  const { bytes, position } = reader
  if (reader.peek(contextPrimitive(0)) && bytes[position + 1] === 1 && bytes[position + 2] === 0) {
    reader.next(element)
    reader.deviate('minimum_zero_encoded', position)
  }
  if (!reader.atEnd())
    reader.fail('bad_integer', reader.position, element, 'minimum and maximum must be absent (RFC 5280 4.2.1.10)')
}

/** The base of a subtree in nameConstraints: tag and content of its GeneralName. */
export interface SubtreeBase {
  readonly tag: number
  readonly value: Span
}

/** The subtrees of nameConstraints that have been checked. Permitted subtrees come first. */
export function subtreeBases(nameConstraints: Span): readonly SubtreeBase[] {
  const bases: SubtreeBase[] = []
  const element = 'nameConstraints'
  const reader = new Reader(nameConstraints)
  reader.enter(Tag.sequence, element)
  while (!reader.atEnd()) {
    reader.next(element)
    const list = reader.descend()
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, element)
      reader.next(element)
      bases.push({ tag: reader.tag, value: reader.content() })
      reader.position = reader.limit
      reader.leave(subtree, element)
    }
    reader.leave(list, element)
  }
  return bases
}

/** Checks policyConstraints (RFC 5280 4.2.1.11). */
export function readPolicyConstraints(reader: Reader): {
  requireExplicitPolicy: number | undefined
  inhibitPolicyMapping: number | undefined
} {
  const element = 'policyConstraints'
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element)
  const skip = (tag: number): number | undefined =>
    reader.peek(tag) ? readSmallInteger(reader, maxPathLength, element, tag) : undefined
  const requireExplicitPolicy = skip(contextPrimitive(0))
  const inhibitPolicyMapping = skip(contextPrimitive(1))
  reader.leave(outer, element)
  return { requireExplicitPolicy, inhibitPolicyMapping }
}

/** Reads inhibitAnyPolicy (RFC 5280 4.2.1.14). */
export function readInhibitAnyPolicy(reader: Reader): number {
  return readSmallInteger(reader, maxPathLength, 'inhibitAnyPolicy')
}

import type { Span } from '../bytes/span.ts'
import { readBoolean, readSmallInteger } from '../der/primitives.ts'
import { contextConstructed, contextPrimitive, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readGeneralName } from './general-name.ts'

/** Syntax of the extensions by which a CA limits what is below it. */

/** The extension basicConstraints (RFC 5280 4.2.1.9). */
export interface BasicConstraints {
  readonly ca: boolean
  /** How many further CA certificates (self-issued ones not counted) may stand below; absent: no limit. */
  readonly pathLength?: number
}

/** A path length above 255 is refused: no path is that long, and large integers have only ever been attacks. */
const maxPathLength = 255

export function readBasicConstraints(reader: Reader): { ca: boolean; pathLength: number | undefined } {
  const what = 'basicConstraints'
  const outer = reader.enter(Tag.sequence, what)
  // FALSE spelled out is not DER, but common in old certificates, and can only mean one thing.
  const ca = reader.peek(Tag.boolean) && readBoolean(reader, what)
  const pathLength = reader.atEnd() ? undefined : readSmallInteger(reader, maxPathLength, what)
  reader.leave(outer, what)
  return { ca, pathLength }
}

/** Checks nameConstraints (RFC 5280 4.2.1.10): one subtree list at least, none of them empty. */
export function readNameConstraints(reader: Reader): void {
  const what = 'nameConstraints'
  const outer = reader.enter(Tag.sequence, what)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
  for (const tag of [contextConstructed(0), contextConstructed(1)]) {
    if (!reader.peek(tag)) continue
    const subtrees = reader.enter(tag, what)
    if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, what)
      readGeneralName(reader, what, true)
      readSubtreeBounds(reader, what)
      reader.leave(subtree, what)
    }
    reader.leave(subtrees, what)
  }
  reader.leave(outer, what)
}

/** RFC 5280 allows no bounds: minimum is 0, which DER leaves out, and maximum is absent. */
function readSubtreeBounds(reader: Reader, what: string): void {
  if (!reader.atEnd()) reader.fail('bad_integer', reader.position, what, 'minimum and maximum must be absent (RFC 5280 4.2.1.10)')
}

/** The base of one subtree of nameConstraints: the tag of its GeneralName form, and its content. */
export interface SubtreeBase {
  readonly tag: number
  readonly value: Span
}

/** The subtrees of a checked nameConstraints, permitted ones first. */
export function subtreeBases(nameConstraints: Span): readonly SubtreeBase[] {
  const bases: SubtreeBase[] = []
  const what = 'nameConstraints'
  const reader = new Reader(nameConstraints)
  reader.enter(Tag.sequence, what)
  while (!reader.atEnd()) {
    reader.next(what)
    const list = reader.descend()
    while (!reader.atEnd()) {
      const subtree = reader.enter(Tag.sequence, what)
      reader.next(what)
      bases.push({ tag: reader.tag, value: reader.content() })
      reader.leave(subtree, what)
    }
    reader.leave(list, what)
  }
  return bases
}

/** Checks policyConstraints (RFC 5280 4.2.1.11). */
export function readPolicyConstraints(reader: Reader): {
  requireExplicitPolicy: number | undefined
  inhibitPolicyMapping: number | undefined
} {
  const what = 'policyConstraints'
  const outer = reader.enter(Tag.sequence, what)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
  const skip = (tag: number): number | undefined =>
    reader.peek(tag) ? readSmallInteger(reader, maxPathLength, what, tag) : undefined
  const requireExplicitPolicy = skip(contextPrimitive(0))
  const inhibitPolicyMapping = skip(contextPrimitive(1))
  reader.leave(outer, what)
  return { requireExplicitPolicy, inhibitPolicyMapping }
}

/** inhibitAnyPolicy (RFC 5280 4.2.1.14). */
export function readInhibitAnyPolicy(reader: Reader): number {
  return readSmallInteger(reader, maxPathLength, 'inhibitAnyPolicy')
}

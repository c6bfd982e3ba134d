import type { Span } from './span.ts'

/**
 * 32-bit FNV-1a hashes, the keys of indexes in memory over names and key ids. Not collision-resistant, so every hit is
 * compared in full, and only the operator's certificates are ever inserted.
 */

export function hashOf({ bytes, start, end }: Span): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash | 0
}

/** The same of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}

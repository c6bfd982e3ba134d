import { hexOfRange } from '../bytes/hex.ts'
import { latin1OfRange } from '../bytes/text.ts'
import { attributesOfRdn, joinRdn, stringValue } from './name.ts'

/**
 * Names under a comparison that calls more of them equal than RFC 5280 7.1 does: for exclusions, where a name that only
 * might be the excluded one must not pass.
 */

/** What the preparation of RFC 4518 2.2 maps to nothing, and more of the kind: controls, format characters, what is not seen. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC]|(?![\t-\r\x85])\p{Cc}/gu

/**
 * More marks in a row than any text has (UAX #15, Stream-Safe Text Format): to put them in order takes time that is
 * quadratic in their number. The two half-width Katakana marks are letters to Unicode and fold to marks.
 */
const longRun = /[\p{M}\uFF9E\uFF9F]{31}/u

/** White space that folding would change: anything but single blanks. */
const untidySpace = /(?:[^\S ]|\x85)[\s\x85]*| [\s\x85]+/gu

/**
 * One RDN, given the content of its SET: all string types alike, with compatibility characters and the case of every script
 * folded (by way of upper case, which makes SS of ß and one letter of both small sigmas), and without characters that are
 * not seen. `undefined` where that would cost too much, so that nothing can be told.
 */
export function looseRdn(bytes: Uint8Array, start: number, end: number): string | undefined {
  const parts: string[] = []
  for (const { oidStart, oidEnd, tag, valueStart, valueEnd } of attributesOfRdn(bytes, start, end)) {
    // A value of a type that is no string is taken for its characters, lest another tag hide an excluded name.
    const value = folded(stringValue(bytes, tag, valueStart, valueEnd) ?? latin1OfRange(bytes, valueStart, valueEnd))
    if (value === undefined) return undefined
    parts.push(`${hexOfRange(bytes, oidStart, oidEnd)}:${value.length}:${value}`)
  }
  return joinRdn(parts)
}

function folded(text: string): string | undefined {
  const visible = text.replace(invisible, '')
  if (longRun.test(visible)) return undefined
  const compatible = visible.normalize('NFKC')
  const lower = compatible.toUpperCase().toLowerCase()
  // What has no case was normalised just now.
  const value = lower === compatible ? compatible : lower.normalize('NFKC')
  return value.replace(untidySpace, ' ').trim()
}

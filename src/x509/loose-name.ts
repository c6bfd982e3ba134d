import { hexOf } from '../bytes/hex.ts'
import type { Span } from '../bytes/span.ts'
import { latin1Of } from '../bytes/text.ts'
import { attributesOfRdn, joinRdn, stringValue } from './name.ts'

/**
 * A comparison of names that is looser than RFC 5280 7.1, for exclusions: a name that only might be the excluded one must not
 * pass.
 */

/** Characters that RFC 4518 2.2 maps to nothing, and similar ones: controls, format characters, invisible characters. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC]|(?![\t-\r\x85])\p{Cc}/gu

/**
 * More marks in a row than any real text has (UAX #15, Stream-Safe Text Format). Normalisation sorts them in quadratic time.
 * Unicode classes the two half-width Katakana marks as letters, but they fold to marks.
 */
const longRun = /[\p{M}\uFF9E\uFF9F]{31}/u

/** White space that folding would change: anything but single blanks. */
const untidySpace = /(?:[^\S ]|\x85)[\s\x85]*| [\s\x85]+/gu

/**
 * One RDN as text, given the content of its SET. All string types are alike; compatibility characters and the case of every
 * script are folded (by way of upper case, which folds ß to ss and both small sigmas to one); invisible characters are dropped.
 * `undefined` if that would cost too much.
 */
export function looseRdn(rdn: Span): string | undefined {
  const parts: string[] = []
  for (const { type, tag, value } of attributesOfRdn(rdn)) {
    // Values of other types are read as Latin-1, so that another tag does not hide an excluded name.
    const text = folded(stringValue(tag, value) ?? latin1Of(value))
    if (text === undefined) return undefined
    parts.push(`${hexOf(type)}:${text.length}:${text}`)
  }
  return joinRdn(parts)
}

function folded(text: string): string | undefined {
  const visible = text.replace(invisible, '')
  if (longRun.test(visible)) return undefined
  const compatible = visible.normalize('NFKC')
  const lower = compatible.toUpperCase().toLowerCase()
  // Text without case is normalised already.
  const value = lower === compatible ? compatible : lower.normalize('NFKC')
  return value.replace(untidySpace, ' ').trim()
}

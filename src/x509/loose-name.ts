import { hexOf, latin1Of, utf8Of } from '../bytes/encoding.ts'
import type { Span } from '../bytes/span.ts'
import * as Tag from '../der/tag.ts'
import { attributesOfRdn, joinRdn, rdnsOf, stringValue } from './name.ts'
import type { SignedView } from './signed.ts'

/**
 * The looser comparison of names, for what must be rejected even if it only might be meant: excluded subtrees, and certificates that
 * revocation lists name.
 */

/** Characters that RFC 4518 2.2 maps to nothing, and similar ones: controls, format characters, invisible characters. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC]|(?![\t-\r\x85])\p{Cc}/gu

/**
 * More marks in a row than any real text has (UAX #15, Stream-Safe Text Format). Normalisation sorts them in quadratic time.
 * The two half-width Katakana marks are letters in Unicode, but they fold to marks.
 */
const longRun = /[\p{M}\uFF9E\uFF9F]{31}/u

/** White space other than a single blank. */
const untidySpace = /(?:[^\S ]|\x85)[\s\x85]*| [\s\x85]+/gu

/** RDNs that can be read in more ways are not comparable. */
const mostReadings = 16

/** Nor are longer RDNs that can be read in several ways: each way is folded and compared. */
const longestAmbiguous = 1024

/**
 * One RDN as texts, given the content of its SET: one text for each way to read it. String types are not distinguished. Bytes above 7F
 * in strings of one byte per character may be Latin-1 or UTF-8. Compatibility characters and the case of all scripts are folded, and
 * invisible characters are dropped. Case is folded through upper case, which maps ß to SS and both small sigmas to one. Returns
 * `undefined` if that would cost too much.
 */
export function looseRdn(rdn: Span): readonly string[] | undefined {
  const attributes: (readonly string[])[] = []
  let count = 1
  for (const { type, tag, value } of attributesOfRdn(rdn)) {
    const texts = new Set(looseTexts(tag, value).map(folded))
    count *= texts.size
    if (texts.has(undefined) || count > mostReadings || (count > 1 && rdn.length > longestAmbiguous)) return undefined
    attributes.push(Array.from(texts as Set<string>, (text) => `${hexOf(type)}:${text.length}:${text}`))
  }
  return Array.from({ length: count }, (_, number) => readingOf(attributes, number))
}

/** One of the readings of an RDN: the digits of its number choose the reading of each attribute. */
function readingOf(attributes: readonly (readonly string[])[], number: number): string {
  let rest = number
  const chosen = attributes.map((texts) => {
    const text = texts[rest % texts.length]!
    rest = Math.floor(rest / texts.length)
    return text
  })
  return joinRdn(chosen)
}

/** The ways to read a value. Values that are no strings are read too, so that an unusual tag cannot hide an excluded name. */
function looseTexts(tag: number, value: Span): readonly string[] {
  const text = tag === Tag.teletexString ? undefined : stringValue(tag, value)
  if (text !== undefined) return [text]
  const utf8 = utf8Of(value)
  return utf8 === undefined ? [latin1Of(value)] : [latin1Of(value), utf8]
}

function folded(text: string): string | undefined {
  const visible = text.replace(invisible, '')
  if (longRun.test(visible)) return undefined
  const compatible = visible.normalize('NFKC')
  const lower = compatible.toUpperCase().toLowerCase()
  // Text that case folding does not change is still normalised.
  const value = lower === compatible ? compatible : lower.normalize('NFKC')
  return value.replace(untidySpace, ' ').trim()
}

/** Whether a certificate or list has names that can be read in several ways, so that others may be equal to them. */
export function hasAmbiguousNames({ readDeviations }: SignedView): boolean {
  return readDeviations.some(({ code }) => code === 'non_ascii_string')
}

/** Whether two names are equal in one of the ways to read them. Also true if that would cost too much to find out. */
export function mayBeEqual(a: Span, b: Span): boolean {
  const rdns = rdnsOf(a)
  const others = rdnsOf(b)
  return (
    rdns.length === others.length &&
    rdns.every((rdn, i) => {
      const readings = looseRdn(rdn)
      const otherReadings = looseRdn(others[i]!)
      return readings === undefined || otherReadings === undefined || readings.some((reading) => otherReadings.includes(reading))
    })
  )
}

import { type CodeInfo, rejectCodes, rejectInfo } from '../codes/reject.ts'
import { opensslErrors } from './openssl-names.ts'
import { otherSystems } from './other-names.ts'
import { knownCodes } from './own-codes.ts'

/** Finds the names of other systems, and our own codes, in what an operator pastes: a name, a number, or a whole log line. */

/** A name of another system. */
export interface ForeignName {
  readonly system: string
  readonly name: string
  /** Where it is documented. */
  readonly source: string
  /** Our codes for the same fault, likeliest first. */
  readonly codes: readonly string[]
}

/** How other systems are called, by their field in `CodeMappings`. */
export const systems: Readonly<Record<keyof CodeInfo['mappings'], string>> = {
  node: 'Node, OpenSSL',
  alb: 'Application Load Balancer',
  cloudFront: 'CloudFront',
  googleCloud: 'Google Cloud',
  apiGateway: 'API Gateway',
}

const opensslSource = 'openssl/openssl, include/openssl/x509_vfy.h.in and crypto/x509/x509_txt.c'

function openssl([number, name, text, ...codes]: (typeof opensslErrors)[number]): ForeignName {
  return { system: 'OpenSSL, Node', name: `${number} ${name}: ${text}`, source: opensslSource, codes }
}

/** Texts to search for, in their normal form, with what they mean. */
const phrases: ReadonlyMap<string, ForeignName> = (() => {
  const found = new Map<string, ForeignName>()
  const add = (text: string, meaning: ForeignName): void => {
    const key = normal(text)
    const known = found.get(key)
    // Several tables may have the name. Their codes are added up.
    found.set(key, known === undefined ? meaning : { ...known, codes: [...new Set([...known.codes, ...meaning.codes])] })
  }
  for (const { system, source, names } of otherSystems) {
    for (const [name, codes] of Object.entries(names)) add(name, { system, name, source, codes })
  }
  for (const row of opensslErrors) for (const text of row.slice(1, 3)) add(String(text), openssl(row))
  // The mappings of verdicts. One name may stand for several codes.
  for (const field of Object.keys(systems) as (keyof typeof systems)[]) {
    const nameOf = (code: (typeof rejectCodes)[number]): string | undefined => rejectInfo(code)!.mappings[field]
    for (const name of new Set(rejectCodes.map(nameOf))) {
      if (name === undefined) continue
      const codes = rejectCodes.filter((code) => nameOf(code) === name)
      add(name, { system: systems[field], name, source: 'docs/reference/reject-codes.md', codes })
    }
  }
  return found
})()

/** Names for suggestions. */
export const foreignNames: readonly string[] = [
  ...new Set([...opensslErrors.map(([, name]) => name), ...otherSystems.flatMap(({ names }) => Object.keys(names))]),
]

/** Lower case, with single spaces in place of hyphens and underscores: systems and versions differ in those. */
function normal(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .replaceAll('’', "'")
    .trim()
}

/** Where the programs that use OpenSSL print its number. */
const numberForms: readonly RegExp[] = [
  /^(?:error |openssl )*(\d{1,3})$/g,
  // openssl s_client and s_server; openssl verify; curl.
  /verify error:num=(\d{1,3})\b/g,
  /\berror (\d{1,3}) at \d+ depth lookup/g,
  /verify return code: (\d{1,3})\b/g,
  // nginx and lighttpd.
  /verify error: \((\d{1,3}):/g,
  /\breason\((\d{1,3})\)/g,
  // HAProxy.
  /\bssl c (?:ca )?err[=: ]+(\d{1,3})\b/g,
  /\bssl c verify[=: ]+(\d{1,3})\b/g,
]

/**
 * The names of other systems in a text: what numbers of OpenSSL mean, because they are exact, then the others in their order. Of two
 * names that overlap, the longer one counts.
 */
export function findForeign(text: string): readonly ForeignName[] {
  const line = normal(text)
  const hits: { readonly at: number; readonly end: number; readonly meaning: ForeignName }[] = []
  for (const [phrase, meaning] of phrases) {
    for (let at = line.indexOf(phrase); at >= 0; at = line.indexOf(phrase, at + 1)) {
      const end = at + phrase.length
      if (isWord(line, at, end)) hits.push({ at, end, meaning })
    }
  }
  const longest = hits.filter(
    (hit) => !hits.some((other) => other.end - other.at > hit.end - hit.at && other.at <= hit.at && other.end >= hit.end),
  )
  const named = longest.sort((a, b) => a.at - b.at).map(({ meaning }) => meaning)
  const numbers = numberForms.flatMap((form) => Array.from(line.matchAll(form), ([, number]) => number))
  const numbered = opensslErrors.filter(([number]) => numbers.includes(String(number))).map(openssl)
  // The text next to a number says the same.
  const leading = numbered.filter(({ codes }) => !named.some((other) => codes.join() === other.codes.join()))
  return [...new Map([...leading, ...named].map((meaning) => [meaning.name, meaning])).values()].filter(isFirstOfSystem)
}

/** An alert has a text and a number, which mean the same. */
function isFirstOfSystem({ system, codes }: ForeignName, at: number, all: readonly ForeignName[]): boolean {
  return at === all.findIndex((other) => other.system === system && other.codes.join() === codes.join())
}

function isWord(line: string, at: number, end: number): boolean {
  return !/[a-z0-9]/.test(line[at - 1] ?? '') && !/[a-z0-9]/.test(line[end] ?? '')
}

/** Our own codes in a log line, each once. A code of one word is an ordinary word: it counts alone, or in a field named code. */
export function findOwn(text: string): readonly string[] {
  const line = text.toLowerCase()
  const fields = Array.from(line.matchAll(/\bcode"?\s*[:=]\s*"?([a-z0-9_]+)/g), ([, code]) => code!)
  const words = new Set([line.trim(), ...fields, ...(line.match(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g) ?? [])])
  return knownCodes.filter((code) => words.has(code))
}

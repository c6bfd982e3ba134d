import type { Severity } from '../../codes/lint.ts'

/** Escapes text from certificates, so that it cannot control terminals and build servers. */

/**
 * Characters that a terminal does not show: controls, format characters such as direction marks, line and paragraph separators, and
 * lone surrogates.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** {@link unprintable}, or a colour sequence of `paint`. */
const colourOrUnprintable = /* @__PURE__ */ new RegExp(String.raw`\u001b\[\d{1,2}m|${unprintable.source}`, 'gu')

/** {@link unprintable}, or the second of two number signs or colons. */
const unprintableInJson = /* @__PURE__ */ new RegExp(`${unprintable.source}|(?<=#)#|(?<=:):`, 'gu')

/**
 * Matches what build servers take for a command in a program's output. `##[` (GitHub Actions), `##vso[` (Azure Pipelines) and
 * `##teamcity[` work anywhere in a line, so the second of two number signs is escaped. `::command::` (GitHub Actions) works at the
 * start of a line, which may follow a wrapper's prefix. The two colons of an IPv6 address do not match.
 */
const commands = /(?<=#)#|(?<=:):(?![0-9a-f]{0,4}(?![0-9a-z_-]))/gi

/** `::` at the start of a line, after optional blanks and colours. Escaped even if an address follows. */
const commandsAtStart = /^((?:[^\S\n]|\p{Cc}\[\d{1,2}m)*):(?=:)/gmu

/** The visible form of a character: `\u{1b}`. */
function shown(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

/** Makes commands of build servers harmless by writing one character of each as `\u{23}` or `\u{3a}`. */
export function withoutCommands(text: string): string {
  // Fast path: most lines have neither.
  if (!text.includes('##') && !text.includes('::')) return text
  return text.replace(commands, shown).replace(commandsAtStart, (_, blanks: string) => `${blanks}${shown(':')}`)
}

/** Text as one line of visible characters. Characters that control terminals or build servers are escaped, as in `\u{1b}`. */
export function printable(text: string): string {
  return withoutCommands(text.replace(unprintable, shown))
}

/** {@link printable} for several lines: keeps line feeds and, if `isColoured`, colours. */
export function printableLines(text: string, isColoured: boolean): string {
  const visible = text.replace(isColoured ? colourOrUnprintable : unprintable, (found) =>
    found === '\n' || found.length > 2 ? found : shown(found),
  )
  return withoutCommands(visible)
}

/** JSON with such characters as JSON escapes: safe to print, and with the same values. */
export function printableJson(value: unknown): string {
  return printableJsonText(JSON.stringify(value, null, 2))
}

/** {@link printableJson} for JSON text. Outside strings, JSON has no number signs and no two colons in a row. */
export function printableJsonText(json: string): string {
  return json.replace(unprintableInJson, (character) => {
    // Keep line feeds: they are layout, because JSON strings contain them only as escapes.
    if (character === '\n') return character
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

/** SGR codes that switch each colour on and off. */
const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const

export type Colour = keyof typeof codes

/** Paints text for a terminal, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

export function painter(isColoured: boolean): Paint {
  return (colour, text) => {
    const [on, off] = codes[colour]
    return isColoured && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
}

export const severityColours: Readonly<Record<Severity, Colour>> = { error: 'red', warning: 'yellow', info: 'cyan' }

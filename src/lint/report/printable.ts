import type { Severity } from '../../codes/lint.ts'

/**
 * Characters that a terminal obeys instead of showing: controls, formats such as the marks that turn the direction of
 * text, line and paragraph separators, and halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The same, or a colour sequence of `paint`, the only thing that a terminal may obey. */
const colourOrUnprintable = /* @__PURE__ */ new RegExp(String.raw`\u001b\[\d{1,2}m|${unprintable.source}`, 'gu')

/** {@link unprintable}, or the second of two number signs or colons. */
const unprintableInJson = /* @__PURE__ */ new RegExp(`${unprintable.source}|(?<=#)#|(?<=:):`, 'gu')

/**
 * What build servers take for a command in the output of a program. `##[` (GitHub Actions), `##vso[` (Azure Pipelines) and
 * `##teamcity[` count anywhere in a line, so no two number signs stay together. `::command::` (GitHub Actions) counts at the
 * start of a line, and after any prefix that a wrapper writes; the two colons of an IPv6 address are no command.
 */
const commands = /(?<=#)#|(?<=:):(?![0-9a-f]{0,4}(?![0-9a-z_-]))/gi

/** `::` at the start of a line, where no address begins with it; blanks and colours may come before. */
const commandsAtStart = /^((?:[^\S\n]|\p{Cc}\[\d{1,2}m)*):(?=:)/gmu

/** The visible form of a character: `\u{1b}`. */
function shown(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

/** Defuses commands of build servers: one character of each is written as `\u{23}` or `\u{3a}`. */
export function withoutCommands(text: string): string {
  // Most lines have neither, and are many.
  if (!text.includes('##') && !text.includes('::')) return text
  return text.replace(commands, shown).replace(commandsAtStart, (_, blanks: string) => `${blanks}${shown(':')}`)
}

/** Text on one line of visible characters: what a terminal or a build server would obey is written as `\u{1b}`. */
export function printable(text: string): string {
  return withoutCommands(text.replace(unprintable, shown))
}

/** {@link printable} for several lines: keeps line feeds and, if `coloured`, colours. */
export function printableLines(text: string, coloured: boolean): string {
  const visible = text.replace(coloured ? colourOrUnprintable : unprintable, (found) =>
    found === '\n' || found.length > 2 ? found : shown(found),
  )
  return withoutCommands(visible)
}

/** JSON with these characters as JSON escapes: safe to print, with the same values. */
export function printableJson(value: unknown): string {
  return printableJsonText(JSON.stringify(value, null, 2))
}

/** {@link printableJson} for JSON text. Outside of strings JSON has neither two colons nor a number sign. */
export function printableJsonText(json: string): string {
  return json.replace(unprintableInJson, (character) => {
    // Line feeds are the layout here: those within strings are escapes already.
    if (character === '\n') return character
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

/** The few colours there are; each ends what it began. */
const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const

export type Colour = keyof typeof codes

/** Paints text for a terminal, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

export function painter(coloured: boolean): Paint {
  return (colour, text) => {
    const [on, off] = codes[colour]
    return coloured && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
}

export const severityColours: Readonly<Record<Severity, Colour>> = { error: 'red', warning: 'yellow', info: 'cyan' }

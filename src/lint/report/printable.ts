/**
 * Characters that a terminal obeys instead of showing: controls, formats such as the marks that turn the direction of
 * text, line and paragraph separators, and halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The same and, before it, what `paint` writes: the only thing that a terminal shall obey. */
const colourOrUnprintable = /* @__PURE__ */ new RegExp(String.raw`\u001b\[\d{1,2}m|${unprintable.source}`, 'gu')

/** The same and, of two number signs or colons, the second one. */
const unprintableInJson = /* @__PURE__ */ new RegExp(`${unprintable.source}|(?<=#)#|(?<=:):`, 'gu')

/**
 * What build servers take for a command in the output of a program. `##[` (GitHub Actions), `##vso[` (Azure Pipelines) and
 * `##teamcity[` count anywhere in a line, so no two number signs stay together. `::command::` (GitHub Actions) counts at the
 * start of a line, and after whatever a wrapper writes before it; an address of IPv6 has two colons that are none.
 */
const commands = /(?<=#)#|(?<=:):(?![0-9a-f]{0,4}(?![0-9a-z_-]))/gi

/** The same at the start of a line, where no address needs them. Blanks and colours before it do not count. */
const commandsAtStart = /^((?:[^\S\n]|\p{Cc}\[\d{1,2}m)*):(?=:)/gmu

/** A character as it is shown instead. */
function shown(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

/** Without what a build server would take for a command: one of its characters is written as `\u{23}` or `\u{3a}`. */
export function withoutCommands(text: string): string {
  return text.replace(commands, shown).replace(commandsAtStart, (_, blanks: string) => `${blanks}${shown(':')}`)
}

/** Text on one line of visible characters: what a terminal or a build server would obey is written as `\u{1b}`. */
export function printable(text: string): string {
  return withoutCommands(text.replace(unprintable, shown))
}

/** Lines of such text. Of what a terminal obeys it may have line feeds and, where it is `coloured`, colours. */
export function printableLines(text: string, coloured: boolean): string {
  const visible = text.replace(coloured ? colourOrUnprintable : unprintable, (found) =>
    found === '\n' || found.length > 2 ? found : shown(found),
  )
  return withoutCommands(visible)
}

/** JSON in which every such character is an escape, so that it can be shown as it is; the values stay what they are. */
export function printableJson(value: unknown): string {
  return printableJsonText(JSON.stringify(value, null, 2))
}

/** The same for what is JSON already. Outside of strings JSON has neither two colons nor a number sign. */
export function printableJsonText(json: string): string {
  return json.replace(unprintableInJson, (character) => {
    // Line feeds are the layout here: those within strings are escapes already.
    if (character === '\n') return character
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

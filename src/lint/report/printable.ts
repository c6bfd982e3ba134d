/**
 * Characters that a terminal obeys instead of showing: controls, formats such as the marks that turn the direction of
 * text, line and paragraph separators, and halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Text on one line of visible characters: what a terminal would obey is written as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}

/** JSON in which every such character is an escape, so that it can be shown as it is. */
export function printableJson(value: unknown): string {
  // Line feeds are the layout here: those within strings are escapes already.
  return JSON.stringify(value, null, 2).replace(unprintable, (character) => {
    if (character === '\n') return character
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}

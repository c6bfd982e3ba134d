import type { Severity } from '../../codes/lint.ts'

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

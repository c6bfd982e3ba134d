import type { Paint } from '../lint/report/paint.ts'
import type { ReportFormat } from './output.ts'

/** An option of a command. */
export interface Option {
  /** What its value is called in the help; absent: it takes none. */
  readonly value?: string
  /** May be given several times. */
  readonly multiple?: true
  readonly help: string
}

export interface Command {
  /** What follows the command's name: `<bundle…>`. */
  readonly operands: string
  /** How many operands there must be. */
  readonly least: number
  readonly most: number
  readonly options: Readonly<Record<string, Option>>
  /** Sentences for `--help`, after the options. */
  readonly notes: readonly string[]
  readonly examples: readonly { readonly does: string; readonly line: string }[]
  readonly run: (given: Arguments, surroundings: Surroundings) => Promise<Outcome>
}

/** A command line, checked against the command's options. */
export interface Arguments {
  readonly operands: readonly string[]
  /** Options that take no value. */
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** What a command knows of where it runs. */
export interface Surroundings {
  /** Of portcullis. */
  readonly version: string
  /** For standard output. */
  readonly paint: Paint
}

/** What a command came to: 0 clean, 1 findings or refused. What could not be done is a `CliError`. */
export interface Outcome {
  readonly exitCode: 0 | 1
  /** For standard output. */
  readonly output: string
  /** What `output` is, which says what must be escaped in it. */
  readonly format: ReportFormat
}

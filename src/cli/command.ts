import type { Paint } from '../lint/report/paint.ts'
import type { ReportFormat } from './output.ts'

/** An option of a command. */
export interface Option {
  /** The name of its value in the help; absent if it takes none. */
  readonly value?: string
  /** May be repeated. */
  readonly multiple?: true
  readonly help: string
}

export interface Command {
  /** What follows the command's name: `<bundle…>`. */
  readonly operands: string
  /** The least number of operands. */
  readonly least: number
  readonly most: number
  readonly options: Readonly<Record<string, Option>>
  /** Sentences for `--help`, after the options. */
  readonly notes: readonly string[]
  readonly examples: readonly { readonly does: string; readonly line: string }[]
  readonly run: (given: Arguments, surroundings: Surroundings) => Promise<Outcome>
}

/** A parsed command line. */
export interface Arguments {
  readonly operands: readonly string[]
  /** Options that take no value. */
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** What a command knows about its environment. */
export interface Surroundings {
  /** The version of portcullis. */
  readonly version: string
  /** For standard output. */
  readonly paint: Paint
}

/** The result of a command. Exit code 0: clean; 1: findings or rejected. Failures are thrown as `CliError`. */
export interface Outcome {
  readonly exitCode: 0 | 1
  /** For standard output. */
  readonly output: string
  /** The format of `output`, which decides what must be escaped in it. */
  readonly format: ReportFormat
}

import { cut } from '../bytes/encoding.ts'
import type { CodeInfo } from '../codes/reject.ts'
import { printableJson } from '../lint/report/printable.ts'
import {
  type Arguments,
  CliError,
  type Command,
  choiceOf,
  columns,
  formatOption,
  type Outcome,
  type Surroundings,
  suggestion,
} from './command.ts'
import { type ForeignName, findForeign, findOwn, foreignNames, systems } from './foreign.ts'
import { infoOf, knownCodes } from './own-codes.ts'
import { optionFor } from './remedies.ts'

const formats = ['text', 'json'] as const

/** What one operand means: the names of other systems in it, and the codes. */
interface Meaning {
  readonly names: readonly ForeignName[]
  readonly infos: readonly CodeInfo[]
}

async function run(given: Arguments, surroundings: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', formats, 'text')
  const meanings = given.operands.map(meaningOf)
  if (format === 'json') {
    // Of an own code as `explain` returns it; of a foreign name with that name.
    const infos = meanings.flatMap((meaning) => meaning.infos.map((info) => ({ ...info, ...namesOf(meaning, info) })))
    return { exitCode: 0, output: `${printableJson(infos)}\n`, format }
  }
  return { exitCode: 0, output: meanings.map((meaning) => text(meaning, surroundings)).join('\n'), format }
}

/** @throws CliError if nothing in the operand is known */
function meaningOf(operand: string): Meaning {
  if (knownCodes.includes(operand)) return { names: [], infos: [infoOf(operand)] }
  const names = findForeign(operand)
  const codes = new Set([...findOwn(operand), ...names.flatMap((name) => name.codes)])
  if (names.length === 0 && codes.size === 0) {
    const shown = operand === '' ? 'empty' : cut(operand)
    const problem = `the code is ${shown}, which is not known.${suggestion(operand, [...knownCodes, ...foreignNames])}`
    throw new CliError(problem, 'Names and whole log lines of other systems are understood too; quote them.')
  }
  return { names, infos: Array.from(codes, infoOf) }
}

function namesOf({ names }: Meaning, { code }: CodeInfo): object {
  const fitting = names.filter(({ codes }) => codes.includes(code))
  return fitting.length === 0 ? {} : { names: fitting.map(({ system, name, source }) => ({ system, name, source })) }
}

function text({ names, infos }: Meaning, { paint }: Surroundings): string {
  const heads = names.map(({ system, name, source, codes }) => {
    const here = codes.length === 0 ? 'no code, because it does not check this' : codes.join(', ')
    return `${paint('bold', name)}\n${columns([
      ['System', system],
      ['Source', source],
      ['portcullis', here],
    ])}`
  })
  return [...heads, ...infos.map((info) => section(info, paint))].join('\n')
}

function section({ code, summary, citation, remedy, mappings }: CodeInfo, paint: Surroundings['paint']): string {
  const named = (Object.keys(systems) as (keyof typeof systems)[]).flatMap((system) => {
    const name = mappings[system]
    return name === undefined ? [] : [[systems[system], name] as const]
  })
  const elsewhere = named.length === 0 ? '' : `Elsewhere\n${columns(named)}`
  return `${paint('bold', code)}\n${summary}\n${columns([
    ['Remedy', remedy + optionFor(code)],
    ['Citation', citation],
  ])}${elsewhere}`
}

export const explainCommand: Command = {
  operands: '<code…>',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: { format: formatOption(...formats) },
  notes: [
    `Codes of verdicts, findings, the gate, headers and parsers; names, numbers and log lines of OpenSSL, Node, API Gateway,
load balancers and proxies. Quote what has spaces.`,
  ],
  examples: [
    { does: 'what a finding means and how to fix it', line: 'portcullis explain subject_issuer_conflict' },
    { does: 'what other systems call a rejection', line: 'portcullis explain unknown_issuer' },
    { does: 'an error number of OpenSSL', line: 'portcullis explain 20' },
    {
      does: 'a line of a log',
      line: 'portcullis explain "Access denied. Reason: Could not find issuer for certificate"',
    },
  ],
  run,
}

import type { LintCode } from '../codes/lint.ts'
import { type CodeInfo, rejectCodes } from '../codes/reject.ts'
import { explain, ruleCatalogue } from '../lint/catalogue.ts'
import { printableJson } from '../lint/report/printable.ts'
import {
  type Arguments,
  type Command,
  choiceOf,
  columns,
  formatOption,
  type Outcome,
  oneOf,
  type Surroundings,
} from './command.ts'

const formats = ['text', 'json'] as const

/** A code that both a verdict and a finding have is explained as the verdict's. */
const codes: readonly string[] = [...new Set<string>([...rejectCodes, ...ruleCatalogue.keys()])]

const systems: Readonly<Record<keyof CodeInfo['mappings'], string>> = {
  node: 'Node, OpenSSL',
  alb: 'Application Load Balancer',
  cloudFront: 'CloudFront',
  googleCloud: 'Google Cloud',
  apiGateway: 'API Gateway',
}

async function run(given: Arguments, surroundings: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', formats, 'text')
  const infos = given.operands.map((code) => explain(oneOf(code, 'the code', codes) as LintCode))
  if (format === 'json') return { exitCode: 0, output: `${printableJson(infos)}\n`, format }
  return { exitCode: 0, output: infos.map((info) => text(info, surroundings)).join('\n'), format }
}

function text({ code, summary, citation, remedy, mappings }: CodeInfo, { paint }: Surroundings): string {
  const named = (Object.keys(systems) as (keyof typeof systems)[]).flatMap((system) => {
    const name = mappings[system]
    return name === undefined ? [] : [[systems[system], name] as const]
  })
  const elsewhere = named.length === 0 ? '' : `Elsewhere\n${columns(named)}`
  return `${paint('bold', code)}\n${summary}\n${columns([
    ['Remedy', remedy],
    ['Citation', citation],
  ])}${elsewhere}`
}

export const explainCommand: Command = {
  operands: '<code…>',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: { format: formatOption(...formats) },
  notes: [],
  examples: [
    { does: 'what a finding means and how to fix it', line: 'portcullis explain subject_issuer_conflict' },
    { does: 'what other systems call a rejection', line: 'portcullis explain unknown_issuer' },
  ],
  run,
}

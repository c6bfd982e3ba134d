import { type Colour, printable, printableJson } from '../lint/report/printable.ts'
import { isoTime } from '../policy/fields.ts'
import { buildTruststore, TruststoreError } from '../truststore/build.ts'
import { diffTruststores, type TruststoreDiff } from '../truststore/diff.ts'
import type { Truststore } from '../truststore/store.ts'
import type { Certificate } from '../x509/certificate.ts'
import {
  type Arguments,
  type Command,
  choiceOf,
  formatOption,
  type Option,
  type Outcome,
  policyOf,
  profileOption,
  type Surroundings,
  singleOf,
  timeOf,
} from './command.ts'
import { bundleOf, type Input, readInputs } from './input.ts'
import { unusable } from './remedies.ts'

const formats = ['text', 'json'] as const

async function run(given: Arguments, surroundings: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', formats, 'text')
  const policy = policyOf(given)
  const build = (input: Input): Truststore => {
    const { name } = input
    try {
      return buildTruststore(bundleOf(input), { policy })
    } catch (error) {
      if (!(error instanceof TruststoreError)) throw error
      throw unusable(name, error)
    }
  }
  const [before, after] = (await readInputs(given.operands)).map(build)
  const at = singleOf(given, 'at') === undefined ? undefined : timeOf(given)
  const diff = diffTruststores(before!, after!, at === undefined ? {} : { at })
  const output = format === 'json' ? json(diff, before!, after!) : text(diff, surroundings)
  return { exitCode: diff.droppedIssuers.length > 0 ? 1 : 0, output, format }
}

function text({ added, removed, renewed, rekeyed, droppedIssuers, unchanged }: TruststoreDiff, { paint }: Surroundings): string {
  const row = (colour: Colour, change: string, certificate: Certificate, from?: Certificate): string => {
    const dates = [...(from === undefined ? [] : [from]), certificate].map(({ notAfter }) => isoTime(notAfter.getTime()))
    return `${paint(colour, change.padEnd('unchanged'.length))}  ${printable(certificate.subject)}, until ${dates.join(' → ')}\n`
  }
  return [
    ...removed.map((certificate) => row('red', 'removed', certificate)),
    ...rekeyed.map(({ before, after }) => row('yellow', 're-keyed', after, before)),
    ...renewed.map(({ before, after }) => row('cyan', 'renewed', after, before)),
    ...added.map((certificate) => row('green', 'added', certificate)),
    `${'unchanged'}  ${unchanged}\n`,
    ...droppedIssuers.map(
      (issuer) => `${paint('red', 'rejected'.padEnd('unchanged'.length))}  clients of ${printable(issuer)}\n`,
    ),
  ].join('')
}

function json(diff: TruststoreDiff, before: Truststore, after: Truststore): string {
  return `${printableJson({ before: before.fingerprint, after: after.fingerprint, ...diff })}\n`
}

const diffAt: Option = {
  value: '<date>',
  help: 'Count only clients of CAs that are valid at this time: 2026-12-31 or 2026-12-31T12:00:00Z.',
}

export const diffCommand: Command = {
  operands: '<old> <new>',
  least: 2,
  most: 2,
  options: { at: diffAt, profile: profileOption, format: formatOption(...formats) },
  notes: ['Exit code 1: clients that the old truststore accepts will be rejected. Exit code 0: any other differences.'],
  examples: [
    { does: 'whose clients will be rejected?', line: 'portcullis diff truststore.pem next.pem' },
    { does: 'compare with the truststore in use', line: 'aws s3 cp s3://bucket/truststore.pem - | portcullis diff - next.pem' },
  ],
  run,
}

import { lintTruststore } from '../lint/lint.ts'
import { type Platform, platforms } from '../lint/platform/limits.ts'
import type { FileReport } from '../lint/report/file-report.ts'
import {
  type Arguments,
  atOption,
  type Command,
  choiceOf,
  countOf,
  daysOf,
  formatOption,
  listOf,
  type Outcome,
  oneOf,
  policyOf,
  profileOption,
  type Surroundings,
  singleOf,
  timeOf,
} from './command.ts'
import { bundleOf, readInputs, readWaivers } from './input.ts'
import { reportFormats } from './output.ts'
import { showProgress } from './progress.ts'
import { publicRootsOf, publicRootsOption, purposeOf, untilOption } from './purpose.ts'
import { failLevels, fails, renderReports } from './reports.ts'

const platformNames = Object.keys(platforms) as readonly Platform[]

async function run(given: Arguments, surroundings: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', reportFormats, 'text')
  const failOn = choiceOf(given, 'fail-on', failLevels, 'error')
  const maxWarnings = countOf(given, 'max-warnings')
  const waivers = singleOf(given, 'waivers')
  const purpose = purposeOf(given, undefined)
  const publicRoots = await publicRootsOf(given)
  const options = {
    policy: policyOf(given),
    ...(purpose !== undefined && { purpose }),
    ...(publicRoots && { publicRoots }),
    at: timeOf(given),
    expiresWithinDays: daysOf(given, 'expires-within', 30),
    platform: listOf(given, 'platform').map((name) => oneOf(name, '--platform', platformNames)),
    waive: waivers === undefined ? [] : await readWaivers(waivers),
  }
  const inputs = await readInputs(given.operands)
  const reports = inputs.map((input): FileReport => {
    const { name } = input
    const done = showProgress(`linting ${name}`)
    try {
      return { file: name, problems: lintTruststore(bundleOf(input), options).findings }
    } finally {
      done()
    }
  })
  return { exitCode: fails(reports, failOn, maxWarnings) ? 1 : 0, output: renderReports(reports, format, surroundings), format }
}

export const lintCommand: Command = {
  operands: '<bundle…>',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    platform: {
      value: '<platform>',
      multiple: true,
      help: 'Check the rules of a platform, too.',
    },
    profile: profileOption,
    purpose: { value: '<purpose>', help: "client, server, any, or client-or-server until a date. Default: the profile's." },
    until: untilOption,
    'public-roots': publicRootsOption,
    at: atOption,
    'expires-within': { value: '<days>', help: 'Report certificates that expire within this many days. Default 30.' },
    waivers: {
      value: '<file>',
      help: 'JSON array of { "code", "fingerprint", "until", "reason" }: findings to ignore.',
    },
    'fail-on': { value: '<severity>', help: 'The lowest severity for exit code 1: error (default), warning or info.' },
    'max-warnings': { value: '<number>', help: 'Exit code 1 if there are more warnings than this.' },
    format: formatOption(...reportFormats),
  },
  notes: [
    `Platforms: ${platformNames.join(', ')}.`,
    'Exit code 1: an error, a finding that --fail-on names, or more warnings than --max-warnings, over all files.',
  ],
  examples: [
    { does: 'check a truststore', line: 'portcullis lint truststore.pem' },
    { does: 'check it for two platforms before an upload', line: 'portcullis lint --platform api-gateway,alb truststore.pem' },
    { does: 'in a GitHub Actions workflow', line: 'portcullis lint --format github --expires-within 90 certs/*.pem' },
    { does: 'accept no further warnings', line: 'portcullis lint --max-warnings 3 truststore.pem' },
    { does: 'from a pipe', line: 'aws s3 cp s3://bucket/truststore.pem - | portcullis lint -' },
  ],
  run,
}

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { programFile, Workplace } from '../../support/cli.ts'
import { keyPair, mint } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256') }).pem
const place = new Workplace({ 'root.pem': root, 'truststore.pem': root })
const commands = ['lint', 'verify', 'inspect', 'diff', 'rules', 'explain']

describe('portcullis', () => {
  it('is a program', () => {
    const { status, stdout } = spawnSync(programFile, ['--version'], { encoding: 'utf8' })
    expect(status).toBe(0)
    const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    expect(stdout).toBe(`${manifest.version}\n`)
  })

  it.each([['--help'], ['-h'], ['help'], ['help', 'help']])('%s lists the commands and exit codes', (...args) => {
    const { exitCode, output, errors } = place.run(args)
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    for (const command of commands) expect(output).toMatch(new RegExp(`^ {2}${command} +\\S`, 'm'))
    expect(output).toMatch(/^ {2}2 {2}Wrong usage/m)
  })

  it.each(commands)('%s --help has usage, options and examples', (command) => {
    for (const flag of ['--help', '-h']) {
      const { exitCode, output, errors } = place.run([command, flag])
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
      expect(output).toMatch(new RegExp(`^Usage {2}portcullis ${command} .*\\[options\\]$`, 'm'))
      expect(output).toMatch(/^ {2}--help +Show this help\.$/m)
      expect(output).toMatch(new RegExp(`^Examples\\n {2}# .*\\n.*portcullis ${command}`, 'm'))
    }
  })

  it.each(commands)('help %s is the same', (command) => {
    expect(place.run(['help', command])).toEqual(place.run([command, '--help']))
  })

  it('-V is the version', () => {
    expect(place.run(['-V'])).toEqual(place.run(['--version']))
  })

  it('checks bundles for platforms as README.md says', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
    const [, line = ''] = /`npx portcullis ([^`]*--platform[^`]*)`/.exec(readme) ?? []
    expect(line).toBe('lint --platform api-gateway truststore.pem')
    expect(place.run(line.split(' '))).toMatchObject({ exitCode: 0, errors: '' })
  })

  it.each<[readonly string[], string]>([
    [['help', 'lnit'], 'portcullis: unknown command lnit. Did you mean lint?\nSee portcullis --help.\n'],
    [['help', 'lint', 'verify'], 'portcullis: too many operands, at verify\nWrite portcullis help <command>.\n'],
    [[], 'portcullis: a command is missing\nCommands are lint, verify, inspect, diff, rules, explain; see portcullis --help.\n'],
    [['lnit'], 'portcullis: unknown command lnit. Did you mean lint?\nSee portcullis --help.\n'],
    [['frobnicate'], 'portcullis: unknown command frobnicate.\nSee portcullis --help.\n'],
    [['toString'], 'portcullis: unknown command toString.\nSee portcullis --help.\n'],
    [['--hlep'], 'portcullis: unknown option --hlep. Did you mean --help?\nSee portcullis --help.\n'],
    [
      ['lint', '--platfrom', 'alb', 'root.pem'],
      'unknown option --platfrom. Did you mean --platform?\nSee portcullis lint --help.\n',
    ],
    [['lint', '-x', 'root.pem'], 'portcullis lint: unknown option -x.\n'],
    [['lint', '--platform', 'abl', 'root.pem'], 'Did you mean alb?'],
    [['lint', '--platform=', 'root.pem'], '--platform is empty, expected one of api-gateway, alb,'],
    [['lint', '--platform', 'alb,', 'root.pem'], '--platform is empty'],
    [['lint'], 'portcullis lint: <bundle…> is missing\n'],
    [['lint', 'root.pem', '--at'], 'portcullis lint: --at needs a value: --at <date>\n'],
    [
      ['lint', '--at', '--format', 'root.pem'],
      '--at needs a value, and --format looks like an option\nWrite --at=--format if it is meant.\n',
    ],
    [['lint', '--help=yes', 'root.pem'], '--help takes no value'],
    [['lint', '--at', '2026-01-01', '--at', '2026-01-02', 'root.pem'], '--at is given more than once'],
    [['lint', '--at', '2026-02-30', 'root.pem'], '--at is 2026-02-30, which is not a date'],
    [['lint', '--at', '2026-01-01T00:00:00', 'root.pem'], 'in UTC, as 2026-12-31T12:00:00Z'],
    [['lint', '--expires-within', '-1', 'root.pem'], '--expires-within needs a value'],
    [['lint', '--expires-within', '1e3', 'root.pem'], '--expires-within is 1e3, which is not a number of days'],
    [['lint', '--format', 'xml', 'root.pem'], '--format is xml, expected one of text, json, sarif, github.'],
    [['lint', '--', '--format'], 'cannot read --format: there is no such file'],
  ])('%j is 2 with what to do', (args, errors) => {
    const ran = place.run(args)
    expect({ exitCode: ran.exitCode, output: ran.output }).toEqual({ exitCode: 2, output: '' })
    expect(ran.errors).toContain(errors)
  })

  it('takes options after operands, and an operand that looks like one after --', () => {
    place.write('-x.pem', mint({ ca: true, key: keyPair('p256') }).pem)
    expect(place.run(['lint', 'root.pem', '--format=json', '--', '-x.pem']).exitCode).toBe(0)
  })
})

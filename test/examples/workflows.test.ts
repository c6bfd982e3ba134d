import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { writeCertificates } from '../../examples/certificates.ts'

/** The workflows in examples/ are well-formed, and the commands of lint-truststore.yml work as in a runner. */

interface Step {
  readonly run?: string
  readonly uses?: string
}

interface Workflow {
  readonly name: string
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'examples', 'workflows')

function workflow(file: string): Workflow {
  return parse(readFileSync(join(folder, file), 'utf8'))
}

describe('workflows', () => {
  it.each(readdirSync(folder))('%s: every step has a command or an action', (file) => {
    const { name, jobs } = workflow(file)
    expect(file).toContain(name)
    const steps = Object.values(jobs).flatMap((job) => job.steps)
    expect(steps.length).toBeGreaterThan(2)
    for (const step of steps) expect([step, (step.run === undefined) !== (step.uses === undefined)]).toEqual([step, true])
  })
})

describe('lint-truststore.yml', () => {
  const place = mkdtempSync(join(tmpdir(), 'portcullis-workflow-'))
  const commands = workflow('lint-truststore.yml').jobs['lint']!.steps.flatMap(({ run }) => run ?? [])
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], { cwd: place })

  beforeAll(() => {
    writeCertificates(place)
    writeFileSync(join(place, 'waivers.json'), '[]')
    // The link that `npm ci` creates.
    const bin = join(place, 'node_modules', '.bin')
    mkdirSync(bin, { recursive: true })
    symlinkSync(join(root, 'dist', 'cli.js'), join(bin, 'portcullis'))
    git('init', '--quiet')
    git('add', 'truststore.pem')
    git('commit', '--quiet', '--message', 'Trust the first root')
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  })
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  /** Runs a step's command with the shell and flags that runners use. */
  function runStep(command: string | undefined): { readonly status: number | null; readonly output: string } {
    const env = { PATH: process.env['PATH'], HOME: place, GITHUB_BASE_REF: 'main', npm_config_offline: 'true' }
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', command!], {
      cwd: place,
      env,
      encoding: 'utf8',
    })
    return { status, output: stdout + stderr }
  }

  const [install, lint, diff, ...more] = commands

  it('installs, lints and compares', () => {
    expect([install, more]).toEqual(['npm ci', []])
  })

  it('passes a truststore with more roots than before', () => {
    copyFileSync(join(place, 'next-truststore.pem'), join(place, 'truststore.pem'))
    expect(runStep(lint)).toMatchObject({ status: 0 })
    expect(runStep(diff)).toMatchObject({ status: 0, output: expect.stringContaining('added      CN=Root,O=Elsewhere') })
  })

  it('fails if clients would be rejected, and annotates an invalid bundle', () => {
    copyFileSync(join(place, 'client.key'), join(place, 'truststore.pem'))
    expect(runStep(lint)).toMatchObject({ status: 1, output: expect.stringMatching(/^::error file=truststore\.pem,/m) })
    copyFileSync(join(place, 'stranger.pem'), join(place, 'truststore.pem'))
    expect(runStep(diff)).toMatchObject({ status: 1 })
  })
})

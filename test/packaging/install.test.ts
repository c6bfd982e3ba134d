import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mint } from '../support/mint.ts'
import { root } from './package.ts'

/** From an empty folder, as in the README: `npm init -y`, `npm install` of the tarball, and the first example. */

const work = mkdtempSync(join(tmpdir(), 'portcullis-install-'))
const folder = join(work, 'empty')
const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The README's first example, as JavaScript of this kind, and then what becomes of two clients. */
function exampleAs(module: ts.ModuleKind): string {
  const example = /^```ts run=judge\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  if (example === undefined) throw new Error('README.md has no example named judge')
  const use = "for (const name of ['client.der', 'stranger.der']) console.log(judge(readFileSync(name)))"
  return ts.transpileModule(`${example}\n${use}\n`, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText
}

function tarball(): string {
  return join(work, readdirSync(work).find((name) => name.endsWith('.tgz'))!)
}

describe('from an empty folder', () => {
  beforeAll(() => {
    const authority = mint({ ca: true, subject: 'O=Example,CN=Root' })
    npm(root, 'pack', '--ignore-scripts', '--silent', '--pack-destination', work)
    mkdirSync(folder)
    writeFileSync(join(folder, 'truststore.pem'), authority.pem)
    writeFileSync(join(folder, 'client.der'), mint({ subject: 'O=Example,CN=client' }, authority).der)
    writeFileSync(join(folder, 'stranger.der'), mint({ subject: 'O=Example,CN=stranger', issuer: 'CN=Nobody' }).der)
    npm(folder, 'init', '-y')
    npm(folder, 'install', ...quietly, tarball())
  }, 180_000)

  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it('the tarball is under 400 KB', () => {
    expect(statSync(tarball()).size).toBeLessThan(400_000)
  })

  it('brings only what it depends on', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(installed.sort()).toEqual(['@noble', '@peculiar', 'asn1js', 'portcullis'])
  })

  it.each([
    ['import', 'example.mjs', ts.ModuleKind.ES2022, 'import { buildTruststore'],
    ['require', 'example.cjs', ts.ModuleKind.CommonJS, 'require("portcullis")'],
  ])('the example of the README runs by %s', (_way, file, kind, load) => {
    const code = exampleAs(kind)
    expect(code).toContain(load)
    writeFileSync(join(folder, file), code)
    const output = execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })
    expect(output).toMatch(/^200 CN=client,O=Example\n403 unknown_issuer: leaf certificate CN=stranger,O=Example: /)
  })
})

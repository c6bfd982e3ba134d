import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fence } from '../docs/documents.ts'
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

/** What users write, in one file: every entry, and a value that goes from one entry to another. */
const everyEntry = `
import { buildTruststore, diffTruststores, type Truststore, TruststoreError } from 'portcullis'
import { verifyRequest } from 'portcullis/headers'
import { importBundle } from 'portcullis/import'
import { inspect } from 'portcullis/inspect'
import { mutualTls } from 'portcullis/node'

export const store: Truststore = buildTruststore('')
export const faults: readonly string[] = inspect('').faults.map(({ message }) => message)
export const failure = (error: TruststoreError): boolean => error instanceof TruststoreError
export const imported: boolean = importBundle('').ok
mutualTls({ truststore: store })
verifyRequest({}, store, { from: 'rfc9440', trustedProxy: true })
diffTruststores(store, store).unchanged.toFixed()
`

/** The faults of a file that stands in the folder, as the compiler finds the installed declarations from there. */
function typeFaultsOf(file: string, options: ts.CompilerOptions): readonly string[] {
  const types = ['node']
  const strict = { strict: true, noEmit: true, types, typeRoots: [join(root, 'node_modules', '@types')] }
  const program = ts.createProgram([join(folder, file)], { target: ts.ScriptTarget.ES2022, ...strict, ...options })
  const diagnostics = ts.getPreEmitDiagnostics(program)
  return diagnostics.map(({ file: at, messageText }) => {
    return `${at?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

const { CommonJS, ES2022, ESNext, Node16, NodeNext } = ts.ModuleKind
const resolutions: Readonly<Record<string, readonly [file: string, options: ts.CompilerOptions]>> = {
  node10: [
    'types.ts',
    { module: CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10, ignoreDeprecations: '6.0', skipLibCheck: true },
  ],
  'node16, in a CommonJS package': ['types.cts', { module: Node16 }],
  'node16, in an ES module': ['types.mts', { module: Node16 }],
  'nodenext, in a CommonJS package': ['types.cts', { module: NodeNext }],
  'nodenext, in an ES module': ['types.mts', { module: NodeNext }],
  bundler: ['types.ts', { module: ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
}

/** One process loads every entry both ways, and hands a truststore of one way to the other. */
const bothWays = `
const { strictEqual } = require('node:assert')
const { readFileSync } = require('node:fs')
const required = require('portcullis')
const { fileTruststore } = require('portcullis/node')
async function main() {
  for (const entry of ['portcullis', 'portcullis/headers', 'portcullis/import', 'portcullis/inspect', 'portcullis/node']) {
    const [imported, loaded] = [await import(entry), require(entry)]
    for (const name of Object.keys(imported)) strictEqual(loaded[name], imported[name], entry + ': ' + name)
  }
  const imported = await import('portcullis')
  const { current } = await fileTruststore('truststore.pem')
  console.log(imported.verifyChain(required.buildTruststore(readFileSync('truststore.pem')), readFileSync('client.der')).ok)
  console.log(imported.diffTruststores(imported.buildTruststore(readFileSync('truststore.pem')), current).unchanged)
}
main().then(() => process.exit(0))
`

/** Relative links of a packed document that lead nowhere. */
function brokenLinks(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replace(fence, '')
  const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(file), target)))
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

  it('the tarball is with its documents is under 550 KB', () => {
    expect(statSync(tarball()).size).toBeLessThan(550_000)
  })

  it('brings only what it depends on', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(installed.sort()).toEqual(['@noble', '@peculiar', 'asn1js', 'portcullis'])
  })

  it.each([
    ['import', 'example.mjs', ES2022, 'import { buildTruststore'],
    ['require', 'example.cjs', CommonJS, 'require("portcullis")'],
  ])('the example of the README runs by %s', (_way, file, kind, load) => {
    const code = exampleAs(kind)
    expect(code).toContain(load)
    writeFileSync(join(folder, file), code)
    const output = execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })
    expect(output).toMatch(/^200 CN=client,O=Example\n403 unknown_issuer: leaf certificate CN=stranger,O=Example: /)
  })

  it('what one process imports is what it requires', () => {
    writeFileSync(join(folder, 'both.cjs'), bothWays)
    const output = execFileSync(process.execPath, ['both.cjs'], { cwd: folder, encoding: 'utf8' })
    expect(output).toBe('true\n1\n')
  })

  it.each(Object.entries(resolutions))('TypeScript finds every entry: %s', { timeout: 120_000 }, (_name, [file, options]) => {
    writeFileSync(join(folder, file), everyEntry)
    expect(typeFaultsOf(file, options)).toEqual([])
    writeFileSync(join(folder, `wrong-${file}`), everyEntry.replace("buildTruststore('')", 'buildTruststore(1)'))
    expect(typeFaultsOf(`wrong-${file}`, options)).toEqual([expect.stringContaining('not assignable')])
  })

  it('every relative link of the packed documents leads to a packed file', () => {
    const installed = join(folder, 'node_modules', 'portcullis')
    const documents = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
    expect(documents).toContain('README.md')
    expect(documents.length).toBeGreaterThan(15)
    expect(documents.flatMap((name) => brokenLinks(join(installed, name)))).toEqual([])
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * The layers of src from left to right. A file may import from its own folder and from layers to the left of it. Folders in
 * the same entry may not import from each other. docs/architecture.md explains each layer.
 */
const layers: readonly (readonly string[])[] = [
  ['codes'],
  ['bytes'],
  ['der'],
  ['crypto'],
  ['x509'],
  ['policy'],
  ['rules'],
  ['truststore'],
  ['path'],
  ['lint', 'ownership'],
  ['headers'],
  ['import', 'inspect', 'node'],
  ['cli'],
]

/** Packages that a layer may import. Layers without an entry may import `corePackages`. */
const packages: Readonly<Record<string, RegExp>> = {
  headers: /^(?!)/,
  import: /^(?!)/,
  inspect: /^asn1js$/,
  node: /^node:/,
  cli: /^node:/,
}
const corePackages = /^@noble\/hashes\//

/** The files that package.json exports: the public API. */
const entries: ReadonlySet<string> = new Set([
  'index.ts',
  ...['headers', 'import', 'inspect', 'node'].map((name) => `${name}/index.ts`),
])

const longestFile = 350

/** Files below this many lines count as small. At most one file in six may be small. */
const smallFile = 50
const mostSmall = 1 / 6

/** Files that may write: `main` passes its output through `safeOutput`; the others only write fixed texts to a terminal. */
const writers: ReadonlySet<string> = new Set(['main', 'input', 'progress', 'progress-worker'].map((name) => `cli/${name}.ts`))

/** The text of every file by its path below src, such as `der/reader.ts`. */
type Sources = ReadonlyMap<string, string>

function readSources(): Sources {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  return new Map(paths.map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]))
}

const parsed = new Map<string, ts.SourceFile>()

function parse(path: string, text: string): ts.SourceFile {
  const known = parsed.get(path)
  if (known?.text === text) return known
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  parsed.set(path, file)
  return file
}

/** Every module that a file references: in imports, re-exports, and `import()` as expression or type. */
function specifiersOf(path: string, text: string): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push((node.argument.literal as ts.StringLiteral).text)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments
      found.push(target !== undefined && ts.isStringLiteral(target) ? target.text : '(computed)')
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(path, text))
  return found
}

/** References to functions and streams that write to the console, standard output or standard error. */
function writesIn(path: string, text: string): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const written = ts.isPropertyAccessExpression(node) || ts.isIdentifier(node) ? node.getText() : ''
    if (/^(console\.\w+|process\.std(out|err)|writeSync)$/.test(written)) found.push(written)
    ts.forEachChild(node, visit)
  }
  visit(parse(path, text))
  return found
}

/** Folder of a file; empty for files directly in src. */
function layerOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
}

function rankOf(path: string): number {
  return layerOf(path) === '' ? layers.length : layers.findIndex((siblings) => siblings.includes(layerOf(path)))
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../')
}

/** The files of src that a file imports, as paths below src. */
function importsOf(path: string, text: string): readonly string[] {
  return specifiersOf(path, text)
    .filter(isRelative)
    .map((specifier) => posix.join(posix.dirname(path), specifier))
}

/** Each rule returns one line per violation. */
const rules: Readonly<Record<string, (sources: Sources) => readonly string[]>> = {
  'every folder is a layer, and every other file is an entry': (sources) =>
    [...sources.keys()]
      .filter((path) => (layerOf(path) === '' ? !entries.has(path) : rankOf(path) < 0))
      .map((path) => `${path}: ${layerOf(path) === '' ? 'is not an entry' : `${layerOf(path)} is not a layer`}`),

  'imports point to the left': (sources) =>
    perFile(sources, (path, text) =>
      importsOf(path, text)
        .filter((target) => layerOf(target) !== layerOf(path) && rankOf(target) >= rankOf(path))
        .map((target) => `imports ${target}`),
    ),

  'relative imports name a file of src, with its extension': (sources) =>
    perFile(sources, (path, text) =>
      importsOf(path, text)
        .filter((target) => !sources.has(target))
        .map((target) => `imports ${target}, which does not exist`),
    ),

  'no file imports itself through others': (sources) => cyclesIn(sources),

  'a layer imports only packages that it may import': (sources) =>
    perFile(sources, (path, text) => {
      const allowed = packages[layerOf(path)] ?? corePackages
      return specifiersOf(path, text)
        .filter((specifier) => !isRelative(specifier) && !allowed.test(specifier))
        .map((specifier) => `imports ${specifier}`)
    }),

  'entries contain only re-exports by name': (sources) =>
    perFile(sources, (path, text) => {
      if (!entries.has(path)) return []
      return parse(path, text)
        .statements.filter((statement) => !isNamedReExport(statement))
        .map((statement) => `has ${statement.getText()}`)
    }),

  'only entries consist of re-exports': (sources) =>
    perFile(sources, (path, text) => {
      if (entries.has(path)) return []
      return parse(path, text).statements.every(ts.isExportDeclaration) ? ['is a barrel'] : []
    }),

  'nothing is exported by default': (sources) =>
    perFile(sources, (path, text) => {
      const isDefault = (statement: ts.Statement): boolean =>
        ts.isExportAssignment(statement) ||
        (ts.canHaveModifiers(statement) &&
          (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword))
      return parse(path, text).statements.some(isDefault) ? ['has a default export'] : []
    }),

  'only the CLI writes output': (sources) =>
    perFile(sources, (path, text) => (writers.has(path) ? [] : writesIn(path, text).map((written) => `uses ${written}`))),

  [`files have at most ${longestFile} lines`]: (sources) =>
    perFile(sources, (_path, text) => {
      const lines = text.trimEnd().split('\n').length
      return lines > longestFile ? [`has ${lines} lines`] : []
    }),

  [`at most one file in six has fewer than ${smallFile} lines`]: (sources) => {
    const small = [...sources.values()].filter((text) => text.trimEnd().split('\n').length < smallFile)
    return small.length > sources.size * mostSmall ? [`${small.length} of ${sources.size} files`] : []
  },
}

function perFile(sources: Sources, check: (path: string, text: string) => readonly string[]): readonly string[] {
  return [...sources].flatMap(([path, text]) => check(path, text).map((violation) => `${path}: ${violation}`))
}

function isNamedReExport(statement: ts.Statement): boolean {
  return (
    ts.isExportDeclaration(statement) &&
    statement.moduleSpecifier !== undefined &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
  )
}

/** Every cycle of imports. */
function cyclesIn(sources: Sources): readonly string[] {
  const cycles: string[] = []
  const finished = new Set<string>()
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (finished.has(path) || trail.includes(path)) return
    for (const target of importsOf(path, sources.get(path) ?? '')) walk(target, [...trail, path])
    finished.add(path)
  }
  for (const path of sources.keys()) walk(path, [])
  return cycles
}

describe('the architecture of src', () => {
  const sources = readSources()

  it('is read completely', () => {
    expect([...sources.keys()]).toContain('index.ts')
    expect(sources.size).toBeGreaterThan(60)
  })

  for (const [name, violationsOf] of Object.entries(rules)) {
    it(name, () => expect(violationsOf(sources)).toEqual([]))
  }
})

describe('the compiler', () => {
  it('gives the core no globals beyond ES2022', () => {
    const config = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'tsconfig.json'), 'utf8'))
    expect(config).toMatchObject({ compilerOptions: { lib: ['ES2022'], types: [] }, include: ['src'] })
  })
})

describe('the rules of the architecture', () => {
  const violating = new Map([
    ['index.ts', "export * from './der/reader.ts'\nexport const version = 1\n"],
    ['codes/reject.ts', "import type { Reader } from '../der/reader.ts'\nexport type A = Reader\n"],
    ['der/reader.ts', "import { tag } from './tags.ts'\nexport class Reader { tag = tag }\n"],
    ['der/tags.ts', "export const tag: number = (await import('./reader.ts')).Reader.length\n"],
    ['der/index.ts', "export { Reader } from './reader.ts'\n"],
    ['der/old.ts', "import { sep } from 'node:path'\nimport x from './gone'\nexport default sep + x\n"],
    ['inspect/text.ts', "import { gate } from '../node/gate.ts'\nimport 'pkijs'\nexport const text = gate\n"],
    ['node/gate.ts', `import 'node:tls'\nexport const gate: import('../bytes/encoding.ts').Hex = 1\n${'\n'.repeat(400)}// end\n`],
    ['bytes/encoding.ts', "import { sha256 } from '@noble/hashes/sha2.js'\nexport type Hex = typeof sha256\n"],
    ['setup.ts', 'export const ready = 1\n'],
    ['utils/misc.ts', 'export const misc = 1\n'],
    [
      'cli/show.ts',
      '/** console.log(1) */\nexport const show = (text: string) => console.log(text) ?? process.stderr.write(text)\n',
    ],
    ['cli/main.ts', 'process.stdout.write("a")\n'],
  ])

  const violations: Readonly<Record<string, readonly string[]>> = {
    'every folder is a layer, and every other file is an entry': [
      'setup.ts: is not an entry',
      'utils/misc.ts: utils is not a layer',
    ],
    'imports point to the left': ['codes/reject.ts: imports der/reader.ts', 'inspect/text.ts: imports node/gate.ts'],
    'relative imports name a file of src, with its extension': ['der/old.ts: imports der/gone, which does not exist'],
    'no file imports itself through others': ['der/reader.ts → der/tags.ts → der/reader.ts'],
    'a layer imports only packages that it may import': ['der/old.ts: imports node:path', 'inspect/text.ts: imports pkijs'],
    'entries contain only re-exports by name': [
      "index.ts: has export * from './der/reader.ts'",
      'index.ts: has export const version = 1',
    ],
    'only entries consist of re-exports': ['der/index.ts: is a barrel'],
    'nothing is exported by default': ['der/old.ts: has a default export'],
    'only the CLI writes output': ['cli/show.ts: uses console.log', 'cli/show.ts: uses process.stderr'],
    [`files have at most ${longestFile} lines`]: ['node/gate.ts: has 403 lines'],
    [`at most one file in six has fewer than ${smallFile} lines`]: ['12 of 13 files'],
  }

  it.each(Object.keys(rules))('%s: reports a violation', (name) => {
    expect(rules[name]?.(violating)).toEqual(violations[name])
  })
})

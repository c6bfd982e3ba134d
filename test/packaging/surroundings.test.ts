import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { builtFile, root } from './package.ts'

/**
 * What runs in any runtime uses nothing of one: the built files of `.`, `./headers`, `./import` and `./inspect`, and all they import, are
 * read for names that only Node has, and for code made of text.
 */
const forbiddenNames: ReadonlySet<string> = new Set([
  ...['Buffer', 'process', 'require', 'module', 'global', '__dirname', '__filename', 'setImmediate'],
  ...['window', 'document', 'self', 'Deno', 'Bun', 'fetch', 'crypto', 'atob', 'btoa', 'setTimeout', 'XMLHttpRequest'],
  ...['eval', 'Function', 'WebAssembly', 'SharedArrayBuffer'],
])

/** A name that stands for itself: no property, no key, no declaration's own. */
function isFree(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  const isName = 'name' in parent && parent.name === node
  return !isName || ts.isShorthandPropertyAssignment(parent)
}

interface Reading {
  readonly imports: readonly string[]
  readonly faults: readonly string[]
}

function read(name: string, text: string): Reading {
  const imports: string[] = []
  const faults: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      imports.push((node.moduleSpecifier as ts.StringLiteral).text)
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) faults.push(`${name}: import()`)
    if (ts.isIdentifier(node) && forbiddenNames.has(node.text) && isFree(node)) faults.push(`${name}: ${node.text}`)
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'constructor' && ts.isCallExpression(node.parent)) {
      faults.push(`${name}: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS))
  for (const specifier of imports) {
    if (!/^\.\.?\//.test(specifier) && !/^(@noble\/hashes\/|asn1js$)/.test(specifier))
      faults.push(`${name}: imports ${specifier}`)
  }
  return { imports, faults }
}

/** The faults of a file and of all that it imports, and which files those are. */
function faultsOf(entry: string): { readonly files: readonly string[]; readonly faults: readonly string[] } {
  const files = new Set<string>()
  const faults: string[] = []
  const follow = (path: string): void => {
    if (files.has(path)) return
    files.add(path)
    const reading = read(relative(root, path), readFileSync(path, 'utf8'))
    faults.push(...reading.faults)
    for (const specifier of reading.imports) if (specifier.startsWith('.')) follow(join(dirname(path), specifier))
  }
  follow(entry)
  return { files: [...files], faults }
}

describe('what is published for any runtime', () => {
  it.each(['.', './headers', './import', './inspect'])('%s uses nothing of a runtime', (entry) => {
    const { files, faults } = faultsOf(builtFile(entry))
    expect(files.length).toBeGreaterThan(1)
    expect(faults).toEqual([])
  })

  it.each([
    ["import { sep } from 'node:path'", 'imports node:path'],
    ['const a = Buffer.from([])', 'Buffer'],
    ['if (process.env.A) b()', 'process'],
    ["eval('1')", 'eval'],
    ["new Function('return 1')", 'Function'],
    ["(() => {}).constructor('return 1')()", '(() => {}).constructor'],
    ["await import('node:fs')", 'import()'],
    ['const a = { process }', 'process'],
  ])('a violation is found: %s', (text, fault) => {
    expect(read('bent.js', text).faults).toEqual([`bent.js: ${fault}`])
  })

  it('names of properties and words of texts are none', () => {
    expect(read('fine.js', "a.process({ Buffer: 'eval' }) // require").faults).toEqual([])
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/**
 * Part of `npm run build`: declarations for CommonJS packages (`module: node16` in TypeScript), which may not load what
 * `.d.ts` declares in a package of ES modules. Node loads the same files for `require` as for `import`, so these
 * declarations name the types of the others and repeat none: a truststore of one way is one to the other.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [types]))
const declared = entries.map((types) => join(root, types.default))
const program = ts.createProgram(declared, {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  types: ['node'],
  skipLibCheck: true,
})
const checker = program.getTypeChecker()

/** The comment of a declaration, as it stands there: editors show it for the name that is imported. */
function commentOf(symbol) {
  const comments = symbol.declarations.flatMap((declaration) => ts.getJSDocCommentsAndTags(declaration)).filter(ts.isJSDoc)
  return comments.map((comment) => `${comment.getText()}\n`).join('')
}

function declarationsOf(file) {
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
  const from = `'./${basename(file, '.d.ts')}.js' with { 'resolution-mode': 'import' }`
  const types = []
  const values = []
  for (const symbol of symbols) {
    const { name } = symbol
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    if ((target.flags & ts.SymbolFlags.Value) === 0) {
      types.push(name)
      continue
    }
    values.push(`${commentOf(target)}export declare const ${name}: typeof esm.${name}\n`)
    if (target.flags & ts.SymbolFlags.Class) values.push(`export type ${name} = esm.${name}\n`)
  }
  return [
    `import type * as esm from ${from}\n`,
    types.length === 0 ? '' : `export type { ${types.join(', ')} } from ${from}\n`,
    ...values,
  ].join('')
}

entries.forEach((types, index) => {
  writeFileSync(join(root, types.require), declarationsOf(declared[index]))
})

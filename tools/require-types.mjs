import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/**
 * Part of `npm run build`: writes declarations for CommonJS packages. With `module: node16`, TypeScript does not let them
 * use the `.d.ts` files of a package of ES modules. Node loads the same files for `require` and for `import`, so these
 * declarations re-export the types of the others: a truststore has the same type either way.
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

/** The comment of a declaration, copied because editors show it for the imported name. */
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

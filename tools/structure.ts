import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/**
 * `npm run structure [CHECKOUT …]`: figures that show how much code a newcomer has to read. Each checkout gets a column,
 * so that a change can be compared with an older version.
 */

interface Source {
  readonly text: string
  readonly lines: number
  readonly tree: ts.SourceFile
}

/** The files of `src` by absolute path. */
function sourcesOf(root: string): ReadonlyMap<string, Source> {
  const src = join(root, 'src')
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return new Map(
    paths.map((path) => {
      const text = readFileSync(join(src, path), 'utf8')
      const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
      return [join(src, path), { text, lines: text.trimEnd().split('\n').length, tree }]
    }),
  )
}

/** Every file that a file imports, directly or indirectly, including imports of types. */
function reachedFrom(start: string, sources: ReadonlyMap<string, Source>): ReadonlySet<string> {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    const source = sources.get(path)
    if (source === undefined || reached.has(path)) return
    reached.add(path)
    for (const { fileName } of ts.preProcessFile(source.text).importedFiles)
      if (fileName.startsWith('.')) visit(join(dirname(path), fileName))
  }
  visit(start)
  return reached
}

function count(sources: ReadonlyMap<string, Source>, isCounted: (node: ts.Node) => boolean): number {
  let total = 0
  const visit = (node: ts.Node): void => {
    if (isCounted(node)) total++
    ts.forEachChild(node, visit)
  }
  for (const { tree } of sources.values()) visit(tree)
  return total
}

function isRuleType(node: ts.Node): boolean {
  return (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && /Rule$/.test(node.name.text)
}

/** A comparison with a curve's name, or a `case` for one. */
function dispatchesCurve(node: ts.Node): boolean {
  const isCurve = (part: ts.Node): boolean => ts.isStringLiteral(part) && /^P-(256|384|521)$/.test(part.text)
  if (ts.isCaseClause(node)) return isCurve(node.expression)
  if (!ts.isBinaryExpression(node)) return false
  const isComparison = [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]
  return isComparison.includes(node.operatorToken.kind) && (isCurve(node.left) || isCurve(node.right))
}

/** Parameters that are half a range, such as `start` or `keyEnd`. A `Span` would hold both halves. */
function isHalfRange(node: ts.Node): boolean {
  return ts.isParameter(node) && ts.isIdentifier(node.name) && /^(start|end|\w+(Start|End))$/.test(node.name.text)
}

function figures(root: string): Readonly<Record<string, string>> {
  const sources = sourcesOf(root)
  const all = [...sources.values()]
  const reached = reachedFrom(join(root, 'src', 'path', 'verify.ts'), sources)
  const mean = [...reached].reduce((sum, path) => sum + sources.get(path)!.lines, 0) / reached.size
  return {
    'files in src': String(sources.size),
    'files below 50 lines': String(all.filter(({ lines }) => lines < 50).length),
    'longest file, lines': String(Math.max(...all.map(({ lines }) => lines))),
    'files that `verifyChain` imports, directly or not': String(reached.size),
    'their lines on average': mean.toFixed(0),
    'types named …Rule': String(count(sources, isRuleType)),
    'places that compare the name of a curve': String(count(sources, dispatchesCurve)),
    'parameters that are half a range (`start`, `end`)': String(count(sources, isHalfRange)),
  }
}

const here = join(dirname(fileURLToPath(import.meta.url)), '..')
const roots = argv.length > 2 ? argv.slice(2) : [here]
const columns = roots.map(figures)
console.log(`| | ${roots.map((root) => relative(process.cwd(), root) || 'this checkout').join(' | ')} |`)
console.log(`| --- |${' ---: |'.repeat(roots.length)}`)
for (const name of Object.keys(columns[0]!)) console.log(`| ${name} | ${columns.map((column) => column[name]).join(' | ')} |`)

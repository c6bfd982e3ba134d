import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import ts from 'typescript'

/** Properties on `Object.prototype`, and which of them the library reads. */

const src = join(import.meta.dirname, '..', '..', 'src')

/** Properties that the engine itself reads from prototypes: of property descriptors and iterator results. */
const ofTheEngine = ['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'return']
const isTaken: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), ...ofTheEngine])

function namesIn(select: (node: ts.Node) => string | undefined): readonly string[] {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    const name = select(node)
    if (name !== undefined && !isTaken.has(name)) names.add(name)
    ts.forEachChild(node, visit)
  }
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ts')) visit(ts.createSourceFile(file, readFileSync(join(src, file), 'utf8'), ts.ScriptTarget.ES2022))
  }
  return [...names].sort()
}

/** Every word of the library's sources that could be a property, and the indices beyond short texts and lists. */
export function everyName(): readonly string[] {
  const words = namesIn((node) => (ts.isIdentifier(node) || ts.isStringLiteral(node) ? node.text : undefined))
  return [...new Set([...words, ...Array.from({ length: 600 }, (_, i) => String(i - 1))])]
}

/** Every property that a type of the library declares: options are among them, also those that do not exist yet. */
export function declaredNames(): readonly string[] {
  return namesIn((node) => (ts.isPropertySignature(node) && ts.isIdentifier(node.name) ? node.name.text : undefined))
}

/** Calls `action` while `Object.prototype` has these properties, as by assignment. */
export function withPrototype<Result>(fields: Readonly<Record<string, unknown>>, action: () => Result): Result {
  const names = Object.keys(fields)
  try {
    for (const name of names) {
      const property = { value: fields[name], configurable: true, enumerable: true, writable: true }
      Object.defineProperty(Object.prototype, name, property)
    }
    return action()
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  }
}

/** Where the library looks for a property on `Object.prototype` while `action` runs: as `name file:line`. */
export function lookups(names: readonly string[], action: () => void): readonly string[] {
  const found = new Set<string>()
  const { stackTraceLimit } = Error
  const look = (name: string): undefined => {
    Error.stackTraceLimit = 3
    const place = /[/\\]src[/\\](\S+\.ts:\d+)/.exec(new Error().stack?.split('\n')[3] ?? '')?.[1]
    Error.stackTraceLimit = stackTraceLimit
    if (place !== undefined) found.add(`${name} ${place.split(sep).join('/')}`)
  }
  try {
    for (const name of names) {
      Object.defineProperty(Object.prototype, name, {
        configurable: true,
        get: () => look(name),
        // As if a missing field were set.
        set(value: unknown) {
          Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
        },
      })
    }
    action()
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  }
  return [...found].sort()
}

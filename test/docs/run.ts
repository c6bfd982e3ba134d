import https from 'node:https'
import { createRequire } from 'node:module'
import { format } from 'node:util'
import { compileFunction } from 'node:vm'
import ts from 'typescript'
import * as headers from '../../src/headers/index.ts'
import * as importing from '../../src/import/index.ts'
import * as portcullis from '../../src/index.ts'
import * as inspect from '../../src/inspect/index.ts'
import * as portcullisNode from '../../src/node/index.ts'
import { fileText } from './files.ts'

/** The entries of the package, by the names that users import. */
export const entries: Readonly<Record<string, { readonly module: object; readonly source: string }>> = {
  portcullis: { module: portcullis, source: 'src/index.ts' },
  'portcullis/headers': { module: headers, source: 'src/headers/index.ts' },
  'portcullis/import': { module: importing, source: 'src/import/index.ts' },
  'portcullis/inspect': { module: inspect, source: 'src/inspect/index.ts' },
  'portcullis/node': { module: portcullisNode, source: 'src/node/index.ts' },
}

/** Modules for examples: portcullis from source, files from the fixtures, and HTTPS servers whose `listen` does nothing. */
function requireFor(specifier: string): unknown {
  const entry = entries[specifier]
  if (entry !== undefined) return entry.module
  const module: object = createRequire(import.meta.url)(specifier)
  if (specifier === 'node:fs') return { ...module, readFileSync: fileText }
  if (specifier !== 'node:https') return module
  const createServer = (...args: Parameters<typeof https.createServer>): https.Server =>
    Object.assign(https.createServer(...args), { listen: () => undefined })
  return { ...module, createServer }
}

/** The result of an example. */
export interface Outcome {
  readonly exports: Readonly<Record<string, unknown>>
  readonly output: string
  readonly exitCode: number | undefined
}

/** Runs TypeScript code with these names defined as globals. */
export function run(code: string, names: Readonly<Record<string, unknown>> = {}): Outcome {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: false }
  const lines: string[] = []
  const print = (...values: unknown[]): void => void lines.push(`${format(...values)}\n`)
  const process: { exitCode?: number } = {}
  const exports: Record<string, unknown> = {}
  const console = { log: print, warn: print, error: print }
  const scope = { ...names, exports, require: requireFor, process, console, setInterval }
  const { outputText } = ts.transpileModule(code, { compilerOptions })
  compileFunction(outputText, Object.keys(scope))(...Object.values(scope))
  return { exports, output: lines.join(''), exitCode: process.exitCode }
}

import { basename, join } from 'node:path'
import ts from 'typescript'
import { root } from './documents.ts'
import { entries } from './run.ts'

const strict: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  paths: Object.fromEntries(Object.entries(entries).map(([name, { source }]) => [name, [join(root, source)]])),
}

/** Compiles texts with strict options, as files with these names, and returns the errors. The files need not exist. */
export function typeFaults(texts: ReadonlyMap<string, string>, options: ts.CompilerOptions = {}): readonly string[] {
  const files = new Map([...texts].map(([name, text]) => [join(root, 'test', name), text]))
  const settings = { ...strict, ...options }
  const host = ts.createCompilerHost(settings)
  const { fileExists, readFile } = host
  host.getCurrentDirectory = () => root
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  const { getSourceFile } = host
  host.getSourceFile = (path, ...rest) => {
    const text = files.get(path)
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
  }
  const program = ts.createProgram([...files.keys()], settings, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    return `${basename(file?.fileName ?? '')}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

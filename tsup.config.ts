import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    headers: 'src/headers/index.ts',
    inspect: 'src/inspect/index.ts',
    'node/index': 'src/node/index.ts',
    cli: 'src/cli/main.ts',
    'progress-worker': 'src/cli/progress-worker.ts',
    // In files of their own, and made constants again below, numbers are put where they are used by bundlers of the package.
    'constants/tag': 'src/der/tag.ts',
    'constants/extension-id': 'src/x509/ids/extension-id.ts',
    'constants/general-name-tag': 'src/x509/ids/general-name-tag.ts',
    'constants/key-usage-bit': 'src/x509/ids/key-usage-bit.ts',
    'constants/purpose-bit': 'src/x509/ids/purpose-bit.ts',
    'constants/part': 'src/x509/ids/part.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // What the entries share is in files of its own, so that a truststore of one is a truststore to the other.
  splitting: true,
  // Deno and workerd know Node's modules by their full names only.
  removeNodeProtocol: false,
  external: [/^node:/],
  sourcemap: true,
  // Maps give file, line and name of the source. The text itself would be half of the package.
  esbuildOptions(options) {
    options.sourcesContent = false
  },
  plugins: [
    { name: 'constants', renderChunk: (code, { map }) => ({ code: withConstants(code), map }) },
    { name: 'order', buildEnd: ({ writtenFiles }) => sortImports(writtenFiles) },
  ],
  clean: true,
  // No file of the library does anything when it is imported, so no entry needs another one for its side effects.
  treeshake: { moduleSideEffects: 'no-external' },
  // tsup's declaration build passes `baseUrl`, which TypeScript 6 deprecates.
  dts: {
    entry: {
      index: 'src/index.ts',
      headers: 'src/headers/index.ts',
      inspect: 'src/inspect/index.ts',
      'node/index': 'src/node/index.ts',
    },
    compilerOptions: { ignoreDeprecations: '6.0', types: ['node'] },
  },
})

/** A file of nothing but numbers has constants again: esbuild makes variables of them, which bundlers do not put in place. */
function withConstants(code: string): string {
  const isNumbers = /^(?:\s*\/\/.*\n|var \w+ = \d+;\n|\s*\n)+export \{[\w\s,]*\};?\s*(?:\/\/.*)?\s*$/.test(code)
  return isNumbers ? code.replace(/^var /gm, 'const ') : code
}

/** By code unit, whatever the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const imports = /^import\s+(?:\{[^}]*\}\s+from\s+)?['"](\.[^'"]+)['"];?\n/gm

/**
 * Imports are sorted by the source they hold, the last name first, because gzip looks back 32 KB: in this order it finds 0.5 %
 * more that repeats. Otherwise the order depends on hashes, and changes with every build. No file does anything when it is imported.
 */
function sortImports(files: readonly { readonly name: string }[]): void {
  const codes = new Map(
    files
      .map(({ name }) => normalize(name))
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name, readFileSync(name, 'utf8')]),
  )
  for (const [file, code] of codes) {
    const sourceOf = (path: string): string => /^\/\/ src\S+/m.exec(codes.get(join(dirname(file), path)) ?? '')?.[0] ?? ''
    const sorted = [...code.matchAll(imports)].sort((a, b) => compare(sourceOf(b[1]!), sourceOf(a[1]!))).values()
    writeFileSync(
      file,
      code.replace(imports, () => sorted.next().value![0]),
    )
  }
}

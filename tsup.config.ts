import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli/main.ts', 'progress-worker': 'src/cli/progress-worker.ts' },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // What the entries share is in files of its own.
  splitting: true,
  // Node's modules keep their full names.
  removeNodeProtocol: false,
  external: [/^node:/],
  sourcemap: true,
  clean: true,
  treeshake: true,
  // tsup's declaration build passes `baseUrl`, which TypeScript 6 deprecates.
  dts: { entry: { index: 'src/index.ts' }, compilerOptions: { ignoreDeprecations: '6.0' } },
})

import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', inspect: 'src/inspect/index.ts', headers: 'src/headers/index.ts' },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  clean: true,
  treeshake: true,
  // tsup's declaration build passes `baseUrl`, which TypeScript 6 deprecates.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
})

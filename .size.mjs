import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

const names = process.argv[2] ?? 'buildTruststore, verifyChain, lintTruststore'
const r = await esbuild.build({
  stdin: { contents: `export { ${names} } from './src/index.ts'`, resolveDir: '/work/main', loader: 'ts' },
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
  metafile: true,
  outfile: 'x.js',
  target: 'es2022',
})
const out = r.outputFiles[0].contents
console.log('total', out.length, gzipSync(out, { level: 9 }).length)
const rows = Object.entries(Object.values(r.metafile.outputs)[0].inputs)
  .map(([k, v]) => [v.bytesInOutput, k])
  .sort((a, b) => b[0] - a[0])
const by = {}
for (const [b, k] of rows) {
  const d = k.split('/').slice(0, 3).join('/')
  by[d] = (by[d] ?? 0) + b
}
console.log(
  Object.entries(by)
    .sort((a, b) => b[1] - a[1])
    .map((x) => x.join(' '))
    .join('\n'),
)
console.log(
  rows
    .slice(0, +(process.argv[3] ?? 25))
    .map((x) => x.join(' '))
    .join('\n'),
)

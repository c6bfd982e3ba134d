import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

const r = await esbuild.build({
  stdin: { contents: `export { buildTruststore, verifyChain } from './src/index.ts'`, resolveDir: '/work/main', loader: 'ts' },
  bundle: true,
  minifySyntax: true,
  minifyIdentifiers: true,
  format: 'esm',
  write: false,
  metafile: true,
  outfile: 'x.js',
  target: 'es2022',
})
const text = r.outputFiles[0].text
const parts = text
  .split(/^\/\/ (?=(?:src|node_modules|<stdin>))/m)
  .slice(1)
  .filter((p) => !p.startsWith('<stdin'))
  .map((p) => {
    const i = p.indexOf('\n')
    const body = p.slice(i).replace(/export \{[\s\S]*/, '')
    return [p.slice(0, i), esbuild.transformSync(body, { minifyWhitespace: true, loader: 'js' }).code]
  })
const gz = (ps) => gzipSync(ps.map((p) => p[1]).join(''), { level: 9 }).length
const all = gz(parts)
console.log('all', all)
const groups = {}
for (const p of parts) {
  ;(groups[p[0]] ??= []).push(p)
}
const rows = Object.keys(groups)
  .map((k) => [all - gz(parts.filter((p) => p[0] !== k)), k])
  .sort((a, b) => b[0] - a[0])
for (const [b, k] of rows.slice(0, 70)) console.log(b, k)

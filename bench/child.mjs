import { writeFileSync } from 'node:fs'
import { figures } from './figures/catalogue.mjs'

/** Measures one figure in the runtime that runs this file: `child.mjs FIGURE BLOCKS FILE`. */
const [name, blocks, file] = process.argv.slice(2)
const { measure } = await import(`./figures/${figures[name].module}.mjs`)
const rows = await measure({ blocks: Number(blocks) })
writeFileSync(file, JSON.stringify({ runtime: describeRuntime(), rows }))
process.exit()

function describeRuntime() {
  if (globalThis.Deno !== undefined) return `Deno ${globalThis.Deno.version.deno}`
  if (globalThis.Bun !== undefined) return `Bun ${globalThis.Bun.version}`
  return `Node ${process.versions.node}`
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentPath, mergeResult, writeDocuments } from './docs.mjs'
import { figures } from './figures/catalogue.mjs'
import { judge } from './goals.mjs'
import { readOptions } from './options.mjs'
import { buildLibrary, installRivals, installRuntimes, mintFixture, runtimeCommand, versions } from './prepare.mjs'
import { markdown, verdictLines } from './report.mjs'

/** `npm run bench`: measures and prints. Exits with 1 if a bar is missed, with 2 if a figure could not be measured. */
const options = readOptions(process.argv.slice(2))
const chosen = options.only.map((name) => ({ name, ...figures[name] }))
prepare()
const work = mkdtempSync(join(tmpdir(), 'portcullis-bench-'))
const measured = {}
let failed = false
try {
  for (const figure of chosen) {
    console.error(figure.name)
    const result = measureInChild(figure)
    if (result === undefined) failed = true
    else measured[figure.name] = result
  }
} finally {
  rmSync(work, { recursive: true })
}

const result = { versions: versions(), figures: measured }
console.log(options.json ? JSON.stringify(result, null, 2) : markdown(result))
const { lines, met } = verdictLines(result)
for (const line of lines) console.error(line)
if (options.save !== undefined) writeFileSync(options.save, `${JSON.stringify(result, null, 2)}\n`)
if (options.write) {
  mergeResult(documentPath, result)
  writeDocuments(documentPath)
}
process.exitCode = failed ? 2 : met ? 0 : 1

function prepare() {
  buildLibrary()
  if (chosen.some(({ rivals }) => rivals)) installRivals()
  if (chosen.some(({ runtime }) => runtime !== undefined)) installRuntimes()
  for (const name of new Set(chosen.flatMap(({ fixtures = [] }) => fixtures))) mintFixture(name)
}

function measureInChild({ name, module, title, runtime = 'node', flags = [] }) {
  const file = join(work, `${name}.json`)
  const [command, ...rest] = runtimeCommand(runtime)
  const script = join(import.meta.dirname, 'child.mjs')
  const nodeFlags = runtime.startsWith('node') ? ['--expose-gc', ...flags] : flags
  const child = spawnSync(command, [...rest, ...nodeFlags, script, name, String(options.blocks), file], {
    stdio: ['ignore', 2, 'inherit'],
  })
  if (child.status !== 0) {
    console.error(`${name} could not be measured: ${child.error?.message ?? `exit ${child.status ?? child.signal}`}`)
    return undefined
  }
  const { runtime: measuredIn, rows } = JSON.parse(readFileSync(file, 'utf8'))
  const judged = rows.map((row) => ({ ...row, goal: judge(module, measuredIn, row) }))
  return { title, machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`, runtime: measuredIn, rows: judged }
}

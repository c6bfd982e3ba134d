import { cpus } from 'node:os'
import { judgeGoals } from './goals.mjs'
import { measure } from './measure.mjs'
import { readOptions } from './options.mjs'
import { buildLibrary, installRivals, mintFixtures, versionOf } from './prepare.mjs'
import { json, markdown } from './table.mjs'
import { buildWorks } from './work/build.mjs'
import { parseWorks } from './work/parse.mjs'
import { verifyWorks } from './work/verify.mjs'

/** `npm run bench`: one table of ratios; exits with 1 where a goal was missed. */
const options = readOptions(process.argv.slice(2))
installRivals()
buildLibrary()
const fixtures = mintFixtures()

// Imported only now: before, they may not have been installed or built.
const contestants = [
  (await import('./portcullis.mjs')).portcullis,
  (await import('./rivals/node.mjs')).node,
  (await import('./rivals/asn1js.mjs')).asn1js,
  (await import('./rivals/pkijs.mjs')).pkijs,
  (await import('./rivals/peculiar.mjs')).peculiar,
  (await import('./rivals/forge.mjs')).nodeForge,
  (await import('./rivals/jsrsasign.mjs')).jsrsasign,
]

const works = [...parseWorks(fixtures), ...verifyWorks(fixtures), ...buildWorks()].filter(({ group }) =>
  options.only.includes(group),
)
const rows = []
for (const work of works) {
  console.error(work.title)
  rows.push({ work, medians: await measure(work, contestants, options.blocks) })
}

const packages = contestants.filter(({ name }) => name !== 'Node').map(({ name }) => [name, versionOf(name)])
const result = {
  machine: { cpu: cpus()[0].model.trim(), cores: cpus().length, node: process.version },
  versions: packages,
  rows,
}
console.log(options.json ? json(result, contestants) : markdown(result, contestants))
const { lines, met } = judgeGoals(rows, contestants[0].name)
for (const line of lines) console.error(line)
if (!met) process.exitCode = 1

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chart } from './chart.mjs'
import { figures as catalogue } from './figures/catalogue.mjs'
import { judge } from './goals.mjs'
import { figurePart, versionText } from './report.mjs'

/**
 * `npm run bench:docs`: writes the measured part of docs/performance.md, and docs/performance.svg, from
 * docs/performance.json or from another file. `--check` writes nothing and fails if they are out of date.
 */
const folder = join(import.meta.dirname, '..', 'docs')
export const documentPath = join(folder, 'performance.json')
const page = join(folder, 'performance.md')
const picture = join(folder, 'performance.svg')

const begin = '<!-- measured: written by `npm run bench:docs` -->'
const end = '<!-- end of measured -->'

/**
 * Replaces the figures that were measured and keeps the others. The file holds measurements only: titles of sections come
 * from the catalogue, bars from bench/goals.mjs.
 */
export function mergeResult(path, { versions, figures }) {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { versions: {}, figures: {} }
  const known = { ...before.figures, ...figures }
  const inOrder = Object.fromEntries(
    Object.keys(catalogue)
      .filter((name) => known[name] !== undefined)
      .map((name) => [name, measuredPart(known[name])]),
  )
  const merged = { versions: { ...before.versions, ...versions }, figures: inOrder }
  writeFileSync(path, `${JSON.stringify(merged, null, 2)}\n`)
}

function measuredPart({ machine, runtime, rows }) {
  return { machine, runtime, rows: rows.map(({ goal: _, ...row }) => row) }
}

/** @returns the files that were out of date */
export function writeDocuments(path, check = false) {
  const { versions, figures } = JSON.parse(readFileSync(path, 'utf8'))
  const judged = Object.entries(figures).map(([name, figure]) => {
    const { module, title } = catalogue[name]
    return { ...figure, title, rows: figure.rows.map((row) => ({ ...row, goal: judge(module, figure.runtime, row) })) }
  })
  const measured = [`Compared: ${versionText(versions)}.`, ...judged.map((figure) => figurePart(figure, '###'))].join('\n\n')
  const text = readFileSync(page, 'utf8')
  const head = text.slice(0, text.indexOf(begin) + begin.length)
  const tail = text.slice(text.indexOf(end))
  return [write(page, `${head}\n\n${measured}\n\n${tail}`, check), write(picture, chart(judged), check)].flat()
}

function write(file, text, check) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return []
  if (!check) writeFileSync(file, text)
  return [file]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2)
  const check = args.includes('--check')
  const [path = documentPath] = args.filter((arg) => arg !== '--check')
  const changed = writeDocuments(path, check)
  for (const file of changed) console.log(check ? `${file} is out of date: run npm run bench:docs` : `wrote ${file}`)
  if (check && changed.length > 0) process.exitCode = 1
}

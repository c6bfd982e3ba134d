import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { referenceDocuments } from './reference.ts'

/** Writes docs/reference. `--check` writes nothing and fails if a document is out of date. */
const directory = fileURLToPath(new URL('../docs/reference/', import.meta.url))
const check = process.argv.includes('--check')
const stale: string[] = []

mkdirSync(directory, { recursive: true })
for (const [name, write] of Object.entries(referenceDocuments)) {
  const text = write()
  const path = `${directory}${name}`
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (check) stale.push(`docs/reference/${name} is out of date`)
  else writeFileSync(path, text)
}
for (const name of readdirSync(directory)) {
  if (!Object.hasOwn(referenceDocuments, name)) stale.push(`docs/reference/${name} is not generated: delete it`)
}

for (const line of stale) console.error(line)
if (check && stale.length > 0) console.error('Run `npm run docs` and commit the result.')
if (stale.length > 0) process.exitCode = 1
else console.log(`${Object.keys(referenceDocuments).length} reference documents ${check ? 'are up to date' : 'written'}`)

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

export const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The built file of an entry, such as `./headers`. */
export function builtFile(entry: string): string {
  const target = manifest.exports[entry]
  if (target === undefined || typeof target === 'string') throw new Error(`${entry} is no entry with code`)
  return join(root, target.default)
}

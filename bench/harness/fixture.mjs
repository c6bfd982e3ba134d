import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Increase it when a fixture changes. Files of older versions are ignored. */
const version = 2

const folder = fileURLToPath(new URL('../../node_modules/.cache/portcullis-bench/', import.meta.url))

/** Fixtures are kept in the cache, never in the repository. */
export function fixturePath(name) {
  return join(folder, `${name}-v${version}.json`)
}

/** Reads the output of `bench/fixtures/make.ts`. */
export function fixture(name) {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8'), (_key, value) =>
    typeof value === 'string' && value.startsWith('base64:')
      ? new Uint8Array(Buffer.from(value.slice('base64:'.length), 'base64'))
      : value,
  )
}

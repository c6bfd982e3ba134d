import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Raise it when what is minted changes; what older versions left behind is not read. */
const version = 1

const folder = fileURLToPath(new URL('../../node_modules/.cache/portcullis-bench/', import.meta.url))

/** Where a fixture is kept: never in the repository. */
export function fixturePath(name) {
  return join(folder, `${name}-v${version}.json`)
}

/** Reads what `bench/fixtures/make.ts` has minted. */
export function fixture(name) {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8'), (_key, value) =>
    typeof value === 'string' && value.startsWith('base64:')
      ? new Uint8Array(Buffer.from(value.slice('base64:'.length), 'base64'))
      : value,
  )
}

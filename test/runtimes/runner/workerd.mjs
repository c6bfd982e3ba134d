import { createRequire } from 'node:module'
import { join } from 'node:path'
import { folder } from './command.mjs'

const { Miniflare } = createRequire(join(folder, 'package.json'))('miniflare')

/** Starts a Worker in workerd, without compatibility flags, so that it has only what every Worker has. */
export function startWorker(contents, bindings = {}) {
  return new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
    compatibilityDate: '2026-07-01',
    cf: false,
    bindings,
  })
}

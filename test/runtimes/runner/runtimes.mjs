import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { findChromium, runInChromium } from './chromium.mjs'
import { folder, outputOf } from './command.mjs'
import { bundle } from './install.mjs'

/**
 * A runtime: which version it is, and what comes of the suite in it. `missing` says why it cannot run here; only what is no
 * package may be missing.
 *
 * @typedef {{ passed: number, failures: string[], microseconds: number }} Outcome
 * @typedef {{ work: string, consumer: string, fixtures: string }} Place
 * @typedef {{ version: () => string, run: (place: Place) => Outcome | Promise<Outcome>, missing?: () => string | undefined }} Runtime
 */

const packages = join(folder, 'node_modules')
const suiteOf = ({ consumer }) => join(consumer, 'suite', 'node.mjs')

/** One of the runtimes that have Node's modules. */
function command(path, ...args) {
  return {
    version: () =>
      outputOf(path, ['--version'])
        .split('\n')[0]
        .replace(/^v|^deno | \(.*$/g, ''),
    run: (place) => JSON.parse(outputOf(path, [...args, suiteOf(place), place.fixtures], { cwd: place.consumer })),
  }
}

const node = (name) => command(join(packages, name, 'bin', 'node'))

const chromium = findChromium()

/** @type {Readonly<Record<string, Runtime>>} */
export const runtimes = {
  node20: node('node20'),
  node22: node('node22'),
  node24: node('node'),
  node26: node('node26'),
  deno: command(join(packages, '.bin', 'deno'), 'run', '--quiet', '--no-lock', '--cached-only', '--allow-all'),
  bun: command(join(packages, '.bin', 'bun')),
  workerd: {
    version: () => createRequire(join(folder, 'package.json'))('workerd/package.json').version,
    async run({ work, consumer, fixtures }) {
      const worker = await bundle(join(consumer, 'suite', 'worker.mjs'), join(work, 'worker.mjs'))
      const host = join(folder, 'runner', 'workerd-host.mjs')
      return JSON.parse(outputOf(join(packages, 'node', 'bin', 'node'), [host, worker, fixtures]))
    },
  },
  chromium: {
    missing: () => (chromium === undefined ? 'neither chromium, chromium-browser nor google-chrome is installed' : undefined),
    version: () => /[\d.]+/.exec(spawnSync(chromium, ['--version'], { encoding: 'utf8' }).stdout)[0],
    run: (place) => runInChromium(chromium, place),
  },
}

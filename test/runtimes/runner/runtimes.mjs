import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { findChromium, runInChromium } from './chromium.mjs'
import { folder, outputOf } from './command.mjs'
import { denoExample, workerExample } from './examples.mjs'
import { bundle } from './install.mjs'
import { jest } from './jest.mjs'

/**
 * A runtime: which version it is, and what comes of the suite in it. `missing` says why it cannot run here; only what is no
 * package may be missing.
 *
 * @typedef {{ passed: number, failures: string[], microseconds: number }} Outcome
 * @typedef {{ work: string, consumer: string, fixtures: string, certificates: string }} Place
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

const nodePath = (name) => join(packages, name, 'bin', 'node')
const node = (name) => command(nodePath(name))

const denoCommand = join(packages, '.bin', 'deno')
const deno = command(denoCommand, 'run', '--quiet', '--no-lock', '--cached-only', '--allow-all')

/** Runs a script of this folder beside miniflare, which wants a later Node than the package. */
function besideMiniflare(script, ...args) {
  return JSON.parse(outputOf(nodePath('node'), [join(folder, 'runner', script), ...args]))
}

function dispatchToExample(worker, asked) {
  const requests = `${worker}.json`
  writeFileSync(requests, JSON.stringify(asked))
  return besideMiniflare('workerd-example.mjs', worker, requests)
}

/** Two outcomes as one; the time is the suite's. */
function together(suite, example) {
  return { ...suite, passed: suite.passed + example.passed, failures: [...suite.failures, ...example.failures] }
}

const chromium = findChromium()

/** @type {Readonly<Record<string, Runtime>>} */
export const runtimes = {
  node20: node('node20'),
  node22: node('node22'),
  node24: node('node'),
  node26: node('node26'),
  jest20: jest(nodePath('node20'), { compiles: true }),
  jest24: jest(nodePath('node'), { compiles: false }),
  deno: { ...deno, run: async (place) => together(deno.run(place), await denoExample(denoCommand, place)) },
  bun: command(join(packages, '.bin', 'bun')),
  workerd: {
    version: () => createRequire(join(folder, 'package.json'))('workerd/package.json').version,
    async run(place) {
      const worker = await bundle(join(place.consumer, 'suite', 'worker.mjs'), join(place.work, 'worker.mjs'))
      const suite = besideMiniflare('workerd-host.mjs', worker, place.fixtures)
      return together(suite, await workerExample(dispatchToExample, place))
    },
  },
  chromium: {
    missing: () => (chromium === undefined ? 'neither chromium, chromium-browser nor google-chrome is installed' : undefined),
    version: () => /[\d.]+/.exec(spawnSync(chromium, ['--version'], { encoding: 'utf8' }).stdout)[0],
    run: (place) => runInChromium(chromium, place),
  },
}

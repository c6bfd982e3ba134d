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
 * A runtime: its version, and a function that runs the suite in it. `missing` returns the reason if it is not installed; only
 * runtimes that are not npm packages have it.
 *
 * @typedef {{ passed: number, failures: string[], microseconds: number }} Outcome
 * @typedef {{ work: string, consumer: string, fixtures: string, certificates: string }} Place
 * @typedef {{ version: () => string, run: (place: Place) => Outcome | Promise<Outcome>, missing?: () => string | undefined }} Runtime
 */

const packages = join(folder, 'node_modules')
const suiteOf = ({ consumer }) => join(consumer, 'suite', 'node.mjs')

/** A runtime that has Node's modules. */
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

/** Runs a script of this folder that uses miniflare, with Node 24: miniflare needs a later Node than the package. */
function withMiniflare(script, ...args) {
  return JSON.parse(outputOf(nodePath('node'), [join(folder, 'runner', script), ...args]))
}

function dispatchToExample(worker, input) {
  const requests = `${worker}.json`
  writeFileSync(requests, JSON.stringify(input))
  return withMiniflare('workerd-example.mjs', worker, requests)
}

/** Combines the outcomes of the suite and an example. The time is that of the suite. */
function combined(suite, example) {
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
  deno: { ...deno, run: async (place) => combined(deno.run(place), await denoExample(denoCommand, place)) },
  bun: command(join(packages, '.bin', 'bun')),
  workerd: {
    version: () => createRequire(join(folder, 'package.json'))('workerd/package.json').version,
    async run(place) {
      const worker = await bundle(join(place.consumer, 'suite', 'worker.mjs'), join(place.work, 'worker.mjs'))
      const suite = withMiniflare('workerd-host.mjs', worker, place.fixtures)
      return combined(suite, await workerExample(dispatchToExample, place))
    },
  },
  chromium: {
    missing: () => (chromium === undefined ? 'neither chromium, chromium-browser nor google-chrome is installed' : undefined),
    version: () => /[\d.]+/.exec(spawnSync(chromium, ['--version'], { encoding: 'utf8' }).stdout)[0],
    run: (place) => runInChromium(chromium, place),
  },
}

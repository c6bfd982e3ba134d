import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const folder = join(dirname(fileURLToPath(import.meta.url)), '..')
export const root = join(folder, '..', '..')

/** The longest time for a command, in milliseconds. */
export const slowest = 240_000

/** The standard output of a command. If it fails, the error also contains standard error. */
export function outputOf(command, args, options = {}) {
  const settings = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: slowest, maxBuffer: 64 << 20, ...options }
  const done = spawnSync(command, args, settings)
  if (done.error !== undefined) throw new Error(`${command} could not run: ${done.error.message}`)
  if (done.status === 0) return done.stdout.trim()
  throw new Error(`${[command, ...args].join(' ')} (exit ${done.status ?? done.signal})\n${done.stdout}${done.stderr}`)
}

import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** The built program. */
export const programFile: string = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export interface Ran {
  readonly exitCode: number | null
  readonly output: string
  readonly errors: string
}

export interface Surroundings {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** A folder for one test file, removed at its end. */
export class Workplace {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'portcullis-cli-'))

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content)
    afterAll(() => rmSync(this.directory, { recursive: true, force: true }))
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.directory, name)
    writeFileSync(path, content)
    return path
  }

  /** Runs the built program in this folder, in its own process with only the given input. */
  run(args: readonly string[], { input = '', env = {} }: Surroundings = {}): Ran {
    if (!existsSync(programFile)) throw new Error('dist/cli.js is missing: run `npm run build` before these tests')
    const options: SpawnSyncOptions = { cwd: this.directory, input, env: { PATH: process.env['PATH'], ...env }, timeout: 30_000 }
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [programFile, ...args], options)
    if (error !== undefined) throw error
    return { exitCode: status, output: stdout.toString(), errors: stderr.toString() }
  }

  /** {@link run} without blocking this process, for programs that talk to a server in it. */
  async start(args: readonly string[]): Promise<Ran> {
    const child = spawn(process.execPath, [programFile, ...args], { cwd: this.directory, env: { PATH: process.env['PATH'] } })
    let output = ''
    let errors = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (errors += text))
    const [exitCode] = await once(child, 'close')
    return { exitCode, output, errors }
  }
}

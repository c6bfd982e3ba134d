import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Count } from './count.ts'

export interface Counted {
  readonly counts: readonly Count[]
  readonly controls: { readonly bad: readonly Count[]; readonly good: readonly Count[] }
}

/**
 * Counts in a process of its own.
 *
 * @param part only cases that have it in their names
 * @param one of how many of these one is taken
 */
export async function counted(part: string, one: number): Promise<Counted> {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, part, String(one)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (status !== 0) throw new Error(`counting ended with ${status ?? signal}`)
  return JSON.parse(Buffer.concat(chunks).toString()) as Counted
}

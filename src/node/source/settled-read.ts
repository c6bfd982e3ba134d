import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { TruststoreSourceError } from './handle.ts'

/** A file's content, and an identity that changes whenever the content does. */
export interface FileContent {
  readonly bytes: Uint8Array
  readonly identity: string
}

/** How often a file that keeps changing is checked before giving up. */
const attempts = 50

/** Editors that replace a file leave a moment without one. */
const missingAttempts = 3

/**
 * Reads a file once it has not changed for `settleMs`, so that a file being written in place is not read half-way. If its
 * size, times or identity change during the read, it starts over.
 *
 * @throws TruststoreSourceError for a file that is missing, not a regular file, too large, or does not settle
 */
export async function readSettled(
  path: string,
  { settleMs, maxBytes }: { readonly settleMs: number; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<FileContent> {
  let seen: string | undefined
  let missing = 0
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await sleep(settleMs, undefined, { signal })
    try {
      const found = await memoize(path, maxBytes, (stats) => identityOf(stats) === seen || ageOf(stats) >= settleMs)
      if (found.bytes !== undefined) return { bytes: found.bytes, identity: found.identity }
      seen = found.identity
    } catch (error) {
      if (error instanceof TruststoreSourceError) throw error
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isMissing || ++missing >= missingAttempts) throw unreadable(path, error)
    }
  }
  throw new TruststoreSourceError('unreadable', `${path} is still being written to after ${attempts} looks, ${settleMs} ms apart`)
}

/** Device, inode, size and times, in nanoseconds if the system has them. Follows symbolic links. */
export async function identityOfFile(path: string): Promise<string | undefined> {
  try {
    return identityOf(await stat(path, { bigint: true }))
  } catch {
    return undefined
  }
}

async function memoize(
  path: string,
  maxBytes: number,
  isSettled: (stats: BigIntStats) => boolean,
): Promise<{ readonly identity: string; readonly bytes?: Uint8Array }> {
  // Otherwise opening a named pipe would block until someone writes to it. Windows has no such flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const before = await handle.stat({ bigint: true })
    if (!before.isFile()) throw new TruststoreSourceError('unreadable', `${path} is not a file`)
    if (before.size > maxBytes) {
      throw new TruststoreSourceError('unreadable', `${path} has ${before.size} bytes; maxBytes allows ${maxBytes}`)
    }
    const identity = identityOf(before)
    if (!isSettled(before)) return { identity }
    const bytes = await handle.readFile()
    // By name: a file that was replaced meanwhile has another identity.
    const after = identityOf(await stat(path, { bigint: true }))
    return after === identity && BigInt(bytes.length) === before.size ? { identity, bytes } : { identity: after }
  } finally {
    await handle.close()
  }
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

/** Milliseconds since the last change. Negative if clocks differ, which counts as just now. */
function ageOf({ mtimeMs, ctimeMs }: BigIntStats): number {
  return Date.now() - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs)
}

function unreadable(path: string, error: unknown): TruststoreSourceError {
  const message = error instanceof Error ? error.message : String(error)
  return new TruststoreSourceError('unreadable', `${path} cannot be read: ${message}`, { cause: error })
}

import { type BigIntStats, constants, type FSWatcher, watch } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type NoFields, readFields } from '../../policy/fields.ts'
import { type TruststoreSource, TruststoreSourceError } from './handle.ts'
import { type Loader, Source, Timer } from './source.ts'
import { booleanOption, noSourceOptions, numberOption, readSettings, type SourceOptions } from './source-options.ts'
import type { Loaded } from './versions.ts'

export interface FileTruststoreOptions extends SourceOptions {
  /** How long the file must stay unchanged before it is read, in milliseconds. Default 100. */
  readonly settleMs?: number
  /** Watch for changes, in addition to polling every `pollMs` (default 5,000). Default true. */
  readonly watch?: boolean
}

const noOptions: NoFields<FileTruststoreOptions> = { ...noSourceOptions, settleMs: undefined, watch: undefined }

/**
 * Keeps a truststore up to date from a PEM or DER file. The file may be written in place, replaced by renaming, or reached
 * through symbolic links that change their target, as in Kubernetes mounts.
 *
 * @returns the source, once its first version is loaded
 * @throws TruststoreSourceError (as a rejection) if the first version is rejected
 * @throws TypeError (as a rejection) for arguments of the wrong type
 * @example
 * async function start() {
 *   const source = await fileTruststore('truststore.pem')
 *   source.on('updated', ({ diff }) => console.log('no longer accepted:', diff.droppedIssuers))
 *   source.on('rejected', ({ error }) => console.error(error.message))
 *   return verifyChain(source.current, chain)
 * }
 */
export async function fileTruststore(path: string, options: FileTruststoreOptions = {}): Promise<TruststoreSource> {
  const label = 'fileTruststore'
  if (typeof path !== 'string' || path === '') throw new TypeError(`${label}: path must be the path of a file`)
  const given = readFields<FileTruststoreOptions>(`${label}: options`, options, noOptions)
  const settings = readSettings(label, given, { pollMs: 5000 })
  const settleMs = numberOption(label, 'settleMs', given.settleMs, 100, 1, 60_000)
  const loader = new FileLoader(path, settleMs, settings.maxBytes, booleanOption(label, 'watch', given.watch, true))
  const source = await Source.start(loader, settings)
  loader.onChange = () => void source.check({})
  return source
}

class FileLoader implements Loader {
  onChange: () => void = () => undefined
  readonly #path: string
  readonly #limits: { readonly settleMs: number; readonly maxBytes: number }
  readonly #watch: DirectoryWatch | undefined
  /** Other files in the directory may change all the time: many events trigger one check. */
  readonly #delayedCheck: Timer = new Timer(() => this.onChange())
  #seen: string | undefined

  constructor(path: string, settleMs: number, maxBytes: number, isWatching: boolean) {
    this.#path = path
    this.#limits = { settleMs, maxBytes }
    this.#watch = isWatching
      ? new DirectoryWatch(path, () => this.#delayedCheck.isSet || this.#delayedCheck.set(settleMs))
      : undefined
  }

  async load(force: boolean, signal: AbortSignal): Promise<Loaded | undefined> {
    // Renew before the check, so that any later change is reported.
    await this.#watch?.renew()
    if (!force && this.#seen !== undefined && (await identityOfFile(this.#path)) === this.#seen) return undefined
    this.#seen = undefined
    const { bytes, identity } = await readSettled(this.#path, this.#limits, signal)
    this.#seen = identity
    return { bytes }
  }

  close(): void {
    this.#delayedCheck.close()
    this.#watch?.close()
  }
}

/**
 * Watches the directory of a file and, for a symbolic link, that of its target. A watch on the file itself would follow its
 * inode, and miss a replaced file or a link that now points elsewhere (Kubernetes swaps the link `..data` next to it). Does
 * nothing where watching does not work: sources also poll.
 */
export class DirectoryWatch {
  readonly #path: string
  readonly #changed: () => void
  readonly #watched = new Map<string, { readonly identity: string; readonly watcher: FSWatcher }>()
  #closed = false

  constructor(path: string, changed: () => void) {
    this.#path = resolve(path)
    this.#changed = changed
  }

  /** Updates the watched directories: they may have been replaced, and links may point elsewhere. */
  async renew(): Promise<void> {
    const target = await realpath(this.#path).catch(() => this.#path)
    const directories = new Set([dirname(this.#path), dirname(target)])
    for (const directory of this.#watched.keys()) if (!directories.has(directory)) this.#drop(directory)
    for (const directory of directories) {
      const identity = await stat(directory, { bigint: true }).then(
        ({ dev, ino }) => `${dev} ${ino}`,
        () => undefined,
      )
      if (this.#watched.get(directory)?.identity === identity) continue
      this.#drop(directory)
      if (identity !== undefined && !this.#closed) this.#add(directory, identity)
    }
  }

  close(): void {
    this.#closed = true
    for (const directory of [...this.#watched.keys()]) this.#drop(directory)
  }

  #add(directory: string, identity: string): void {
    try {
      const watcher = watch(directory, this.#changed)
      watcher.unref()
      watcher.on('error', () => this.#drop(directory))
      this.#watched.set(directory, { identity, watcher })
    } catch {
      // No watches left, or a file system without support for them.
    }
  }

  #drop(directory: string): void {
    this.#watched.get(directory)?.watcher.close()
    this.#watched.delete(directory)
  }
}

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
      const found = await readIfSettled(path, maxBytes, (stats) => identityOf(stats) === seen || ageOf(stats) >= settleMs)
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

async function readIfSettled(
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

import { type NoFields, readFields } from '../../policy/fields.ts'
import { DirectoryWatch } from './directory-watch.ts'
import type { TruststoreSource } from './handle.ts'
import { booleanOption, noSourceOptions, numberOption, readSettings, type SourceOptions } from './options.ts'
import { identityOfFile, readSettled } from './settled-read.ts'
import { type Loader, Source } from './source.ts'
import { Timer } from './timer.ts'
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
  const what = 'fileTruststore'
  if (typeof path !== 'string' || path === '') throw new TypeError(`${what}: path must be the path of a file`)
  const given = readFields<FileTruststoreOptions>(`${what}: options`, options, noOptions)
  const settings = readSettings(what, given, { pollMs: 5000 })
  const settleMs = numberOption(what, 'settleMs', given.settleMs, 100, 1, 60_000)
  const loader = new FileLoader(path, settleMs, settings.maxBytes, booleanOption(what, 'watch', given.watch, true))
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
  readonly #soon: Timer = new Timer(() => this.onChange())
  #seen: string | undefined = undefined

  constructor(path: string, settleMs: number, maxBytes: number, watches: boolean) {
    this.#path = path
    this.#limits = { settleMs, maxBytes }
    this.#watch = watches ? new DirectoryWatch(path, () => this.#soon.isSet || this.#soon.set(settleMs)) : undefined
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
    this.#soon.close()
    this.#watch?.close()
  }
}

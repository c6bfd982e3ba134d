import { type FSWatcher, watch } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

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
    const wanted = new Set([dirname(this.#path), dirname(target)])
    for (const directory of this.#watched.keys()) if (!wanted.has(directory)) this.#drop(directory)
    for (const directory of wanted) {
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

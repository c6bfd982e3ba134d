import { callSafely } from '../call-safely.ts'

/**
 * Listeners by the name of their event. Unlike an EventEmitter it has no `error` event that crashes, and what a listener
 * throws stays with that listener.
 */
export class Events<Map extends object> {
  readonly #names: ReadonlySet<keyof Map>
  /** What listeners have not heard of yet. */
  readonly #queue: (() => void)[] = []
  #isTelling = false
  readonly #registered = new Set<{ readonly name: keyof Map; readonly listener: (event: never) => unknown }>()

  constructor(names: readonly (keyof Map)[]) {
    this.#names = new Set(names)
  }

  /** @throws TypeError for a name that no event has, and a listener that is no function */
  on<Name extends keyof Map>(name: Name, listener: (event: Map[Name]) => unknown): () => void {
    if (!this.#names.has(name)) throw new TypeError(`no event is named ${String(name)}: there are ${[...this.#names].join(', ')}`)
    if (typeof listener !== 'function') throw new TypeError(`the listener of ${String(name)} must be a function`)
    const entry = { name, listener }
    this.#registered.add(entry)
    return () => void this.#registered.delete(entry)
  }

  /** Tells all listeners, after what is being told now: an event that a listener brings about comes after its own. */
  emit<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    this.queue(name, event)
    this.flush()
  }

  /** Has an event told at the next {@link flush}. */
  queue<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    this.#queue.push(() => this.#tell(name, event))
  }

  flush(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    for (let tell = this.#queue.shift(); tell !== undefined; tell = this.#queue.shift()) tell()
    this.#isTelling = false
  }

  #tell<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    for (const entry of [...this.#registered]) {
      // One that was removed by another in the meantime is not called.
      if (entry.name === name && this.#registered.has(entry)) {
        const what = `a listener of the truststore event "${String(name)}"`
        callSafely(entry.listener, event as never, what, 'TruststoreListenerWarning')
      }
    }
  }

  clear(): void {
    this.#registered.clear()
    this.#queue.length = 0
  }
}

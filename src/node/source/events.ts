import { callSafely } from '../call-safely.ts'

/**
 * Listeners by event name. Unlike an EventEmitter it has no `error` event that crashes, and an exception in one listener does
 * not affect others.
 */
export class Events<Map extends object> {
  readonly #names: ReadonlySet<keyof Map>
  /** Events not delivered yet. */
  readonly #queue: (() => void)[] = []
  #isTelling = false
  readonly #registered = new Set<{ readonly name: keyof Map; readonly listener: (event: never) => unknown }>()

  constructor(names: readonly (keyof Map)[]) {
    this.#names = new Set(names)
  }

  /** @throws TypeError for an unknown event name, and a listener that is not a function */
  on<Name extends keyof Map>(name: Name, listener: (event: Map[Name]) => unknown): () => void {
    if (!this.#names.has(name))
      throw new TypeError(`unknown event ${String(name)}: the events are ${[...this.#names].join(', ')}`)
    if (typeof listener !== 'function') throw new TypeError(`the listener of ${String(name)} must be a function`)
    const entry = { name, listener }
    this.#registered.add(entry)
    return () => void this.#registered.delete(entry)
  }

  /**
   * Delivers an event to all listeners, after any event being delivered now: an event caused by a listener comes after its
   * own.
   */
  emit<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    this.queue(name, event)
    this.flush()
  }

  /** Queues an event for the next {@link flush}. */
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
      // Skip a listener that another one removed in the meantime.
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

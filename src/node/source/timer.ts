import { clearTimeout, setTimeout } from 'node:timers'

/** A single pending call that does not keep the process alive. */
export class Timer {
  readonly #call: () => void
  #handle: NodeJS.Timeout | undefined = undefined
  #closed = false

  constructor(call: () => void) {
    this.#call = call
  }

  get isSet(): boolean {
    return this.#handle !== undefined
  }

  /** Reschedules the call to this many milliseconds from now. */
  set(delayMs: number): void {
    clearTimeout(this.#handle)
    if (this.#closed) return
    this.#handle = setTimeout(() => {
      this.#handle = undefined
      this.#call()
    }, delayMs)
    this.#handle.unref()
  }

  clear(): void {
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  /** Final: the timer cannot be set again. */
  close(): void {
    this.#closed = true
    this.clear()
  }
}

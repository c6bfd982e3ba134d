import { clearTimeout, setTimeout } from 'node:timers'

/** One call that is due later, and keeps no process alive. */
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

  /** Puts the call off to so many milliseconds from now. */
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

  /** Final: nothing can be set afterwards. */
  close(): void {
    this.#closed = true
    this.clear()
  }
}

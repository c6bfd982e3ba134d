import { Worker } from 'node:worker_threads'
import { printable } from '../lint/report/printable.ts'

/** Milliseconds before a command says that it is at work. */
const patience = 1000

/**
 * Shows on standard error, where that is a terminal, what takes more than a second. Judging is one long computation, in
 * which no timer fires: so a thread does the showing.
 *
 * @returns ends it and clears the line
 */
export function showProgress(what: string): () => void {
  if (!process.stderr.isTTY) return () => undefined
  const ended = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./progress-worker.js', import.meta.url), {
    workerData: { what: printable(what), ended, patience },
  })
  worker.unref()
  // What is only for show must not break anything.
  worker.on('error', () => undefined)
  return () => {
    const wasShown = Atomics.exchange(ended, 0, 1) === 2
    Atomics.notify(ended, 0)
    if (wasShown) process.stderr.write('\r\u001b[K')
  }
}

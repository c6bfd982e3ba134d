import { Worker } from 'node:worker_threads'
import { printable } from '../lint/report/printable.ts'

/** Milliseconds before a command shows progress. */
const patience = 1000

/**
 * Shows progress on standard error, if that is a terminal, once a command takes more than a second. It runs in a thread,
 * because verification is one long computation in which no timer fires.
 *
 * @returns a function that stops it and clears the line
 */
export function showProgress(task: string): () => void {
  if (!process.stderr.isTTY) return () => undefined
  const ended = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./progress-worker.js', import.meta.url), {
    workerData: { task: printable(task), ended, patience },
  })
  worker.unref()
  // A failure of the progress display must not break the command.
  worker.on('error', () => undefined)
  return () => {
    const wasShown = Atomics.exchange(ended, 0, 1) === 2
    Atomics.notify(ended, 0)
    if (wasShown) process.stderr.write('\r\u001b[K')
  }
}

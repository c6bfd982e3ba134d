import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

/** The thread behind `showProgress`: writes one line over and over until the first number is 1; 2 says that it was shown. */
const { task, ended, patience } = workerData as { readonly task: string; readonly ended: Int32Array; readonly patience: number }

const standardError = 2
const started = Date.now()
let state = 0
for (let wait = patience; Atomics.wait(ended, 0, state, wait) === 'timed-out'; wait = 250) {
  // Marked before it is written, so that a written line is always cleared.
  if (Atomics.compareExchange(ended, 0, state, 2) !== state) break
  state = 2
  writeSync(standardError, `\r${task} … ${Math.floor((Date.now() - started) / 1000)} s`)
  if (Atomics.load(ended, 0) === 1) writeSync(standardError, '\r\u001b[K')
}

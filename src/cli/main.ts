#!/usr/bin/env node
import { run } from './run.ts'

/** The program `portcullis`. */

/** Whether to colour standard output. NO_COLOR (no-color.org) takes precedence over FORCE_COLOR; empty values are ignored. */
function isColoured({ NO_COLOR = '', FORCE_COLOR = '', TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return process.stdout.isTTY === true && TERM !== 'dumb'
}

// A reader such as `head` may close the pipe early. That is not an error, and the exit code does not change.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const { exitCode, output, errors } = await run(process.argv.slice(2), isColoured(process.env))
// Not process.exit(), which would discard what a slow pipe has not taken yet.
process.exitCode = exitCode
process.stdout.write(output)
process.stderr.write(errors)

import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { programFile, Workplace } from '../../support/cli.ts'
import { keyPair, mint } from '../../support/mint.ts'

const place = new Workplace()
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

/** So many self-signed CAs that linting takes a while. */
function bundle(count: number): string {
  const key = keyPair('p384')
  return Array.from({ length: count }, (_, i) => mint({ ca: true, key, subject: `CN=Root ${i}` }).pem).join('')
}

/** Milliseconds that linting so many takes, with the program's start. */
function timeOf(count: number): number {
  place.write('sample.pem', bundle(count))
  const started = Date.now()
  place.run(['lint', 'sample.pem'])
  return Date.now() - started
}

/** A bundle that takes this machine some three seconds beyond the program's start, which a busy one cannot hide. */
function slowBundle(): string {
  const forEach = Math.max(0.2, (timeOf(500) - timeOf(1)) / 500)
  return place.write('slow.pem', bundle(Math.ceil(3000 / forEach)))
}

/** Runs the program with a terminal for standard error, by util-linux's `script`. */
function runOnTerminal(file: string): string {
  const command = `'${process.execPath}' '${programFile}' lint '${file}' >/dev/null`
  return spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8', timeout: 60_000 }).stdout
}

describe('progress', () => {
  // Without `script` there is no terminal to show progress on.
  it.skipIf(!hasTerminal)('is shown on a terminal when a bundle takes more than a second, and cleared', () => {
    const shown = runOnTerminal(slowBundle())
    expect(shown).toMatch(/\rlinting .*slow\.pem … 1 s/)
    expect(shown.endsWith('\r\u001b[K')).toBe(true)
  })

  it.skipIf(!hasTerminal)('is not shown for quick work', () => {
    expect(runOnTerminal(place.write('small.pem', bundle(1)))).toBe('')
  })

  it('is not shown if standard error is not a terminal', () => {
    slowBundle()
    expect(place.run(['lint', 'slow.pem']).errors).toBe('')
  })
})

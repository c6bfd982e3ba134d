import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installRuntimes, makeConsumer } from './runner/install.mjs'
import { runtimes } from './runner/runtimes.mjs'

/**
 * `npm run test:runtimes [-- NAME…]`: runs one suite in every runtime, or in the named ones, with the packed package. The last
 * line has the totals. A runtime that cannot be installed or started fails. A browser that is not installed is skipped, and
 * the reason is printed.
 */
const names = process.argv.slice(2)
const unknown = names.filter((name) => runtimes[name] === undefined)
if (unknown.length > 0) {
  console.error(`unknown runtime ${unknown.join(', ')}; choose from ${Object.keys(runtimes).join(', ')}`)
  process.exit(2)
}

async function outcomeOf({ missing, version, run }, place) {
  try {
    const reason = missing?.()
    if (reason !== undefined) return { reason, version: '', passed: 0, failures: [] }
    return { version: version(), ...(await run(place)) }
  } catch (error) {
    return { version: '', passed: 0, failures: [error instanceof Error ? error.message : String(error)] }
  }
}

const totals = { passed: 0, failed: 0, skipped: 0 }
const row = (...cells) => console.log(`| ${cells.map((cell, i) => (i > 1 ? cell.padStart(15) : cell.padEnd(15))).join(' | ')} |`)
const work = mkdtempSync(join(tmpdir(), 'portcullis-runtimes-'))
try {
  installRuntimes()
  const place = { work, ...makeConsumer(work) }
  row('runtime', 'version', 'tests', 'µs, new client')
  row('---', '---', '--:', '--:')
  for (const name of names.length > 0 ? names : Object.keys(runtimes)) {
    const { version, passed, failures, reason, microseconds } = await outcomeOf(runtimes[name], place)
    const failed = failures.length
    row(name, version, reason === undefined ? `${passed} of ${passed + failed}` : 'skipped', microseconds?.toFixed(0) ?? '')
    if (reason !== undefined) console.log(`  ${name} skipped: ${reason}`)
    for (const failure of failures) console.log(`  FAILED ${name}: ${failure}`)
    totals.passed += passed
    totals.failed += failed
    totals.skipped += reason === undefined ? 0 : 1
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  totals.failed++
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 3 })
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exitCode = totals.failed === 0 ? 0 : 1

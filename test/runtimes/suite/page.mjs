import { measure } from './measure.mjs'
import { runSuite } from './suite.mjs'

/** Runs the suite in a page: fetches the fixtures and posts the outcome. */
async function run() {
  const fixtures = await (await fetch('/fixtures.json')).json()
  const outcome = await runSuite(fixtures)
  return { ...outcome, microseconds: measure(fixtures, () => performance.now()) }
}

const outcome = await run().catch((error) => ({ passed: 0, failures: [`the page: ${error}`] }))
await fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) })

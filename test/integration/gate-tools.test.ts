import { describe, expect, it } from 'vitest'
import { missingTools, runEndToEnd } from '../../bench/e2e/run.ts'

/** The gate with third-party clients. `npm run e2e` runs the same and prints a table. */

const missing = missingTools()
const skipped = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not installed)`

describe.skipIf(missing.length > 0)(`curl and openssl s_client at the gate${skipped}`, () => {
  it('get the right answers over TLS 1.2 and 1.3, with resumed sessions, and over HTTP/2', { timeout: 120_000 }, async () => {
    const { rows, reached, ways } = await runEndToEnd()
    const wrong = rows.flatMap(({ cells }) => cells.filter(({ right }) => !right))
    expect(wrong.map(({ client, way, result, asIntended }) => [client.name, way, asIntended, result])).toEqual([])
    expect(rows.map(({ client }) => client.expected)).toEqual(expect.arrayContaining(['ok', 'weak_key', 'weak_hash', 'revoked']))
    expect([rows.length, ways.length]).toEqual([13, 7])
    // Only the four good clients, once per way, and once more to get each of the two sessions to resume.
    expect(reached).toBe(4 * (ways.length + 2))
  })
})

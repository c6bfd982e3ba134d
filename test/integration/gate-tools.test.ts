import { describe, expect, it } from 'vitest'
import { missingTools, runEndToEnd } from '../../bench/e2e/run.ts'

/** The gate against clients that are not ours: `npm run e2e` prints the same as a table. */

const missing = missingTools()
const skipped = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not installed)`

describe.skipIf(missing.length > 0)(`curl and openssl s_client against the gate${skipped}`, () => {
  it('hear what they should, over TLS 1.2 and 1.3, resumed, and HTTP/2', { timeout: 120_000 }, async () => {
    const { rows, reached, ways } = await runEndToEnd()
    const wrong = rows.flatMap(({ cells }) => cells.filter(({ right }) => !right))
    expect(wrong.map(({ client, way, result, asIntended }) => [client.name, way, asIntended, result])).toEqual([])
    expect(rows.map(({ client }) => client.expected)).toEqual(expect.arrayContaining(['ok', 'weak_key', 'weak_hash', 'revoked']))
    expect([rows.length, ways.length]).toEqual([13, 7])
    // Good clients alone, once in each way and once more for each session that is resumed.
    expect(reached).toBe(4 * (ways.length + 2))
  })
})

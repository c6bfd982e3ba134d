import { table } from '../examples/demo/table.ts'
import { missingTools, runEndToEnd } from './e2e/run.ts'

/**
 * `npm run e2e`: curl and `openssl s_client` connect to the gate with valid and invalid client certificates, over TLS 1.2 and
 * 1.3, HTTP/1.1 and HTTP/2, and with resumed sessions. Exits with 0 only if every answer is the expected one.
 */
const missing = missingTools()
if (missing.length > 0) {
  console.error(`${missing.join(' and ')} must be installed`)
  process.exit(2)
}
const { ways, rows, reached } = await runEndToEnd()
const cells = rows.flatMap((row) => row.cells)
console.log(
  table(
    [{ title: 'client' }, { title: 'expected' }, ...ways.map((title) => ({ title }))],
    rows.map((row) => [
      row.client.name,
      row.client.expected === 'ok' ? '200' : `403 ${row.client.expected}`,
      ...row.cells.map(({ right }) => (right ? '✓' : '✗')),
    ]),
  ),
)
const wrong = cells.filter(({ right }) => !right)
for (const { client, way, result, asIntended } of wrong) {
  console.log(`  ✗ ${client.name}, ${way}: ${asIntended ? '' : 'wrong protocol or no resumption: '}${result}`)
}
console.log(
  `\n${cells.length} connections, ${cells.length - wrong.length} right, ${wrong.length} wrong; ${reached} requests reached the application`,
)
process.exitCode = wrong.length === 0 ? 0 : 1

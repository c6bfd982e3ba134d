import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileTruststore, nodeSignatures } from 'portcullis/node'
import { verdictTests } from './core.mjs'
import { gateTests } from './gate.mjs'
import { equal } from './harness.mjs'
import { measure } from './measure.mjs'
import { runSuite } from './suite.mjs'

/** Runs the suite in runtimes that have Node's modules: Node itself, Deno and Bun. Prints the outcome as one line of JSON. */
const fixtures = JSON.parse(readFileSync(process.argv[2], 'utf8'))

async function readsTruststoreFromFile() {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-'))
  const file = join(directory, 'truststore.pem')
  writeFileSync(file, fixtures.root)
  const source = await fileTruststore(file)
  try {
    equal(source.current.certificates.length, 1)
    writeFileSync(file, fixtures.root + fixtures.issuing)
    equal((await source.refresh()).status, 'updated')
    equal(source.current.certificates.length, 2)
  } finally {
    source.close()
    rmSync(directory, { recursive: true })
  }
}

const native = verdictTests(fixtures, ['algorithms'], nodeSignatures).map(({ name, run }) => ({ name: `node: ${name}`, run }))
const more = [...native, { name: 'node: a truststore from a file', run: readsTruststoreFromFile }, ...gateTests(fixtures)]
const outcome = await runSuite(fixtures, more)
console.log(JSON.stringify({ ...outcome, microseconds: measure(fixtures, () => performance.now()) }))

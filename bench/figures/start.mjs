import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fixture } from '../harness/fixture.mjs'
import { median } from '../harness/statistics.mjs'

const programs = {
  portcullis: join(import.meta.dirname, 'start', 'portcullis.mjs'),
  pkijs: join(import.meta.dirname, '..', 'rivals', 'start.mjs'),
  'Node alone': join(import.meta.dirname, 'start', 'node.mjs'),
}

/**
 * Runs complete processes by turns: Node starts, loads a library, builds a truststore of three CAs and verifies one client.
 * Node alone is measured as well: no library can be faster.
 */
export async function measure({ blocks }) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-start-'))
  try {
    const rows = []
    for (const kind of ['P-256', 'RSA-2048']) rows.push(measureKind(kind, folder, blocks))
    return rows
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measureKind(kind, folder, blocks) {
  const { authorities, clients, refused } = fixture(`clients-${kind}`)
  const good = writeInput(folder, `${kind}-good`, authorities, clients[0].der)
  const bad = writeInput(folder, `${kind}-bad`, authorities, refused['an altered client'].der)
  for (const name of ['portcullis', 'pkijs']) {
    if (run(name, good).status !== 0) throw new Error(`${name} rejects a valid client`)
    if (run(name, bad).status !== 1) throw new Error(`${name} accepts an altered client`)
  }
  const times = { portcullis: [], pkijs: [], 'Node alone': [] }
  for (let round = 0; round < blocks; round++) {
    const order = Object.keys(times)
    for (let i = 0; i < order.length; i++) {
      const name = order[(round + i) % order.length]
      times[name].push(run(name, good).milliseconds)
    }
  }
  return {
    name: kind === 'P-256' ? 'pkijs' : `pkijs/${kind}`,
    title: `process start to first verdict, ${kind}, compared with pkijs`,
    value: median(times.pkijs.map((time, round) => time / times.portcullis[round])),
    unit: '×',
    details: [
      { name: 'portcullis', value: median(times.portcullis), unit: 'ms' },
      { name: 'pkijs', value: median(times.pkijs), unit: 'ms' },
      { name: 'Node alone', value: median(times['Node alone']), unit: 'ms' },
    ],
  }
}

function writeInput(folder, name, authorities, client) {
  const file = join(folder, `${name}.json`)
  const text = (der) => Buffer.from(der).toString('base64')
  writeFileSync(file, JSON.stringify({ authorities: authorities.map(text), client: text(client) }))
  return file
}

function run(name, file) {
  const begin = performance.now()
  const { status } = spawnSync(process.execPath, [programs[name], file])
  return { status, milliseconds: performance.now() - begin }
}

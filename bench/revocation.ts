/**
 * `npm run bench:revocation [file.crl]`: the cost of a large revocation list, in time to parse it, for the first and later
 * look-ups, and in memory. Without a file, it mints a list of about 490 KB.
 */
import { readFileSync } from 'node:fs'
import { parseRevocationList, type RevocationList } from '../src/index.ts'
import { mint, mintCrl } from '../test/support/mint.ts'

const entries = 13_200

function made(): Uint8Array {
  const issuer = mint({ subject: 'CN=Revoking CA', ca: true })
  const revoked = Array.from({ length: entries }, (_, i) => ({
    serial: (0x5a5a5a5a5a5a5a5an << 64n) | ((BigInt(i) * 0x9e3779b97f4a7c15n) % (1n << 64n)),
  }))
  return new Uint8Array(mintCrl({ issuer, revoked }).der)
}

function parse(bytes: Uint8Array): RevocationList {
  const parsed = parseRevocationList(bytes)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!
}

function time(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

const file = process.argv[2]
const bytes = file === undefined ? made() : new Uint8Array(readFileSync(file))
const absent = '0102030405060708090a0b0c0d0e0f10'
const views = Array.from({ length: 30 }, () => bytes)
const parseTime = median(views.map((copy) => time(() => parse(copy))))
const list = parse(bytes)
const first = median(views.map((copy) => parse(copy)).map((view) => time(() => view.find(absent))))
list.find(absent)
const rounds = 20_000
const later = time(() => {
  for (let i = 0; i < rounds; i++) list.find(absent)
})

const gc = globalThis.gc
const kept: RevocationList[] = []
let memory = Number.NaN
if (gc !== undefined) {
  const used = () => {
    gc()
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = used()
  for (let i = 0; i < 20; i++) {
    const view = parse(bytes.slice())
    view.find(absent)
    kept.push(view)
  }
  memory = (used() - before) / kept.length / bytes.length
}

console.log(`list of ${bytes.length} bytes, ${list.entryCount} entries`)
console.log(`parsing: ${parseTime.toFixed(2)} ms (bar: 2 ms)`)
console.log(`first look-up, which builds the index: ${first.toFixed(2)} ms`)
console.log(`later look-ups: ${((later / rounds) * 1000).toFixed(2)} µs (bar: 5 µs)`)
console.log(`memory, including the list: ${memory.toFixed(2)} × its size (bar: 3 ×)`)

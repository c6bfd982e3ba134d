/**
 * `npm run bench:lint [count]`: the cost of linting a bundle of 10,000 certificates. Compares its time with Node's parsing of
 * the same certificates, and prints the memory of the whole process.
 */
import { X509Certificate } from 'node:crypto'
import { lintTruststore } from '../src/index.ts'
import { type KeyKind, keyPair, type Minted, mint } from '../test/support/mint.ts'

const count = Number(process.argv[2] ?? 10_000)
const kinds: readonly KeyKind[] = ['p256', 'rsa2048', 'p384', 'p256']
const allowed = { ratio: 20, megabytes: 500 }

/** Groups of a root and its nine intermediates, with keys of every kind. */
function bundle(): readonly string[] {
  const pems: string[] = []
  let root: Minted | undefined
  for (let i = 0; i < count; i++) {
    const key = keyPair(kinds[Math.floor(i / 10) % kinds.length]!, i % 8)
    const isRoot = root === undefined || i % 10 === 0
    const made: Minted = mint({ subject: `C=CH,O=Fleet,CN=CA ${i}`, ca: true, key }, isRoot ? undefined : root)
    if (isRoot) root = made
    pems.push(made.pem)
  }
  return pems
}

function time(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

const pems = bundle()
const text = pems.join('')
const rounds = Array.from({ length: 3 }, () => {
  const node = time(() => pems.map((pem) => new X509Certificate(pem)))
  const ours = time(() => lintTruststore(text))
  return { node, ours, ratio: ours / node }
}).sort((a, b) => a.ratio - b.ratio)
const { node, ours, ratio } = rounds[1]!
const megabytes = process.resourceUsage().maxRSS / 1024
const { findings } = lintTruststore(text)
console.log(`${count} certificates, ${findings.length} findings; Node ${process.version}`)
console.log(`Node parses them in ${node.toFixed(0)} ms, lintTruststore takes ${ours.toFixed(0)} ms`)
console.log(`ratio: ${ratio.toFixed(1)} × (at most ${allowed.ratio} ×)`)
console.log(`memory: ${megabytes.toFixed(0)} MB for the whole process (at most ${allowed.megabytes} MB)`)
if (ratio > allowed.ratio || megabytes > allowed.megabytes) process.exitCode = 1

/**
 * The regression guard of `npm run check`: fails if a hot path has become several times slower. Each limit is a multiple of a
 * yardstick measured in the same run, about three times the current value. A busy machine slows down the yardstick as well,
 * and a limit only counts as missed if every attempt misses it. Use `npm run bench` for precise figures.
 */
import { p256 } from '@noble/curves/nist.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { buildTruststore, parseCertificate, pureSignatures, verifyChain } from '../src/index.ts'
import type { CertificateView } from '../src/x509/certificate.ts'
import { parseCertificateDer } from '../src/x509/parse-certificate.ts'
import { keyPair, type Minted, mint } from '../test/support/mint.ts'

const attempts = 6
/** An attempt is the median of this many pairs of slices: one of our work, one of the yardstick. */
const slices = 5

interface Work {
  readonly call: (i: number) => boolean
  /** Calls per slice. */
  readonly calls: number
}

interface Limit {
  readonly what: string
  /** Called for each attempt, so that no attempt benefits from caches of the one before. */
  readonly work: () => Work
  readonly yardstick: Work & { readonly name: string }
  /** The longest time allowed for a call, in calls of the yardstick. */
  readonly most: number
}

const ca = mint({ ca: true, subject: 'CN=Guard CA', key: keyPair('p256', 0) })
const rsaCa = mint({ ca: true, subject: 'CN=Guard RSA CA', key: keyPair('rsa2048', 0) })
const clients = clientsOf(ca, 200)
const rsaClients = clientsOf(rsaCa, 100)
const views = clients.map(viewOf)
const kilobyte = new Uint8Array(1024)

const hash = { name: 'SHA-256 of 1 KB by noble', calls: 1000, call: () => sha256(kilobyte).length === 32 }
const noble = { name: 'a P-256 signature by noble', calls: 3, call: nobleVerifies }

const limits: readonly Limit[] = [
  { what: 'parsing a leaf', work: parsing, yardstick: hash, most: 0.5 },
  { what: 'a returning client', work: () => ({ ...verifying(clients.slice(0, 1)), calls: 1000 }), yardstick: hash, most: 1 },
  { what: 'a new P-256 client', work: () => verifying(clients), yardstick: noble, most: 0.1 },
  { what: 'a new RSA-2048 client', work: () => verifying(rsaClients), yardstick: noble, most: 0.2 },
  { what: 'a P-256 signature by a key used once', work: unknownKeys, yardstick: noble, most: 0.4 },
]

function clientsOf(issuer: Minted, count: number): readonly Uint8Array[] {
  const key = keyPair('p256', 1)
  return Array.from({ length: count }, (_, i) => mint({ subject: `O=Guard,CN=client ${i}`, key }, issuer).der)
}

function viewOf(der: Uint8Array): CertificateView {
  const parsed = parseCertificateDer(der)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

function nobleVerifies(i: number): boolean {
  const { signature, tbs } = views[i % views.length]!
  return p256.verify(signature, tbs, ca.key.spki.subarray(-65), { lowS: false, format: 'der', prehash: true })
}

function parsing(): Work {
  return { calls: 3000, call: (i) => parseCertificate(clients[i % clients.length]!).ok }
}

/** Each client once, in a warm truststore. */
function verifying(ders: readonly Uint8Array[]): Work {
  const store = buildTruststore([ca.pem, rsaCa.pem])
  store.warmUp()
  return { calls: ders.length / slices, call: (i) => verifyChain(store, ders[i % ders.length]!).ok }
}

function unknownKeys(): Work {
  const call = (i: number): boolean => {
    const { algorithmIdentifier, tbs, signature } = views[i % views.length]!
    return pureSignatures.importKey(ca.key.spki)!.verify(algorithmIdentifier, tbs, signature)
  }
  return { calls: 12, call }
}

/** @returns time of a call of the work, in calls of the yardstick */
function attempt({ work, yardstick }: Limit): number {
  const made = work()
  const ratios = Array.from({ length: slices }, (_, slice) => timeOf(made, slice) / timeOf(yardstick, slice))
  return ratios.sort((a, b) => a - b)[slices >> 1]!
}

function timeOf({ call, calls }: Work, slice: number): number {
  const begin = performance.now()
  for (let i = 0; i < calls; i++) if (!call(slice * calls + i)) throw new Error('a valid signature or certificate was rejected')
  return (performance.now() - begin) / calls
}

let missed = 0
for (const limit of limits) {
  const ratios: number[] = []
  // During the first attempt, V8 still compiles the code. The best attempt counts.
  do ratios.push(attempt(limit))
  while (ratios.length < attempts && (ratios.length === 1 || Math.min(...ratios) > limit.most))
  const best = Math.min(...ratios)
  if (best > limit.most) missed++
  console.log(
    `${best > limit.most ? 'MISSED' : 'ok    '} ${limit.what}: ${best.toFixed(2)} × ${limit.yardstick.name}, at most ${limit.most}`,
  )
}
if (missed > 0) console.log('Measure the figure with `npm run bench`. Raise a limit only for a stated reason.')
process.exitCode = missed === 0 ? 0 : 1

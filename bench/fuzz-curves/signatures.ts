import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { Span } from '../../src/bytes/span.ts'
import { Accumulator } from '../../src/crypto/curve/accumulator.ts'
import { type CurveName, curveNames, curves } from '../../src/crypto/curve/curves.ts'
import { FixedTable } from '../../src/crypto/curve/fixed-table.ts'
import { type Group, groupOf } from '../../src/crypto/curve/group.ts'
import { bigintOf, limbsOf, readLimbs } from '../../src/crypto/curve/limbs.ts'
import { TableBudget } from '../../src/crypto/curve/point-key.ts'
import { EcdsaKey } from '../../src/crypto/ecdsa.ts'
import { encodePoint, leaveNumber, modulo, multipleOf, nobleOf, usualHash } from '../../test/support/curve-points.ts'
import { integer, sequence } from '../../test/support/der.ts'
import { Random } from '../fuzz/random.ts'

/** Stops after this many findings. */
const enough = 20

/** One signature of a curve in this many also goes to noble, which takes twenty times as long. */
const nobleShare = 100

/** The share of each curve. OpenSSL takes seven times as long on P-384 as on P-256. */
const curveShares: Record<CurveName, number> = { 'P-256': 3, 'P-384': 1 }

/** One signature in this many, the first ones, is verified before any table is built. */
const tablelessPart = 20

const keysPerCurve = 4

interface SigningKey {
  readonly secret: bigint
  readonly point: Uint8Array
  readonly openssl: KeyObject
  readonly warm: EcdsaKey
  readonly cold: EcdsaKey
}

interface Signer {
  readonly curve: CurveName
  readonly group: Group
  readonly hash: (typeof usualHash)[CurveName]
  readonly keys: readonly SigningKey[]
  /** Tables of the generator for signing. The library builds its own ones while it verifies. */
  readonly table: FixedTable
}

/**
 * Compares signature checks, by keys with and without tables, with OpenSSL, and some of them with noble. The seed determines
 * keys and nonces; half of the signatures are altered. The library's own arithmetic creates the signatures. This hides no
 * fault, because OpenSSL has to accept every genuine one.
 */
export function fuzzSignatures(count: number, seed: number): { counts: Record<string, number>; findings: string[] } {
  const random = new Random(seed ^ 0x5eed)
  const signers = curveNames.map((curve) => signerOf(curve, random))
  const turns = signers.flatMap((signer) => new Array<Signer>(curveShares[signer.curve]).fill(signer))
  const perCurve = Object.fromEntries(curveNames.map((curve) => [curve, 0])) as Record<CurveName, number>
  const counts = { ...perCurve, genuine: 0, altered: 0, accepted: 0, refused: 0, noble: 0 }
  const findings: string[] = []
  let isWarm = false
  for (let i = 0; i < count && findings.length < enough; i++) {
    if (!isWarm && i >= count / tablelessPart) {
      for (const { keys } of signers) for (const { warm } of keys) warm.warmUp()
      isWarm = true
    }
    const signer = turns[i % turns.length]!
    const key = random.pick(signer.keys)
    const data = random.bytes(16)
    const genuine = sign(signer, key, data, random)
    const isAltered = random.oneIn(2)
    const judged = isAltered
      ? alter(signer, { key, data, ...genuine, isGenuine: false }, random)
      : { key, data, ...genuine, isGenuine: true }
    const signature = sequence(integer(judged.r), integer(judged.s))
    const expected = verify(signer.hash, judged.data, judged.key.openssl, signature)
    const opinions = [
      judged.key.warm.verify(signer.hash, judged.data, signature),
      judged.key.cold.verify(signer.hash, judged.data, signature),
    ]
    if (counts[signer.curve] % nobleShare === 0) {
      counts.noble++
      opinions.push(nobleVerifies(signer, judged))
    }
    counts[signer.curve]++
    counts[isAltered ? 'altered' : 'genuine']++
    counts[expected ? 'accepted' : 'refused']++
    if (expected !== judged.isGenuine || opinions.some((opinion) => opinion !== expected)) {
      const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
      findings.push(
        `${signer.curve}, signature ${i}: OpenSSL ${expected}, expected ${judged.isGenuine}, warm, cold, noble ${opinions.join()}: ` +
          `point ${hex(judged.key.point)}, data ${hex(judged.data)}, signature ${hex(signature)}`,
      )
    }
  }
  return { counts, findings }
}

function signerOf(curve: CurveName, random: Random): Signer {
  const group = groupOf(curve)
  const table = new FixedTable(group, group.generatorX, group.generatorY)
  while (!table.isComplete) table.advance()
  const tables = new TableBudget(2 ** 26)
  const keys = Array.from({ length: keysPerCurve }, () => signingKey(curve, scalar(curve, random), tables))
  return { curve, group, hash: usualHash[curve], keys, table }
}

function signingKey(curve: CurveName, secret: bigint, tables: TableBudget): SigningKey {
  const point = encodePoint(multipleOf(curve, secret))
  const width = curves[curve].bytes
  const text = (start: number): string => Buffer.from(point.subarray(start, start + width)).toString('base64url')
  const jwk = { kty: 'EC', crv: curve, x: text(1), y: text(1 + width) }
  const cold = new EcdsaKey(curve, point, new TableBudget(0))
  return { secret, point, openssl: createPublicKey({ key: jwk, format: 'jwk' }), warm: new EcdsaKey(curve, point, tables), cold }
}

function scalar(curve: CurveName, random: Random): bigint {
  const { n, bytes } = curves[curve]
  return (BigInt(`0x${Buffer.from(random.bytes(bytes)).toString('hex')}`) % (n - 1n)) + 1n
}

/** r is the x-coordinate of k·G, and s = (e + r·d) / k. */
function sign({ curve, group, hash, table }: Signer, { secret }: SigningKey, data: Uint8Array, random: Random) {
  const { n } = curves[curve]
  const { field, scalars, scratch } = group
  const k = limbsOf(scalar(curve, random), field.limbs)
  const sum = new Accumulator(field)
  table.addMultiple(sum, k)
  sum.toAffine(scratch.x, scratch.y)
  const r = leaveNumber(curve, field, scratch.x) % n
  const digest = createHash(hash).update(data).digest()
  readLimbs(scratch.e, new Span(digest))
  scratch.r.set(limbsOf(r, field.limbs))
  scalars.divide(scratch.u1, scratch.u2, scratch.e, scratch.r, k)
  return { r, s: (bigintOf(scratch.u1) + bigintOf(scratch.u2) * secret) % n }
}

interface Judged {
  readonly key: SigningKey
  readonly data: Uint8Array
  readonly r: bigint
  readonly s: bigint
  readonly isGenuine: boolean
}

/**
 * Flips a bit of r, s or the data, uses another key, or a number at the edge of the valid range or beyond. One in ten becomes
 * (r, n − s), which is valid as well.
 */
function alter({ curve, keys }: Signer, good: Judged, random: Random): Judged {
  const { n, p, bytes } = curves[curve]
  const { key, data, r, s } = good
  const bit = 1n << BigInt(random.below(8 * bytes))
  const edges = [0n, 1n, 2n, n - 1n, n, n + 1n, p - n, p, (1n << BigInt(8 * bytes)) - 1n, 1n << BigInt(8 * bytes)]
  switch (random.below(10)) {
    case 0:
    case 1:
      return { ...good, r: r ^ bit }
    case 2:
    case 3:
      return { ...good, s: s ^ bit }
    case 4:
    case 5: {
      const at = random.below(data.length)
      return { ...good, data: data.with(at, data[at]! ^ (1 << random.below(8))) }
    }
    case 6:
      return { ...good, key: keys[(keys.indexOf(key) + 1 + random.below(keysPerCurve - 1)) % keysPerCurve]! }
    case 7:
      return { ...good, r: random.pick([...edges, r + n, modulo(-r, n), s]) }
    case 8:
      return { ...good, s: random.pick([...edges, s + n, modulo(s + 1n, n), r]) }
    default:
      return { ...good, s: n - s, isGenuine: true }
  }
}

function nobleVerifies({ curve, hash }: Signer, { key, data, r, s }: Judged): boolean {
  const { bytes } = curves[curve]
  const digest = createHash(hash).update(data).digest()
  if (r >> BigInt(8 * bytes) !== 0n || s >> BigInt(8 * bytes) !== 0n) return false
  const compact = Buffer.from([r, s].map((number) => number.toString(16).padStart(2 * bytes, '0')).join(''), 'hex')
  return nobleOf(curve).verify(new Uint8Array(compact), new Uint8Array(digest), key.point, {
    prehash: false,
    lowS: false,
    format: 'compact',
  })
}

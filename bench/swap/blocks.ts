import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finish } from '../../src/bytes/steps.ts'
import { fileTruststore } from '../../src/node/index.ts'
import { Slices } from '../../src/node/slices.ts'
import { Versions } from '../../src/node/source/versions.ts'
import { type KeyKind, keyPair, type Minted, mint } from '../../test/support/mint.ts'
import { type Blocks, watchBlocks } from '../open/blocks.ts'

/** The longest turn of the event loop that is allowed. */
export const allowedMs = 20

const kinds: readonly KeyKind[] = ['rsa2048', 'p256', 'p384', 'rsa4096']
const children = 9
/** The minimum of these runs counts. Other programs disturb short runs more, so they are repeated more often. */
const runsOf = (count: number): number => Math.max(3, Math.ceil(3000 / count))

/** A bundle of CAs: roots with nine intermediates each, with all common types of keys. */
function bundleOf(count: number, name: string): string {
  const pem: string[] = []
  let root: Minted | undefined
  for (let i = 0; i < count; i++) {
    const key = keyPair(kinds[i % kinds.length]!, 7400 + (i % 8))
    const minted: Minted = mint({ ca: true, subject: `O=${name},CN=CA ${i}`, key }, i % (children + 1) === 0 ? undefined : root)
    if (i % (children + 1) === 0) root = minted
    pem.push(minted.pem)
  }
  return pem.join('')
}

/** Measures a source that takes a version of `count` certificates, half of them new. */
export async function blocksOfSwap(count: number): Promise<{ readonly blocks: Blocks; readonly ratio: number }> {
  const half = bundleOf(count / 2, 'Half')
  const before = half + bundleOf(count / 2, 'Before')
  const after = half + bundleOf(count / 2, 'After')
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-swap-'))
  const path = join(directory, 'truststore.pem')
  try {
    await writeFile(path, before)
    const source = await fileTruststore(path, { watch: false, pollMs: Number.POSITIVE_INFINITY })
    await writeFile(path, after)
    let isDone = false
    const refreshed = source.refresh().finally(() => {
      isDone = true
    })
    const blocks = await watchBlocks(() => isDone, 120_000)
    const { status } = await refreshed
    if (status !== 'updated') throw new Error(`the new version was not taken: ${status}`)
    source.close()
    return { blocks, ratio: await ratioOfTotals(Buffer.from(before), Buffer.from(after), runsOf(count)) }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The time to build a version in slices, relative to building it at once. Uses the minimum of a few runs of each. */
async function ratioOfTotals(before: Uint8Array, after: Uint8Array, runs: number): Promise<number> {
  const slices = new Slices()
  let inSlices = Number.POSITIVE_INFINITY
  let atOnce = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const versions = [new Versions({}, 2), new Versions({}, 2)] as const
    for (const each of versions) finish(each.decide({ bytes: before }, true))
    const begin = performance.now()
    finish(versions[0].decide({ bytes: after }, true))
    const middle = performance.now()
    await slices.finish(versions[1].decide({ bytes: after }, true))
    atOnce = Math.min(atOnce, middle - begin)
    inSlices = Math.min(inSlices, performance.now() - middle)
  }
  return inSlices / atOnce
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { finish } from '../../src/bytes/steps.ts'
import { buildTruststore, pureSignatures, type SignatureBackend } from '../../src/index.ts'
import type { TruststoreSource } from '../../src/node/index.ts'
import { Versions } from '../../src/node/source/versions.ts'
import { CountingSignatures } from '../support/counting-signatures.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'
import { serve } from '../support/truststore-server.ts'
import { server, sourceOf, withTruststoreServer } from '../support/url-source.ts'

/**
 * The server keeps running while a source reads a truststore, however large: the work pauses after every certificate and every
 * signature, and calls during a pause take effect.
 */

withTruststoreServer()

const key = (i: number) => keyPair('p256', i % 24)
const root = mint({ ca: true, subject: 'CN=Root', key: key(0) })
const chain = (count: number): readonly Minted[] =>
  Array.from({ length: count }, (_, i) => mint({ ca: true, subject: `CN=CA ${i}`, key: key(i) }, root))
const bytesOf = (...minted: readonly Minted[]): Buffer => Buffer.from(minted.map(({ pem }) => pem).join(''))

/** Bundles in which one certificate may need many signature checks, or many certificates none. */
const bundles: Readonly<Record<string, readonly Minted[]>> = {
  'a root and many CAs': [root, ...chain(60)],
  'copies of one certificate': new Array<Minted>(60).fill(root),
  'CAs with one name and no key identifiers': Array.from({ length: 24 }, (_, i) =>
    mint({ ca: true, subject: 'CN=Same', key: key(i), subjectKeyId: false, authorityKeyId: false }),
  ),
  'CAs with one name and one key identifier': Array.from({ length: 12 }, (_, i) =>
    mint({
      ca: true,
      subject: 'CN=Same',
      key: key(i),
      subjectKeyId: Uint8Array.of(1, 2, 3),
      authorityKeyId: Uint8Array.of(1, 2, 3),
    }),
  ),
  'certificates without an issuer': Array.from({ length: 60 }, (_, i) =>
    mint({ ca: true, subject: `CN=Alone ${i}`, issuer: 'CN=Nobody', key: key(i), signWith: key(i + 1) }),
  ),
}

describe('a step of building a version', () => {
  it.each(Object.entries(bundles))('computes at most one signature: %s', (_name, bundle) => {
    const signatures = new CountingSignatures()
    const steps = new Versions({ signatures }, 2).decide({ bytes: bytesOf(root, ...bundle) }, true)
    let count = 0
    for (let done: boolean | undefined = false; done !== true; count++) {
      const before = signatures.verified
      done = steps.next().done
      expect(signatures.verified - before).toBeLessThanOrEqual(1)
    }
    expect(count).toBeGreaterThan(4 * bundle.length)
  })
})

describe('events of a source', () => {
  const other = mint({ ca: true, subject: 'CN=Other', key: key(1) })

  it('come in the order of the changes, whatever listeners do', async () => {
    server.reply = serve(root.pem)
    const source = await sourceOf()
    const first = source.current.fingerprint
    const reported: string[] = []
    source.on('updated', ({ cause }) => {
      if (cause === 'refresh') source.rollBack(first)
    })
    source.on('rollback', () => reported.push('rollback'))
    source.on('updated', ({ cause, version, previous, diff }) => {
      reported.push(
        `${cause} ${previous.store.certificates.length} to ${version.store.certificates.length}, ${diff.added.length} added`,
      )
    })
    server.reply = serve(root.pem + other.pem)
    await source.refresh()
    expect(source.current.fingerprint).toBe(first)
    expect(reported).toEqual(['refresh 1 to 2, 1 added', 'rollBack 2 to 1, 0 added'])
  })

  it('report a version that is taken again before the changes that listeners make', async () => {
    server.reply = serve(root.pem)
    const source = await sourceOf()
    server.reply = serve(root.pem + other.pem)
    await source.refresh()
    const good = source.current.fingerprint
    const reported: string[] = []
    source.on('rollback', () => source.rollBack(good))
    source.on('updated', ({ cause, version }) => reported.push(`${cause} ${version.store.certificates.length}`))
    server.reply = serve(root.pem)
    await source.refresh()
    expect(reported).toEqual(['refresh 1', 'rollBack 2'])
    expect(source.current.fingerprint).toBe(good)
  })
})

describe('a backend that fails', () => {
  it('is used again for the same bytes', async () => {
    let isBusy = false
    const importKey: SignatureBackend['importKey'] = (...given) => {
      if (isBusy) throw new Error('busy')
      return pureSignatures.importKey(...given)
    }
    server.reply = serve(root.pem, { etag: '"1"' })
    const source = await sourceOf({ signatures: { name: 'moody', importKey } })
    server.reply = serve(bytesOf(root, ...chain(2)).toString(), { etag: '"2"' })
    isBusy = true
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { message: 'busy' } })
    isBusy = false
    expect(await source.refresh()).toMatchObject({ status: 'updated' })
  })

  it('and closes the source prevents the new version', async () => {
    let source: TruststoreSource | undefined
    const importKey: SignatureBackend['importKey'] = (...given) => {
      source?.close()
      return pureSignatures.importKey(...given)
    }
    source = await sourceOf({ signatures: { name: 'closing', importKey } })
    const serving = source.current
    server.reply = serve(bytesOf(root, ...chain(2)).toString())
    expect(await source.refresh({ allowEmptyOverlap: true })).toMatchObject({ status: 'closed' })
    expect(source.current).toBe(serving)
  })
})

describe('while a version is built', () => {
  it('the event loop keeps running', async () => {
    const source = await sourceOf({
      signatures: {
        name: 'slow',
        importKey: () => ({
          verify() {
            const end = performance.now() + 3
            while (performance.now() < end);
            return true
          },
        }),
      },
    })
    server.reply = serve(bytesOf(root, ...chain(60)).toString())
    let isDone = false
    const refreshed = source.refresh({ allowEmptyOverlap: true }).finally(() => {
      isDone = true
    })
    let longest = 0
    for (let last = performance.now(); !isDone; ) {
      await nextTurn()
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
    expect(await refreshed).toMatchObject({ status: 'updated' })
    // In one go it would take 180 milliseconds.
    expect(longest).toBeLessThan(90)
  })

  it('the current version stays, and a closed source takes no new one', async () => {
    const source = await sourceOf()
    const serving = source.current
    server.reply = serve(bytesOf(root, ...chain(200)).toString())
    const refreshed = source.refresh({ allowEmptyOverlap: true })
    while (server.requests.length < 2) await nextTurn()
    for (let turn = 0; turn < 5; turn++) {
      await nextTurn()
      expect(source.current).toBe(serving)
    }
    source.close()
    expect(await refreshed).toMatchObject({ status: 'closed' })
    expect(source.current).toBe(serving)
  })

  it.each([1, 50, 150, 250, 300, 320])('a rollback takes effect, in pause %i', (pause) => {
    const versions = new Versions({}, 5)
    const [one, two, three] = [chain(3), chain(6), chain(9)].map((cas) => bytesOf(root, ...cas))
    const first = buildTruststore(one!).fingerprint
    finish(versions.decide({ bytes: one! }, false))
    finish(versions.decide({ bytes: two! }, false))
    const steps = versions.decide({ bytes: three! }, false)
    let step = steps.next()
    for (let i = 1; i < pause && step.done !== true; i++) step = steps.next()
    const wasTaken = step.done === true
    if (!wasTaken) expect(versions.rollBack(first)?.store.certificates).toHaveLength(7)
    while (step.done !== true) step = steps.next()
    expect(step.value).toMatchObject({ status: 'updated', diff: { added: { length: wasTaken ? 3 : 6 } } })
    expect(step.value).toMatchObject({ previous: { store: { certificates: { length: wasTaken ? 7 : 4 } } } })
    expect(versions.current.store.certificates).toHaveLength(10)
  })
})

import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore, profiles, type RevocationCheck } from '../../src/index.ts'
import type { MutualTlsOptions } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import { ask, closeServers, credentialsOf, open, startGate } from '../support/gate.ts'
import { both, day, fromNow, hour, leaving, lists, stillRuns } from '../support/leaving-client.ts'
import { mint } from '../support/mint.ts'
import { identitiesOf, kinds, openScene } from '../support/open-connections.ts'

/** When the gate verifies open connections again, and what it does if their status is unknown. */

afterEach(closeServers)

describe('a connection whose revocation status is unknown', () => {
  /** A gate whose list is out of date after an hour, and can be renewed. */
  function stale(): { options: MutualTlsOptions; goStale: () => unknown; renew: () => unknown } {
    let now = Date.now()
    let revocation: RevocationCheck = { lists: lists({ nextUpdate: fromNow(hour) }) }
    return {
      options: { truststore: both, revocation: () => revocation, clock: () => now },
      goStale: () => (now += 2 * hour),
      renew: () => (revocation = { lists: lists() }),
    }
  }

  it('stays open by default; its requests are rejected until the status is known again', async () => {
    const { options, goStale, renew } = stale()
    const scene = await openScene(options)
    const all = await scene.keepAll(credentialsOf(leaving))
    const session = connectHttp2(`https://127.0.0.1:${scene.ports.http2}`, {
      rejectUnauthorized: false,
      ...credentialsOf(leaving),
    })
    const status = async (): Promise<unknown> => (await once(session.request().resume(), 'response'))[0][':status']
    expect(await status()).toBe(200)
    goStale()
    expect(await status()).toBe(403)
    await eventually(() => scene.gate.counters().rejudged > kinds.length)
    // The last checks may still be running.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const { rejudged } = scene.gate.counters()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    // Nothing has changed since, so nothing is verified every second.
    expect(scene.gate.counters().rejudged).toBe(rejudged)
    expect(await status()).toBe(403)
    await stillRuns(all)
    expect([scene.ended, new Set(identitiesOf(scene))]).toEqual([[], new Set(['CN=leaving'])])
    renew()
    expect(await status()).toBe(200)
    session.destroy()
    for (const kept of all) kept.close()
  })

  it('is ended by option', async () => {
    const { options, goStale } = stale()
    const scene = await openScene({ ...options, onUnknown: 'end' })
    const all = await scene.keepAll(credentialsOf(leaving))
    goStale()
    await eventually(() => all.every((kept) => kept.isOver()))
    expect(scene.ended).toEqual(kinds.map(() => 'CN=leaving: revocation_unknown'))
  })

  it.each(['keep', 'end'] as const)('follows the same option if the settings fail: %s', async (onUnknown) => {
    let broken = false
    const revocation = (): RevocationCheck => {
      if (broken) throw new Error('no lists today')
      return { lists: lists() }
    }
    const warnings: string[] = []
    const note = (warning: Error): unknown => warnings.push(warning.message)
    process.on('warning', note)
    const scene = await openScene({ truststore: both, revocation, onUnknown })
    const all = await scene.keepAll(credentialsOf(leaving))
    broken = true
    await eventually(() => warnings.length > 0)
    expect(warnings[0]).toMatch(/open connections cannot be verified: Error: no lists today/)
    if (onUnknown === 'keep') await stillRuns(all)
    else await eventually(() => all.every((kept) => kept.isOver()))
    await new Promise((resolve) => setTimeout(resolve, 1200))
    process.off('warning', note)
    expect([scene.ended, warnings.length]).toEqual([onUnknown === 'end' ? kinds.map(() => 'CN=leaving: internal_error') : [], 1])
    for (const kept of all) kept.close()
  })

  it('ends once its certificate expires', async () => {
    let now = Date.now()
    const revocation = { lists: lists({ nextUpdate: fromNow(hour) }) }
    const scene = await openScene({ truststore: both, revocation, clock: () => now })
    const kept = await scene.keep('plain TLS', credentialsOf(leaving))
    now += 2 * hour
    await eventually(() => scene.gate.counters().rejudged > 0)
    now += 31 * day
    await eventually(() => kept.isOver())
    expect(scene.ended).toEqual(['CN=leaving: expired'])
  })
})

describe('verdicts on open connections', () => {
  it('are renewed every minute if they depend on lists, because certificates of CRL signers expire as well', async () => {
    let now = Date.now()
    const scene = await openScene({ truststore: both, revocation: { lists: lists() }, clock: () => now })
    const kept = await scene.keep('plain TLS', credentialsOf(leaving))
    const rejudgedAfter = async (ms: number): Promise<number> => {
      now += ms
      await new Promise((resolve) => setTimeout(resolve, 1500))
      return scene.gate.counters().rejudged
    }
    expect([await rejudgedAfter(59_000), await rejudgedAfter(2000), await rejudgedAfter(59_000)]).toEqual([0, 1, 1])
    kept.close()
  })

  it('last until the end of the second in notAfter', async () => {
    let now = Date.now()
    const { port, gate } = await startGate({ truststore: both, clock: () => now })
    const socket = await open(port, credentialsOf(leaving))
    const code = async (at: number): Promise<unknown> => {
      now = at
      return (await ask(port, {}, { socket })).code
    }
    const end = leaving.spec.notAfter!.getTime()
    expect([await code(end), await code(end + 999), gate.counters().rejudged]).toEqual([undefined, undefined, 0])
    expect([await code(end + 1000), gate.counters().rejudged]).toEqual(['expired', 1])
  })

  it('are not renewed for an expired anchor whose dates the policy ignores', async () => {
    const old = mint({ ca: true, subject: 'CN=Old', notBefore: fromNow(-9 * day), notAfter: fromNow(-day) })
    const policy = { ...profiles.apiGateway, checkAnchorValidity: false }
    const { port, gate } = await startGate({ truststore: buildTruststore(old.pem, { policy }) })
    const socket = await open(port, credentialsOf(mint({}, old)))
    for (let i = 0; i < 3; i++) expect(await ask(port, {}, { socket })).toMatchObject({ status: 200 })
    expect(gate.counters()).toMatchObject({ rejudged: 0, verifyMicroseconds: { count: 1 } })
    socket.destroy()
  })
})

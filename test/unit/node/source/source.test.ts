import { describe, expect, it } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import { mint } from '../../../support/mint.ts'
import { serve } from '../../../support/truststore-server.ts'
import { a, b, c, fingerprints, server, sourceOf, withTruststoreServer } from '../../../support/url-source.ts'

/** What all sources have in common, tested with a URL. */

withTruststoreServer()

describe('versions of a source', () => {
  it('that drop every issuer need allowEmptyOverlap', async () => {
    const source = await sourceOf()
    server.reply = serve(c.pem)
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'no_overlap' } })
    expect(await source.refresh({ allowEmptyOverlap: true })).toMatchObject({ status: 'updated' })
    const willing = await sourceOf({ allowEmptyOverlap: true })
    server.reply = serve(a.pem)
    expect(await willing.refresh()).toMatchObject({ status: 'updated' })
  })

  it('that were rolled back do not come again', async () => {
    const source = await sourceOf({ pollMs: 20 })
    server.reply = serve(a.pem + b.pem, { etag: '"ab"' })
    await source.refresh()
    const causes: string[] = []
    source.on('updated', ({ cause }) => causes.push(cause))
    source.rollBack(fingerprints.a)
    expect(source.current.fingerprint).toBe(fingerprints.a)
    const asked = server.requests.length
    await eventually(() => server.requests.length > asked + 2)
    expect(await source.refresh()).toMatchObject({ status: 'held', held: fingerprints.ab, version: { version: fingerprints.a } })
    server.reply = serve(a.pem + c.pem)
    expect(await source.refresh()).toMatchObject({ status: 'updated' })
    expect(causes).toEqual(['rollBack', 'refresh'])
    expect(() => source.rollBack('x')).toThrow(RangeError)
  })
})

describe('concurrent refreshes', () => {
  it('share the check that follows the one that runs', async () => {
    const source = await sourceOf()
    server.reply = (request, response) => setTimeout(() => serve(a.pem)(request, response), 50)
    const asked = server.requests.length
    const first = source.refresh()
    await eventually(() => server.requests.length === asked + 1)
    server.reply = serve(a.pem + b.pem)
    const later = [source.refresh(), source.refresh(), source.refresh()]
    expect((await first).status).toBe('unchanged')
    expect((await Promise.all(later)).map((refresh) => refresh.status)).toEqual(['updated', 'updated', 'updated'])
    expect(server.requests).toHaveLength(asked + 2)
  })

  it('may come out of a listener, and a listener may fail', async () => {
    const source = await sourceOf()
    const results: Promise<unknown>[] = []
    source.on('updated', () => results.push(source.refresh()))
    server.reply = serve(a.pem + b.pem)
    await source.refresh()
    expect(await results[0]).toMatchObject({ status: 'unchanged' })
  })
})

describe('close', () => {
  it('is final: no request, no event, no change', async () => {
    const source = await sourceOf({ pollMs: 10 })
    const events: unknown[] = []
    source.on('updated', (event) => events.push(event))
    server.reply = (request, response) => setTimeout(() => serve(a.pem + b.pem)(request, response), 30)
    const running = source.refresh()
    await new Promise((resolve) => setTimeout(resolve, 10))
    source.close()
    source.close()
    expect(await running).toMatchObject({ status: 'closed' })
    expect(await source.refresh()).toMatchObject({ status: 'closed', version: { version: fingerprints.a } })
    const asked = server.requests.length
    source.on('updated', (event) => events.push(event))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(server.requests).toHaveLength(asked)
    expect(events).toEqual([])
    expect(source.current.fingerprint).toBe(fingerprints.a)
    expect(() => source.rollBack(fingerprints.a)).toThrow('closed')
  })
})

describe('expiring', () => {
  it('tells what ends soon once listeners can be there, the first to end first, and again with each version', async () => {
    const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000)
    const soon = mint({ ca: true, subject: 'CN=Soon', notAfter: inDays(20) })
    const over = mint({ ca: true, subject: 'CN=Over', notBefore: inDays(-9), notAfter: inDays(-3) })
    server.reply = serve(a.pem + soon.pem + over.pem)
    const source = await sourceOf()
    const told: string[][] = []
    source.on('expiring', ({ certificates }) => told.push(certificates.map(({ subject }) => subject)))
    await eventually(() => told.length === 1)
    server.reply = serve(a.pem + soon.pem)
    await source.refresh()
    await eventually(() => told.length === 2)
    expect(told).toEqual([['CN=Over', 'CN=Soon'], ['CN=Soon']])
    const short = await sourceOf({ expiresWithinDays: 10 })
    short.on('expiring', () => told.push([]))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(told).toHaveLength(2)
  })
})

describe('a truststore that accepts nobody', () => {
  const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000)
  const intermediate = mint({ ca: true, subject: 'CN=Below' }, mint({ ca: true, subject: 'CN=Missing Root' }))

  it('at any date starts no source and replaces no version', async () => {
    server.reply = serve(intermediate.pem)
    const message = /^the truststore accepts nobody: no_trust_anchor: .*certificate 0, CN=Below, is not self-signed$/
    await expect(sourceOf()).rejects.toMatchObject({ reason: 'invalid', message: expect.stringMatching(message) })
    server.reply = serve(a.pem)
    const source = await sourceOf({ allowEmptyOverlap: true })
    server.reply = serve(intermediate.pem)
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'invalid' } })
    expect(source.current.fingerprint).toBe(fingerprints.a)
  })

  it('because of its dates starts a source, which emits acceptsNobody', async () => {
    const over = mint({ ca: true, subject: 'CN=Over', notBefore: inDays(-9), notAfter: inDays(-3) })
    const next = mint({ ca: true, subject: 'CN=Next', notBefore: inDays(2) })
    const events: (Date | undefined)[] = []
    server.reply = serve(over.pem)
    const source = await sourceOf({ strict: true })
    source.on('acceptsNobody', ({ version, validFrom }) => {
      expect(version.version).toBe(source.current.fingerprint)
      events.push(validFrom)
    })
    await eventually(() => events.length === 1)
    server.reply = serve(over.pem + next.pem)
    await source.refresh()
    await eventually(() => events.length === 2)
    server.reply = serve(over.pem + next.pem + a.pem)
    await source.refresh()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const begins = Math.floor(inDays(2).getTime() / 60_000)
    expect(events.map((date) => date && Math.floor(date.getTime() / 60_000))).toEqual([undefined, begins])
  })

  it('from the moment on that its last root expires emits acceptsNobody then', async () => {
    const ending = mint({ ca: true, subject: 'CN=Ending', notAfter: new Date(Date.now() + 1000) })
    server.reply = serve(ending.pem)
    const source = await sourceOf()
    const events: number[] = []
    source.on('acceptsNobody', () => events.push(Date.now()))
    await eventually(() => events.length === 1)
    const end = Math.floor(ending.spec.notAfter!.getTime() / 1000) * 1000 + 1000
    expect(events[0]).toBeGreaterThanOrEqual(end)
    expect(events[0]).toBeLessThan(end + 1000)
  })
})

import type { IncomingMessage } from 'node:http'
import { Agent, createServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore } from '../../src/index.ts'
import type { RollbackEvent } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import { authority, client, closeServers, listen, serverFor } from '../support/gate.ts'
import { serve, startTruststoreServer } from '../support/truststore-server.ts'
import { a, b, fingerprints, server, sourceOf, withTruststoreServer } from '../support/url-source.ts'

/** Sources must not be misled by caches, other URLs and older versions, nor send credentials to another origin. */

withTruststoreServer()
afterEach(closeServers)

describe('an entity tag', () => {
  /** Content depends on the full URL, with the same entity tag for all, and "not modified" for requests that have the tag. */
  const answer = serve(a.pem, { etag: '"1"' })
  const otherAnswer = serve(a.pem + b.pem, { etag: '"1"' })

  const path = fc.constantFrom('/', '/truststore.pem', '/Truststore.pem')
  const query = fc.constantFrom('', '?versionId=1', '?versionId=2', '?tenant=a', '?tenant=a&', '?X-Amz-Signature=0')

  it('of one URL is not used for another, even if only the query differs', async () => {
    const pairs = fc
      .tuple(fc.tuple(path, query), fc.tuple(path, query))
      .map(([one, two]) => [one.join(''), two.join('')] as const)
    let runs = 0
    await fc.assert(
      fc.asyncProperty(pairs, async ([first, second]) => {
        fc.pre(first !== second)
        const at = (target: string): URL => new URL(target, server.url)
        // A closed source may still have a pending request.
        const run = String(runs++)
        const seen: IncomingMessage[] = []
        server.reply = (request, response) => {
          if (request.headers['x-run'] === run) seen.push(request)
          if (request.url === first) answer(request, response)
          else otherAnswer(request, response)
        }
        let url = at(first)
        const source = await sourceOf({ pollMs: 2, headers: { 'x-run': run } }, () => url)
        // Requests to the same URL have the tag.
        await eventually(() => seen.at(-1)?.headers['if-none-match'] === '"1"')
        url = at(second)
        await eventually(() => seen.some((request) => request.url === second))
        await eventually(() => source.current.fingerprint === fingerprints.ab)
        expect(seen.find((request) => request.url === second)?.headers['if-none-match']).toBeUndefined()
        source.close()
      }),
      { numRuns: 20 },
    )
  })

  it('is sent to the target of a redirect, and neither to its source nor to the next target', async () => {
    let target = '/one'
    server.reply = (request, response) => {
      if (request.url === '/truststore.pem') response.writeHead(302, { location: target, etag: '"1"' }).end()
      else if (request.url === '/one') answer(request, response)
      else otherAnswer(request, response)
    }
    const source = await sourceOf({ pollMs: 2 })
    const askedWith = (url: string): readonly unknown[] =>
      server.requests.filter((request) => request.url === url).map(({ headers }) => headers['if-none-match'])
    await eventually(() => askedWith('/one').includes('"1"'))
    target = '/two'
    await eventually(() => source.current.fingerprint === fingerprints.ab)
    expect(askedWith('/truststore.pem')).not.toContain('"1"')
    expect(askedWith('/two')[0]).toBeUndefined()
  })
})

describe('a client certificate after a redirect to another origin', () => {
  /** A TLS server that requests a certificate and records what each request presented. */
  async function startTls(
    answer: Parameters<typeof createServer>[1],
  ): Promise<{ readonly url: string; readonly shown: string[] }> {
    const shown: string[] = []
    const tls = { ...serverFor('localhost'), requestCert: true, rejectUnauthorized: false }
    const port = await listen(
      createServer(tls, (request, response) => {
        shown.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN?.toString() ?? 'nobody')
        answer?.(request, response)
      }).on('tlsClientError', () => undefined),
    )
    return { url: `https://localhost:${port}/truststore.pem`, shown }
  }

  const trusting = { ca: authority.pem }
  const certified = new Agent({ ...trusting, ...client() })

  it('is not sent, whichever server redirects', async () => {
    const elsewhere = await startTls(serve(a.pem))
    const own = await startTls((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
    // Without the agent its CAs are unknown too, so the handshake fails and no request arrives.
    await expect(sourceOf({ agent: certified }, own.url)).rejects.toMatchObject({
      reason: 'unreadable',
      message: expect.stringContaining(elsewhere.url),
    })
    expect([own.shown, elsewhere.shown]).toEqual([['client'], []])
    const plain = await startTruststoreServer(serve(a.pem))
    try {
      const downgraded = await startTls((_, response) => response.writeHead(302, { location: plain.url }).end())
      await expect(sourceOf({ agent: certified }, downgraded.url)).rejects.toThrow('it leaves https:')
    } finally {
      await plain.close()
    }
  })

  it('is sent to the same origin, and to URLs that a function allows', async () => {
    const elsewhere = await startTls(serve(a.pem))
    const own = await startTls((request, response) => {
      const location = request.url === '/second' ? elsewhere.url : '/second'
      response.writeHead(302, { location }).end()
    })
    const agents = [certified, new Agent(trusting)]
    const { origin } = new URL(own.url)
    const source = await sourceOf({ agent: (url) => agents[url.origin === origin ? 0 : 1] }, own.url)
    expect(source.current.fingerprint).toBe(fingerprints.a)
    expect([own.shown, elsewhere.shown]).toEqual([['client', 'client'], ['nobody']])
  })
})

describe('a version that was replaced before', () => {
  const old = buildTruststore(a.pem).fingerprint

  it('is reported by an event when it is taken again', async () => {
    const source = await sourceOf()
    const events: RollbackEvent[] = []
    source.on('rollback', (event) => events.push(event))
    server.reply = serve(a.pem + b.pem)
    await source.refresh()
    const { since } = source.versions[0]!
    expect(events).toEqual([])
    server.reply = serve(a.pem)
    expect(await source.refresh()).toMatchObject({ status: 'updated' })
    expect(events).toMatchObject([{ offered: old, isAccepted: true, version: { version: old } }])
    expect(events[0]?.replacedAt).toEqual(since)
    await source.refresh()
    expect(events).toHaveLength(1)
  })

  it('is rejected by option, however it comes, until an operator takes it', async () => {
    const source = await sourceOf({ onRollback: 'refuse' })
    const events: RollbackEvent[] = []
    const rejected: string[] = []
    source.on('rollback', (event) => events.push(event))
    source.on('rejected', ({ error }) => rejected.push(error.reason))
    server.reply = serve(a.pem + b.pem)
    await source.refresh()
    for (const content of [a.pem, `# restored from a cache\n${a.pem}`, a.pem + a.pem]) {
      server.reply = serve(content)
      expect(await source.refresh()).toMatchObject({
        status: 'rejected',
        error: { reason: 'rollback', message: expect.stringContaining(old) },
        version: { version: fingerprints.ab },
      })
    }
    expect(events).toMatchObject([{ offered: old, isAccepted: false, version: { version: fingerprints.ab } }])
    expect(rejected).toEqual(['rollback'])
    expect(source.failure?.reason).toBe('rollback')
    expect(await source.refresh({ allowRollback: true })).toMatchObject({ status: 'updated', version: { version: old } })
    expect(events).toMatchObject([{}, { offered: old, isAccepted: true }])
    expect(source.failure).toBeUndefined()
    // The other version counts as replaced now.
    server.reply = serve(a.pem + b.pem)
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'rollback' } })
  })

  it('is not reported if an operator rolls back, and the rolled-back version stays rejected', async () => {
    const source = await sourceOf({ onRollback: 'refuse' })
    const events: RollbackEvent[] = []
    source.on('rollback', (event) => events.push(event))
    server.reply = serve(a.pem + b.pem)
    await source.refresh()
    source.rollBack(old)
    expect(await source.refresh()).toMatchObject({ status: 'held', held: fingerprints.ab })
    source.rollBack(fingerprints.ab)
    expect(await source.refresh()).toMatchObject({ status: 'unchanged' })
    expect(events).toEqual([])
  })
})

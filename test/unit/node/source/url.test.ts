import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type RejectedEvent, type UrlTruststoreOptions, urlTruststore } from '../../../../src/node/index.ts'
import { eventually } from '../../../support/eventually.ts'
import { serve, slow, startTruststoreServer, status, truncated } from '../../../support/truststore-server.ts'
import { a, b, fingerprints, server, sourceOf, withTruststoreServer } from '../../../support/url-source.ts'

/** What a URL answers, and what becomes of it. */

withTruststoreServer()

describe('urlTruststore', () => {
  it('serves what the URL has, under the names the server gives it', async () => {
    server.reply = serve(a.pem, { etag: '"a"', 'x-amz-version-id': 'v1' })
    const source = await sourceOf()
    expect(source.current.fingerprint).toBe(fingerprints.a)
    expect(source.versions).toMatchObject([{ version: fingerprints.a, etag: '"a"', versionId: 'v1' }])
    expect(source.failure).toBeUndefined()
  })

  it('swaps to what comes next, with an event that tells the difference', async () => {
    const source = await sourceOf()
    const events: unknown[] = []
    source.on('updated', (event) => events.push(event))
    server.reply = serve(a.pem + b.pem)
    expect(await source.refresh()).toMatchObject({ status: 'updated', version: { version: fingerprints.ab } })
    expect(source.current.fingerprint).toBe(fingerprints.ab)
    expect(events).toMatchObject([
      {
        cause: 'refresh',
        version: { version: fingerprints.ab },
        previous: { version: fingerprints.a },
        diff: { added: [{ subject: 'CN=B' }], droppedIssuers: [], unchanged: 1 },
        findings: [],
      },
    ])
  })

  it('sends its ETag, and accepts 304', async () => {
    const source = await sourceOf({ pollMs: 20 })
    await eventually(() => server.requests.length > 3)
    expect(server.requests.slice(0, 4).map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"a"', '"a"', '"a"'])
    expect(source.failure).toBeUndefined()
    await source.refresh()
    expect(server.requests.at(-1)?.headers['if-none-match']).toBeUndefined()
  })

  it('does not accept a 304 for another version than it sent', async () => {
    const source = await sourceOf({ pollMs: 20 })
    server.reply = (request, response) => {
      if (request.headers['if-none-match'] === '"a"') response.writeHead(304, { etag: '"ab"' }).end()
      else serve(a.pem + b.pem, { etag: '"ab"' })(request, response)
    }
    await eventually(() => source.current.fingerprint === fingerprints.ab)
    server.reply = (request, response) => {
      if (request.headers['if-none-match'] === '"ab"') response.writeHead(304, { 'x-amz-version-id': 'v3' }).end()
      else serve(a.pem, { etag: '"ab"' })(request, response)
    }
    await eventually(() => source.current.fingerprint === fingerprints.a)
    expect(source.failure).toBeUndefined()
  })

  it('does not accept 304 forever', async () => {
    const source = await sourceOf({ pollMs: 1 })
    server.reply = (request, response) => {
      if (request.headers['if-none-match'] === undefined) serve(a.pem + b.pem)(request, response)
      else response.writeHead(304).end()
    }
    await eventually(() => source.current.fingerprint === fingerprints.ab)
    expect(server.requests.length).toBeGreaterThan(60)
  })

  it('compares content if the ETag is reused or malformed', async () => {
    const source = await sourceOf()
    server.reply = serve(a.pem + b.pem, { etag: '"a"' })
    expect((await source.refresh()).status).toBe('updated')
    for (const etag of ['a', 'W/a', '"a', '"a" "b"', '']) {
      server.reply = serve(a.pem, { etag })
      await source.refresh()
      expect(source.versions[0]?.etag).not.toBe(etag)
    }
  })

  it('reads what is stored compressed', async () => {
    server.reply = serve(gzipSync(a.pem + b.pem), { 'content-encoding': 'gzip' })
    expect((await sourceOf()).current.fingerprint).toBe(fingerprints.ab)
  })

  it('calls the function for the URL each time', async () => {
    let asked = 0
    const source = await sourceOf({}, async () => new URL(`${server.url}?X-Amz-Signature=${++asked}`))
    await source.refresh()
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/truststore.pem?X-Amz-Signature=1',
      '/truststore.pem?X-Amz-Signature=2',
    ])
  })

  it('sends the ETag while the function returns the same URL', async () => {
    let asked = 0
    const source = await sourceOf({ pollMs: 5 }, () => `${server.url}?day=${asked++ < 3 ? 1 : 2}#${asked}`)
    await eventually(() => server.requests.length > 5)
    expect(server.requests.slice(0, 5).map(({ url, headers }) => [url?.at(-1), headers['if-none-match']])).toEqual([
      ['1', undefined],
      ['1', '"a"'],
      ['1', '"a"'],
      ['2', undefined],
      ['2', '"a"'],
    ])
    expect(source.failure).toBeUndefined()
  })

  it('keeps the current version if the URL function never settles', async () => {
    let next: string | Promise<string> = server.url
    const source = await sourceOf({ timeoutMs: 50 }, async () => next)
    next = new Promise(() => undefined)
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'unreadable' } })
    next = server.url
    server.reply = serve(a.pem + b.pem)
    expect(await source.refresh()).toMatchObject({ status: 'updated' })
    next = new Promise(() => undefined)
    const last = source.refresh()
    source.close()
    expect(await last).toMatchObject({ status: 'closed' })
  })

  it('keeps the current version if the URL function throws, even a value that is no Error', async () => {
    let fails = false
    const source = await sourceOf({}, () => {
      if (fails) throw Object.create(null)
      return server.url
    })
    fails = true
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'unreadable' } })
    expect(source.current.fingerprint).toBe(fingerprints.a)
  })

  it('checks again by itself, sooner after a failure, and not before the server wants it', async () => {
    server.reply = serve(a.pem)
    const source = await sourceOf({ pollMs: 30 })
    server.reply = status(503)
    await eventually(() => source.failure !== undefined)
    server.reply = serve(a.pem + b.pem)
    await eventually(() => source.current.fingerprint === fingerprints.ab)
    expect(source.failure).toBeUndefined()
    server.reply = status(503, { 'retry-after': '3600' })
    await eventually(() => source.failure !== undefined)
    expect(source.failure?.retryAfterMs).toBe(3_600_000)
    const asked = server.requests.length
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.requests).toHaveLength(asked)
  })
})

const whole = a.pem + b.pem

describe('an incomplete response', () => {
  it.each<readonly [string, Parameters<typeof startTruststoreServer>[0], RegExp]>([
    ['an error', status(500), /^http:\/\/127\.0\.0\.1:\d+\/truststore\.pem: status 200 is expected, got 500$/],
    ['no content', status(204), /got 204/],
    ['a part', status(206, {}, a.pem), /got 206/],
    ['304 though nothing was known', status(304), /got 304/],
    ['cut short', truncated(whole), /aborted|closed after/],
    ['slow', slow(whole, 20), /no complete response within 300 ms/],
    ['too large', serve('x'.repeat(100_001)), /100001 bytes; maxBytes allows 100000/],
    [
      'too large in chunks',
      (_, response) => response.writeHead(200).end('x'.repeat(100_001)),
      /has more; maxBytes allows 100000/,
    ],
    [
      'too large when unpacked',
      serve(gzipSync('x'.repeat(100_001)), { 'content-encoding': 'gzip' }),
      /compressed response cannot be read/,
    ],
    [
      'compressed and cut',
      serve(gzipSync(whole).subarray(0, 200), { 'content-encoding': 'gzip' }),
      /compressed response cannot be read/,
    ],
    ['in an encoding that was not asked for', serve(whole, { 'content-encoding': 'br' }), /Content-Encoding br/],
    ['compressed without saying so', serve(gzipSync(whole)), /not PEM/],
    ['an HTML page', serve('<html><body>Sign in</body></html>', { 'content-type': 'text/html' }), /HTML or XML, not PEM/],
    ['empty', serve(''), /empty/],
    ['a redirect to nowhere', status(302), /redirect 302 without a valid Location/],
    ['a redirect to itself', status(307, { location: '/truststore.pem' }), /more than 3 redirects/],
    ['a redirect to plain HTTP elsewhere', status(307, { location: 'http://192.0.2.1/' }), /not followed: plain http:/],
    ['a redirect to a file', status(301, { location: 'file:///etc/passwd' }), /not followed: the protocol/],
  ])('%s: is rejected, and the last good version stays in use', async (_what, reply, message) => {
    const source = await sourceOf({ timeoutMs: 300, maxBytes: 100_000 })
    const events: RejectedEvent[] = []
    source.on('rejected', (event) => events.push(event))
    server.reply = reply
    const refresh = await source.refresh()
    expect(refresh).toMatchObject({ status: 'rejected', version: { version: fingerprints.a } })
    await source.refresh()
    expect(events).toHaveLength(1)
    expect(events[0]?.error.message).toMatch(message)
    expect(source.failure?.message).toBe(events[0]?.error.message)
    expect(source.current.fingerprint).toBe(fingerprints.a)
    server.reply = serve(whole)
    expect(await source.refresh()).toMatchObject({ status: 'updated' })
    expect(source.failure).toBeUndefined()
  })

  it.each([
    ['Connection: close', 'neither Content-Length'],
    ['Transfer-Encoding: gzip', 'Transfer-Encoding gzip'],
  ])('without an end that is marked is rejected, though it may be whole: %s', async (header, message) => {
    const raw = createServer((socket) => socket.on('error', () => undefined).end(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n${a.pem}`))
    raw.listen(0, '127.0.0.1')
    await once(raw, 'listening')
    const url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`
    await expect(sourceOf({}, url)).rejects.toMatchObject({
      reason: 'unreadable',
      message: expect.stringContaining(message),
    })
    raw.close()
  })

  it('of another protocol than was asked for is rejected, and the next check runs', async () => {
    const source = await sourceOf({ timeoutMs: 500 })
    server.reply = ({ socket }) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n')
    expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'unreadable' } })
    server.reply = serve(a.pem + b.pem)
    expect(await source.refresh()).toMatchObject({ status: 'updated' })
  })

  it('as the first one rejects, and nothing keeps running', async () => {
    server.reply = status(500)
    await expect(sourceOf({ pollMs: 10 })).rejects.toMatchObject({ name: 'TruststoreSourceError', reason: 'unreadable' })
    server.reply = serve('<html>')
    await expect(sourceOf({ pollMs: 10 })).rejects.toMatchObject({ reason: 'invalid', findings: [{ code: 'empty_bundle' }] })
    const asked = server.requests.length
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(server.requests).toHaveLength(asked)
    await expect(sourceOf({}, 'http://127.0.0.1:1/')).rejects.toThrow(/ECONNREFUSED/)
  })

  it('does not show the query of a presigned URL', async () => {
    server.reply = status(403)
    const url = `${server.url}?X-Amz-Signature=secret`.replace('//', '//user:password@')
    const error = await sourceOf({}, url).catch((reason: Error) => reason)
    expect(String(error)).toMatch(/truststore\.pem: status 200 is expected, got 403$/)
    expect(String(error)).not.toMatch(/secret|password/)
  })
})

describe('redirects', () => {
  it('are followed, credentials only within the origin', async () => {
    const other = await startTruststoreServer(serve(a.pem))
    try {
      server.reply = (request, response) => {
        if (request.url === '/truststore.pem') response.writeHead(302, { location: '/second' }).end()
        else response.writeHead(307, { location: other.url }).end()
      }
      const source = await sourceOf({ headers: { Authorization: 'Bearer secret' } })
      expect(source.current.fingerprint).toBe(fingerprints.a)
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret'])
      expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
    } finally {
      await other.close()
    }
  })

  it('are refused if maxRedirects is 0', async () => {
    server.reply = status(302, { location: '/second' })
    await expect(sourceOf({ maxRedirects: 0 })).rejects.toThrow('more than 0 redirects')
  })
})

describe('arguments', () => {
  it.each<readonly [string, unknown, unknown]>([
    ['url must be an absolute URL', 'truststore.pem', {}],
    ['url must be an absolute URL', 7, {}],
    ['the protocol must be https: or http:, got ftp:', 'ftp://example.com/', {}],
    ['plain http: lets anyone', 'http://example.com/', {}],
    ['options.interval is not an option', 'https://example.com/', { interval: 5 }],
    ['options.at is not an option', 'https://example.com/', { at: 5 }],
    ['options.pollMs must be a number from 1', 'https://example.com/', { pollMs: 0 }],
    ['options.pollMs must be a number from 1', 'https://example.com/', { pollMs: Number.NaN }],
    ['options.timeoutMs must be a number', 'https://example.com/', { timeoutMs: '5' }],
    ['options.agent must be an Agent', 'https://example.com/', { agent: 'proxy' }],
    ["options.onRollback must be 'accept' or 'refuse', got ask", 'https://example.com/', { onRollback: 'ask' }],
    ['options.strict must be a boolean', 'https://example.com/', { strict: 1 }],
    ['options.signatures must be a SignatureBackend', 'https://example.com/', { signatures: {} }],
    ['options.headers must be an object', 'https://example.com/', { headers: 'x' }],
    ['options.headers.a must be a string', 'https://example.com/', { headers: { a: 1 } }],
    ['options.headers.If-None-Match is set by the source', 'https://example.com/', { headers: { 'If-None-Match': '*' } }],
  ])('%s', async (message, url, options) => {
    const error = await urlTruststore(url as string, options as UrlTruststoreOptions).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toContain(`urlTruststore: `)
    expect((error as Error).message).toContain(message)
  })

  it('of refresh are checked as well', async () => {
    const source = await sourceOf()
    await expect(source.refresh({ force: true } as object)).rejects.toThrow(
      new TypeError('refresh: options.force is not an option'),
    )
    await expect(source.refresh({ allowEmptyOverlap: 1 as never })).rejects.toThrow(TypeError)
    await expect(source.refresh({ allowRollback: 'yes' as never })).rejects.toThrow(TypeError)
  })
})

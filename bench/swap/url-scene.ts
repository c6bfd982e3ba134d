import { gzipSync } from 'node:zlib'
import { urlTruststore } from '../../src/node/index.ts'
import { type Reply, serve, slow, startTruststoreServer, status, truncated } from '../../test/support/truststore-server.ts'
import { unrelatedPem, type Version } from '../fixtures/versions.ts'
import type { Scene, Swap } from './swap.ts'

let tag = 0
const fresh = (): string => `"${++tag}"`

/** A truststore behind a URL, and the faults of servers. */
export async function urlScene(first: Version): Promise<Scene> {
  const server = await startTruststoreServer(serve(first.pem, { etag: fresh() }))
  const source = await urlTruststore(server.url, { pollMs: 15, timeoutMs: 150, maxBytes: 1_000_000 })
  const swap = (name: string, good: boolean, reply: (next: Version) => Reply, unasked = false): Swap => ({
    name,
    good,
    unasked,
    apply(next) {
      server.reply = reply(next)
    },
  })
  const swaps: readonly Swap[] = [
    swap('good, polled', true, ({ pem }) => serve(pem, { etag: fresh() }), true),
    swap('good, refreshed', true, ({ pem }) => serve(pem, { etag: fresh() })),
    swap('good, without an ETag', true, ({ pem }) => serve(pem)),
    swap('good, with the ETag of the previous version', true, ({ pem }) => serve(pem, { etag: `"${tag}"` })),
    swap('good, with a malformed ETag', true, ({ pem }) => serve(pem, { etag: 'W/none' })),
    swap('good, 304 with another ETag', true, ({ pem }) => mistaken304(pem), true),
    swap('good, compressed', true, ({ pem }) => serve(gzipSync(pem), { 'content-encoding': 'gzip', etag: fresh() })),
    swap('broken base64', false, ({ pem }) => serve(pem.replace('MII', '*II'), { etag: fresh() })),
    swap('broken BEGIN line', false, ({ pem }) => serve(pem.replace('CERT', 'CE*T'), { etag: fresh() })),
    swap('truncated text', false, ({ pem }) => serve(pem.slice(0, -300), { etag: fresh() })),
    swap('truncated body', false, ({ pem }) => truncated(pem)),
    swap('slow body', false, ({ pem }) => slow(pem, 10)),
    swap('status 500', false, () => status(500)),
    swap('status 503, for a second', false, () => status(503, { 'retry-after': '1' })),
    swap('an HTML page', false, () => serve('<!doctype html><title>Bad Gateway</title>')),
    swap('empty body', false, () => serve('')),
    swap('unrelated truststore', false, () => serve(unrelatedPem, { etag: fresh() })),
  ]
  return {
    name: 'URL',
    source,
    swaps,
    async close() {
      source.close()
      await server.close()
    },
  }
}

function mistaken304(pem: string): Reply {
  const etag = fresh()
  return (request, response) => {
    if (request.headers['if-none-match'] === undefined) serve(pem, { etag })(request, response)
    else response.writeHead(304, { etag }).end()
  }
}

import { afterEach, beforeAll, beforeEach } from 'vitest'
import { buildTruststore } from '../../src/index.ts'
import { type TruststoreSource, type TruststoreUrl, type UrlTruststoreOptions, urlTruststore } from '../../src/node/index.ts'
import { keyPair, type Minted, mint } from './mint.ts'
import { serve, startTruststoreServer, type TruststoreServer } from './truststore-server.ts'

/** Sources of a truststore at a URL of this machine, for tests. */

export const a: Minted = mint({ ca: true, subject: 'CN=A', key: keyPair('p256', 0) })
export const b: Minted = mint({ ca: true, subject: 'CN=B', key: keyPair('p256', 1) })
export const c: Minted = mint({ ca: true, subject: 'CN=C', key: keyPair('p256', 2) })
export const fingerprints = {
  a: buildTruststore(a.pem).fingerprint,
  ab: buildTruststore(a.pem + b.pem).fingerprint,
}

/** Serves A before each test of a file. */
export let server: TruststoreServer
const open: TruststoreSource[] = []

/** A source of the server, or of another URL, that asks when it is told to, and is closed after the test. */
export async function sourceOf(options: UrlTruststoreOptions = {}, url: TruststoreUrl = server.url): Promise<TruststoreSource> {
  const source = await urlTruststore(url, { pollMs: Number.POSITIVE_INFINITY, timeoutMs: 5000, ...options })
  open.push(source)
  return source
}

/** Starts the server; for the top of a test file. */
export function withTruststoreServer(): void {
  beforeAll(async () => {
    server = await startTruststoreServer(serve(a.pem))
    return () => server.close()
  })
  beforeEach(() => {
    server.reply = serve(a.pem, { etag: '"a"' })
    ;(server.requests as unknown[]).length = 0
  })
  afterEach(() => {
    for (const source of open.splice(0)) source.close()
  })
}

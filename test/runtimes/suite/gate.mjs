import { once } from 'node:events'
import http2 from 'node:http2'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { buildTruststore } from 'portcullis'
import { mutualTls } from 'portcullis/node'
import { equal, throws } from './harness.mjs'

/**
 * The gate of `portcullis/node`, with clients in the same runtime. Deno resumes no sessions and loses the body of a rejection
 * over HTTP/2. The gate cannot protect Bun's servers, and throws an error that says so.
 */
export function gateTests(fixtures) {
  if (typeof Bun !== 'undefined') return [{ name: 'gate: rejects servers of Bun', run: () => rejectsServers(fixtures) }]
  const isNode = typeof Deno === 'undefined'
  return testsOf(fixtures)
    .filter(({ nodeOnly }) => isNode || !nodeOnly)
    .map(({ name, run }) => ({ name: `gate: ${name}`, run }))
}

function rejectsServers({ gate: { root, server } }) {
  const gate = mutualTls({ truststore: buildTruststore(root) })
  throws('TypeError', () => gate.protect(https.createServer({ ...server, ...gate.tlsOptions })))
}

function testsOf({ gate: { root, elsewhere, server: own, client, stranger, expired } }) {
  const anyServer = { rejectUnauthorized: false, servername: 'localhost', host: '127.0.0.1' }
  const hello = [200, 'hello CN=client,O=Runtimes']

  /** Runs `use` with a server that a gate protects, then closes the server. */
  async function withServer(create, use, options = {}) {
    const source = { current: buildTruststore(root) }
    const gate = mutualTls({ truststore: source, ...options })
    const handler = gate.handler((request, response) => response.end(`hello ${request.clientIdentity.certificate.subject}`))
    const server = gate.protect(create({ ...own, ...gate.tlsOptions }, handler))
    const sockets = new Set()
    server.on('secureConnection', (socket) => sockets.add(socket))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      await use(server.address().port, { gate, source })
    } finally {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  async function ask(port, credentials, options = {}) {
    const request = https.get({ ...anyServer, port, agent: false, ...credentials, ...options })
    const [response] = await once(request, 'response')
    return answer(response.statusCode, await text(response))
  }

  async function askHttp2(port, credentials) {
    const session = http2.connect(`https://127.0.0.1:${port}`, { ...anyServer, ...credentials })
    session.on('error', () => undefined)
    try {
      const stream = session.request({ ':path': '/', ':authority': 'localhost' })
      const [headers] = await once(stream, 'response')
      return answer(headers[':status'], await text(stream))
    } finally {
      session.destroy()
    }
  }

  const answer = (status, body) => [status, status === 200 ? body : JSON.parse(body).code]

  const good = [client, hello]
  const bad = [
    [stranger, [403, 'unknown_issuer']],
    [expired, [403, 'expired']],
    [{}, [403, 'no_certificate']],
  ]
  const ofVersion = (version) => {
    const only = { minVersion: version, maxVersion: version }
    return [
      {
        name: `${version}: good and bad clients`,
        run: () =>
          withServer(https.createServer, async (port, { gate }) => {
            for (const [credentials, expected] of [good, ...bad]) equal(await ask(port, credentials, only), expected)
            const { accepted, refused } = gate.counters()
            equal([accepted, refused], [1, { unknown_issuer: 1, expired: 1, no_certificate: 1 }])
          }),
      },
      {
        name: `${version}: a resumed session is verified again`,
        nodeOnly: true,
        run: () =>
          withServer(https.createServer, async (port, { gate, source }) => {
            const agent = new https.Agent({ keepAlive: false, maxCachedSessions: 10 })
            const options = { ...only, agent, headers: { connection: 'close' } }
            equal(await ask(port, client, options), hello)
            equal(await ask(port, client, options), hello)
            source.current = buildTruststore(elsewhere)
            equal(await ask(port, client, options), [403, 'unknown_issuer'])
            equal(gate.counters().resumed, 2)
          }),
      },
    ]
  }
  return [
    ...ofVersion('TLSv1.2'),
    ...ofVersion('TLSv1.3'),
    {
      name: 'an open connection is verified again after the truststore was replaced',
      run: () =>
        withServer(https.createServer, async (port, { gate, source }) => {
          const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
          equal(await ask(port, client, { agent }), hello)
          source.current = buildTruststore(elsewhere)
          equal(await ask(port, client, { agent }), [403, 'unknown_issuer'])
          equal([gate.counters().accepted, gate.counters().rejudged], [1, 1])
          agent.destroy()
        }),
    },
    {
      name: 'HTTP/2: a good client',
      run: () => withServer(http2.createSecureServer, async (port) => equal(await askHttp2(port, client), hello)),
    },
    {
      name: 'HTTP/2: bad clients',
      nodeOnly: true,
      run: () =>
        withServer(http2.createSecureServer, async (port) => {
          for (const [credentials, expected] of bad) equal(await askHttp2(port, credentials), expected)
        }),
    },
    {
      name: 'an asynchronous authorizer',
      run: () => {
        const authorize = async ({ clientCert }) => clientCert.subjectDN === 'O=Runtimes,CN=client'
        return withServer(https.createServer, async (port) => equal(await ask(port, client), hello), { authorize })
      },
    },
    {
      name: 'an authorizer that throws',
      run: () => {
        const authorize = () => {
          throw new Error('no')
        }
        const refused = [403, 'authorizer_failed']
        return withServer(https.createServer, async (port) => equal(await ask(port, client), refused), { authorize })
      },
    },
  ]
}

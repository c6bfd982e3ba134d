import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { expect } from 'vitest'
import * as portcullis from '../../src/index.ts'
import type * as portcullisNode from '../../src/node/index.ts'
import { fileText } from './files.ts'
import type { Outcome } from './run.ts'

type Source = portcullisNode.TruststoreSource

/** Counters of the gate in the example `gate`, for the example `gate-metrics`. */
let metricsOf: portcullisNode.GateCounters | undefined

/** Expectations of examples besides their output. */
export const expectations: Readonly<Record<string, (outcome: Outcome) => void | Promise<void>>> = {
  judge({ exports }) {
    const judge = exports['judge'] as (certificate: Uint8Array) => string
    expect(judge(fileText('client.der'))).toBe('200 CN=client-1,O=Example')
    expect(judge(fileText('stranger.der'))).toMatch(/^403 unknown_issuer: leaf certificate CN=stranger,O=Example: /)
  },
  server: ({ exports }) => acceptsOnlyItsClients(exports['server'] as https.Server),
  async gate({ exports }) {
    await acceptsOnlyItsClients(exports['server'] as https.Server)
    metricsOf = (exports['gate'] as portcullisNode.MutualTls).counters()
  },
  'gate-metrics'({ exports }) {
    const metrics = exports['metrics'] as (counters: portcullisNode.GateCounters) => string
    expect(metrics(metricsOf!)).toContain(`mtls_connections_total{code="ok"} 1
mtls_connections_total{code="unknown_issuer"} 1
mtls_connections_total{code="no_certificate"} 1
mtls_pending 0
`)
    expect(metrics(metricsOf!)).toMatch(/_bucket{le="\+Inf"} 2\nmtls_verify_microseconds_sum \d/)
  },
  'gate-replace': ({ exports }) => expect(exports['server']).toBeInstanceOf(https.Server),
  async 'gate-proxy'({ exports }) {
    const front = exports['front'] as net.Server
    Reflect.apply(net.Server.prototype.listen, front, [0, '127.0.0.1'])
    await once(front, 'listening')
    const { port } = front.address() as AddressInfo
    // Signature, version and command, family, length; source and destination address and port.
    const start = '0d0a0d0a000d0a515549540a21'
    const ipv6 = '20010db8000000000000000000000007'
    expect(await askThroughProxy(port, `${start}11000cc0000207c000020100070007`)).toContain('hello 192.0.2.7\n')
    expect(await askThroughProxy(port, `${start}210024${ipv6}${ipv6}00070007`)).toContain(
      'hello 2001:0db8:0000:0000:0000:0000:0000:0007\n',
    )
    expect(await askThroughProxy(port, `${start}000000`)).toBe('')
    expect(await askThroughProxy(port, '16030100'.repeat(4))).toBe('')
    front.close()
  },
  async source({ exports }) {
    const directory = mkdtempSync(join(tmpdir(), 'portcullis-docs-'))
    const path = join(directory, 'truststore.pem')
    writeFileSync(path, fileText('truststore.pem'))
    const start = exports['start'] as (path: string, credentials: object) => Promise<{ server: tls.Server; source: Source }>
    const { server, source } = await start(path, { key: fileText('server.key'), cert: fileText('server.pem') })
    try {
      const { port } = server.address() as AddressInfo
      expect(await greetingFor(port, 'client')).toBe('CN=client-1,O=Example')
      writeFileSync(path, fileText('next-truststore.pem'))
      expect(await source.refresh()).toMatchObject({ status: 'updated' })
      expect(await greetingFor(port, 'client')).not.toBe('CN=client-1,O=Example')
      expect(await greetingFor(port, 'stranger')).toBe('CN=stranger,O=Example')
    } finally {
      server.close()
      await once(server, 'close')
      rmSync(directory, { recursive: true })
    }
    expect(await source.refresh()).toMatchObject({ status: 'closed' })
  },
  async headers({ exports }) {
    const handle = exports['handle'] as (request: Request) => Response
    const answer = async (value?: string): Promise<readonly [number, string]> => {
      const response = handle(new Request('https://a.example/', { headers: value === undefined ? {} : { 'Client-Cert': value } }))
      return [response.status, await response.text()]
    }
    expect(await answer(`:${fileText('client.der').toString('base64')}:`)).toEqual([200, 'hello CN=client-1,O=Example\n'])
    expect(await answer(`:${fileText('stranger.der').toString('base64')}:`)).toEqual([403, 'unknown_issuer\n'])
    expect(await answer()).toEqual([403, 'no_certificate\n'])
    expect(await answer('junk')).toEqual([403, 'malformed_header\n'])
  },
  lint({ exitCode }) {
    expect(exitCode).toBe(1)
  },
  backend({ exports }) {
    const backend = exports['nativeRsa'] as portcullis.SignatureBackend
    const store = portcullis.buildTruststore(fileText('rsa-root.pem'), { signatures: backend })
    const altered = Uint8Array.from(fileText('rsa-client.der'))
    altered[altered.length - 1]! ^= 1
    expect(portcullis.verifyChain(store, altered)).toMatchObject({ ok: false, code: 'signature_mismatch' })
    expect(backend.importKey(new Uint8Array(3))).toBeUndefined()
  },
}

/** Starts a server and connects with a valid client, a client of an unknown CA, and without a certificate. */
async function acceptsOnlyItsClients(server: https.Server): Promise<void> {
  Reflect.apply(https.Server.prototype.listen, server, [0, '127.0.0.1'])
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    expect(await get(port, 'client')).toEqual([200, 'hello CN=client-1,O=Example\n'])
    for (const [client, code] of [
      ['stranger', 'unknown_issuer'],
      [undefined, 'no_certificate'],
    ] as const) {
      const [status, body] = await get(port, client)
      expect([status, JSON.parse(body).code]).toEqual([403, code])
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Everything that a TLS server sends to this client. */
async function greetingFor(port: number, client: string): Promise<string> {
  const credentials = { cert: fileText(`${client}.pem`), key: fileText(`${client}.key`) }
  const socket = tls.connect({ ...credentials, host: '127.0.0.1', port, rejectUnauthorized: false })
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

/** The server's answer to a request that follows these bytes. */
async function askThroughProxy(port: number, header: string): Promise<string> {
  const raw = net.connect(port, '127.0.0.1')
  await once(raw, 'connect')
  // The header can arrive in several parts.
  raw.write(Buffer.from(header.slice(0, 20), 'hex'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  raw.write(Buffer.from(header.slice(20), 'hex'))
  const credentials = { cert: fileText('client.pem'), key: fileText('client.key') }
  const socket = tls.connect({ ...credentials, socket: raw, rejectUnauthorized: false })
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  let text = ''
  socket.on('error', () => undefined).on('data', (chunk) => (text += chunk))
  await new Promise((resolve) => socket.once('close', resolve))
  return text
}

/** Sends one HTTPS request with this client's certificate and returns status and body. */
function get(port: number, client: string | undefined): Promise<readonly [number | undefined, string]> {
  const credentials = client === undefined ? {} : { cert: fileText(`${client}.pem`), key: fileText(`${client}.key`) }
  const options = { ...credentials, host: '127.0.0.1', port, agent: false, rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    const request = https.get(options, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve([response.statusCode, body]))
    })
    request.on('error', reject)
  })
}

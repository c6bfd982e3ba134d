import { once } from 'node:events'
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { createServer, type Server as HttpsServer, request } from 'node:https'
import type { AddressInfo, TcpNetConnectOpts } from 'node:net'
import { type ConnectionOptions, connect, type Server, type TLSSocket } from 'node:tls'
import { buildTruststore, type Truststore } from '../../src/index.ts'
import { type MutualTls, type MutualTlsOptions, mutualTls } from '../../src/node/index.ts'
import { listen as listenOnLoopback } from './listen.ts'
import { type CertificateSpec, type Minted, mint, privateKeyPem } from './mint.ts'

/** A small PKI, a gate, and clients. */

export const authority = mint({ ca: true, subject: 'O=Gate,CN=Root' })
export const issuing = mint({ ca: true, subject: 'O=Gate,CN=Issuing', pathLength: 0 }, authority)
export const elsewhere = mint({ ca: true, subject: 'O=Elsewhere,CN=Root' })
export const store: Truststore = buildTruststore([authority.pem, issuing.pem])
export const otherStore: Truststore = buildTruststore(elsewhere.pem)

export interface Credentials {
  readonly cert?: string
  readonly key?: string
}

export function credentialsOf(leaf: Minted, ...above: readonly Minted[]): Credentials {
  return { cert: [leaf, ...above].map(({ pem }) => pem).join(''), key: privateKeyPem(leaf.key) }
}

export function client(spec: CertificateSpec = {}, issuer: Minted = issuing): Credentials {
  return credentialsOf(mint({ subject: 'O=Gate,CN=client', ...spec }, issuer))
}

export function serverFor(...names: readonly string[]): Credentials {
  const spec = { extendedKeyUsage: ['serverAuth'], subjectAltNames: names.map((dns) => ({ dns })) }
  return credentialsOf(mint({ subject: `CN=${names[0]}`, ...spec }, authority))
}

export const good: Credentials = client()
export const unknownClient: Credentials = client({ subject: 'O=Elsewhere,CN=stranger' }, elsewhere)
export const noCertificate: Credentials = {}
export const own: Credentials = serverFor('localhost')

const servers = new Set<Server>()

export async function listen(server: Server): Promise<number> {
  servers.add(server)
  return listenOnLoopback(server)
}

export function portOf(server: Server): number {
  servers.add(server)
  return (server.address() as AddressInfo).port
}

/** Ends all servers that were started; for `afterEach`. */
export async function closeServers(): Promise<void> {
  for (const server of servers) {
    if (server instanceof HttpsServerClass) server.closeAllConnections()
    if (server.listening) server.close()
  }
  servers.clear()
}

const HttpsServerClass = createServer().constructor as typeof HttpsServer

export interface Started {
  readonly gate: MutualTls
  readonly server: HttpsServer
  readonly port: number
  /** What reached the application. */
  readonly reached: string[]
}

/** An HTTPS server behind a gate that greets clients by the subject of their certificate. */
export async function startGate(options: MutualTlsOptions, credentials: Credentials = own): Promise<Started> {
  const gate = mutualTls(options)
  const reached: string[] = []
  const server = createServer(
    { ...credentials, ...gate.tlsOptions },
    gate.handler((incoming, response) => {
      reached.push(incoming.url ?? '')
      response.end(`hello ${incoming.clientIdentity.certificate.subject}`)
    }),
  )
  gate.protect(server)
  return { gate, server, port: await listen(server), reached }
}

export interface Answer {
  readonly status: number | undefined
  readonly body: string
  readonly headers: IncomingHttpHeaders
  /** The code of a refusal. */
  readonly code: string | undefined
}

export interface Asking extends ConnectionOptions {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** One HTTPS request on a connection of its own, or on the socket that is given. */
export function ask(
  port: number,
  credentials: Credentials,
  options: Asking & { readonly socket?: TLSSocket } = {},
): Promise<Answer> {
  const { body, socket, ...rest } = options
  const settings = { host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false, ...credentials, ...rest }
  return new Promise((resolve, reject) => {
    const asked =
      socket === undefined
        ? request({ ...settings, agent: false })
        : plainRequest({ ...settings, createConnection: () => socket, headers: { connection: 'keep-alive', ...rest.headers } })
    asked.on('error', reject)
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve(answerOf(response.statusCode, text, response.headers)))
    })
    asked.end(body)
  })
}

function answerOf(status: number | undefined, body: string, headers: IncomingHttpHeaders): Answer {
  const code = String(headers['content-type']).startsWith('application/json') ? JSON.parse(body).code : undefined
  return { status, body, headers, code }
}

/** One HTTP/2 request on a connection of its own. */
export async function askHttp2(port: number, credentials: Credentials, options: Asking = {}): Promise<Answer> {
  const { headers = {}, path = '/', ...rest } = options
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    servername: 'localhost',
    rejectUnauthorized: false,
    ...credentials,
    ...rest,
  })
  session.on('error', () => undefined)
  try {
    const stream = session.request({ ':path': path, ':authority': 'localhost', ...headers })
    let text = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
    const [response] = await once(stream, 'response')
    if (!stream.readableEnded) await once(stream, 'end')
    return answerOf(response[':status'], text, response)
  } finally {
    session.destroy()
  }
}

/** A TLS connection whose handshake has ended. */
export async function open(
  port: number,
  credentials: Credentials,
  options: ConnectionOptions & Partial<TcpNetConnectOpts> = {},
): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    rejectUnauthorized: false,
    ...credentials,
    ...options,
  })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  return socket
}

import { once } from 'node:events'
import { connect as connectHttp2, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTlsServer, type Server, type TLSSocket } from 'node:tls'
import {
  type ClientIdentity,
  type CloseCode,
  getClientIdentity,
  type MutualTls,
  type MutualTlsOptions,
  mutualTls,
} from '../../src/node/index.ts'
import { eventually } from './eventually.ts'
import { type Credentials, listen, open, own } from './gate.ts'

/** Every kind of connection that stays open, each to a server of its kind behind one gate. */

export type Kind =
  | 'HTTP/1 that is idle'
  | 'HTTP/1 with a response that goes on'
  | 'HTTP/1 with an upload that goes on'
  | 'HTTP/1 that was upgraded'
  | 'HTTP/1 that became a tunnel'
  | 'HTTP/2 that is idle'
  | 'HTTP/2 with a stream that goes on'
  | 'plain TLS'

export const kinds: readonly Kind[] = [
  'HTTP/1 that is idle',
  'HTTP/1 with a response that goes on',
  'HTTP/1 with an upload that goes on',
  'HTTP/1 that was upgraded',
  'HTTP/1 that became a tunnel',
  'HTTP/2 that is idle',
  'HTTP/2 with a stream that goes on',
  'plain TLS',
]

/** The client's end of a connection. */
export interface Kept {
  readonly kind: Kind
  readonly isOver: () => boolean
  /** What it has heard, such as `tick`s of what goes on. */
  readonly text: () => string
  readonly close: () => void
}

export interface OpenScene {
  readonly gate: MutualTls
  readonly ports: Readonly<Record<'http1' | 'http2' | 'tls', number>>
  /** Whom `onClose` was told of: subject and code. */
  readonly ended: string[]
  /** What the servers hold of clients, such as sockets that were upgraded. */
  readonly held: TLSSocket[]
  keep(kind: Kind, credentials: Credentials): Promise<Kept>
  keepAll(credentials: Credentials): Promise<readonly Kept[]>
}

const tick = 20

/** Three servers behind one gate. Requests for /goes-on are answered bit by bit without an end, uploads by nothing. */
export async function openScene(options: MutualTlsOptions): Promise<OpenScene> {
  const ended: string[] = []
  const held: TLSSocket[] = []
  const uploading = new Set<unknown>()
  const onClose = ({ certificate }: ClientIdentity, code: CloseCode): unknown => ended.push(`${certificate.subject}: ${code}`)
  const gate = mutualTls({ onClose, endTimeoutMs: 100, ...options })
  const goOn = (target: { write(text: string): unknown; on(event: 'close', listener: () => void): unknown }): void => {
    const timer = setInterval(() => target.write('tick '), tick)
    target.on('close', () => clearInterval(timer))
  }
  const holdSocket = (socket: TLSSocket): void => {
    held.push(socket)
    socket.on('error', () => undefined)
    goOn(socket)
  }
  const http1 = createHttpsServer({ ...own, ...gate.tlsOptions }, (request, response) => {
    request.on('error', () => undefined)
    request.on('data', () => uploading.add(request))
    if (request.url === '/goes-on') goOn(response.writeHead(200))
    else if (request.method === 'GET') response.end('in')
  })
  for (const event of ['upgrade', 'connect'] as const) {
    http1.on(event, (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      holdSocket(socket as TLSSocket)
    })
  }
  const http2 = createSecureServer({ ...own, ...gate.tlsOptions }, (request, response) => {
    response.on('error', () => undefined)
    if (request.url === '/goes-on') goOn(response)
    else response.end('in')
  })
  const tls = createTlsServer({ ...own, ...gate.tlsOptions }, holdSocket)
  const ports = { http1: await start(http1), http2: await start(http2), tls: await start(tls) }

  function start(server: Server): Promise<number> {
    return listen(gate.protect(server))
  }

  async function keep(kind: Kind, credentials: Credentials): Promise<Kept> {
    if (kind.startsWith('HTTP/2')) return keepSession(ports.http2, kind, credentials)
    const socket = await open(kind === 'plain TLS' ? ports.tls : ports.http1, credentials)
    const kept = keptSocket(kind, socket)
    const begin = beginnings[kind]
    if (begin !== undefined) socket.write(begin)
    if (kind === 'HTTP/1 with an upload that goes on') {
      const timer = setInterval(() => socket.writable && socket.write('x'.repeat(100)), tick)
      socket.on('close', () => clearInterval(timer))
      await eventually(() => uploading.size > 0)
    } else await eventually(() => /tick|in$/.test(kept.text()))
    return kept
  }

  return {
    gate,
    ports,
    ended,
    held,
    keep,
    keepAll: (credentials) => Promise.all(kinds.map((kind) => keep(kind, credentials))),
  }
}

const host = 'HTTP/1.1\r\nHost: localhost\r\n'
const beginnings: Partial<Record<Kind, string>> = {
  'HTTP/1 that is idle': `GET / ${host}\r\n`,
  'HTTP/1 with a response that goes on': `GET /goes-on ${host}\r\n`,
  'HTTP/1 with an upload that goes on': `POST / ${host}Content-Length: 1000000000\r\n\r\n`,
  'HTTP/1 that was upgraded': `GET / ${host}Connection: Upgrade\r\nUpgrade: echo\r\n\r\n`,
  'HTTP/1 that became a tunnel': 'CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n',
}

function keptSocket(kind: Kind, socket: TLSSocket): Kept {
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  return { kind, isOver: () => socket.readableEnded || socket.destroyed, text: () => text, close: () => socket.destroy() }
}

async function keepSession(port: number, kind: Kind, credentials: Credentials): Promise<Kept> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    servername: 'localhost',
    rejectUnauthorized: false,
    ...credentials,
  })
  session.on('error', () => undefined)
  let text = ''
  let isOver = false
  session.on('close', () => {
    isOver = true
  })
  const stream = session.request({ ':path': kind === 'HTTP/2 that is idle' ? '/' : '/goes-on' })
  stream.setEncoding('utf8').on('error', () => undefined)
  stream.on('data', (chunk) => {
    text += chunk
  })
  if (kind === 'HTTP/2 that is idle') await once(stream, 'end')
  else await eventually(() => text.includes('tick'))
  return { kind, isOver: () => isOver, text: () => text, close: () => session.destroy() }
}

/** Whether a gate still has identities for what its servers hold. */
export function identitiesOf({ held }: OpenScene): readonly (string | undefined)[] {
  return held.map((socket) => getClientIdentity(socket)?.certificate.subject)
}

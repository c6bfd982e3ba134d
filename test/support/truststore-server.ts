import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from './listen.ts'

/** Answers one request. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => unknown

/** A server on the loopback interface whose answers the test chooses, valid or broken. */
export interface TruststoreServer {
  readonly url: string
  /** The requests until now. */
  readonly requests: readonly IncomingMessage[]
  reply: Reply
  close(): Promise<void>
}

export async function startTruststoreServer(reply: Reply): Promise<TruststoreServer> {
  const requests: IncomingMessage[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((request, response) => {
    requests.push(request)
    response.on('error', () => undefined)
    own.reply(request, response)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  const port = await listen(server)
  const own: TruststoreServer = {
    url: `http://127.0.0.1:${port}/truststore.pem`,
    requests,
    reply,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return own
}

/** An honest answer: the whole, or 304 where the client has it. */
export function serve(content: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Reply {
  return (request, response) => {
    const { etag } = headers
    if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304, headers).end()
    else response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(content) }).end(content)
  }
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}, body = ''): Reply {
  return (_request, response) => response.writeHead(code, headers).end(body)
}

/** Says how long the answer is, and closes the connection half-way. */
export function truncated(content: string): Reply {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(content) })
    response.write(content.slice(0, content.length >> 1), () => response.destroy())
  }
}

/** Sends a byte now and then. */
export function slow(content: string, everyMs: number): Reply {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(content) })
    let at = 0
    const timer = setInterval(() => response.write(content[at++]!), everyMs)
    response.on('close', () => clearInterval(timer))
  }
}

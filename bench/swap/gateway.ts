import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { verifyChain } from '../../src/index.ts'
import type { TruststoreSource } from '../../src/node/index.ts'
import { type Client, server as credentials } from './pki.ts'

/** What a connection was answered, and by which version. */
export interface Answer {
  readonly version: string
  readonly code: string
}

/**
 * TLS settings of both sides: who gets through is decided by `verifyChain` alone.
 */
const everybody = { requestCert: true, rejectUnauthorized: false } as const

/** A plain TLS server that judges every connection by the version that serves at that moment, and says which one it was. */
export async function startGateway(source: TruststoreSource): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ ...everybody, ...credentials }, (socket: TLSSocket) => {
    const store = source.current
    const verdict = verifyChain(store, socket.getPeerX509Certificate()?.raw ?? [])
    const answer: Answer = { version: store.fingerprint, code: verdict.ok ? 'ok' : verdict.code }
    socket.on('error', () => undefined).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** Connects and reads the answer; rejects where the connection is dropped before it came. */
export function ask(port: number, { credentials: own }: Client): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...own })
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('end', () => {
      if (text.endsWith('}')) resolve(JSON.parse(text))
      else reject(new Error(`the connection ended after ${text.length} bytes`))
    })
    socket.setTimeout(30_000, () => socket.destroy(new Error('no answer within 30 s')))
  })
}

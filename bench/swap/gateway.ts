import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { verifyChain } from '../../src/index.ts'
import type { TruststoreSource } from '../../src/node/index.ts'
import { listen } from '../../test/support/listen.ts'
import { type Client, serverCredentials } from '../fixtures/versions.ts'

/** The verdict on a connection and the version that gave it. */
export interface Answer {
  readonly version: string
  readonly code: string
}

/** A TLS server that verifies each connection with the current version and answers with verdict and version. */
export async function startGateway(source: TruststoreSource): Promise<{ readonly server: Server; readonly port: number }> {
  // OpenSSL accepts every client: `verifyChain` alone decides.
  const options = { requestCert: true, rejectUnauthorized: false, ...serverCredentials }
  const server = createServer(options, (socket: TLSSocket) => {
    const store = source.current
    const verdict = verifyChain(store, socket.getPeerX509Certificate()?.raw ?? [])
    const answer: Answer = { version: store.fingerprint, code: verdict.ok ? 'ok' : verdict.code }
    socket.on('error', () => undefined).end(JSON.stringify(answer))
  })
  return { server, port: await listen(server) }
}

/** Connects and reads the answer. Rejects if the connection is dropped before the answer is complete. */
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

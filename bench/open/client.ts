import { connect, createSecureContext, type TLSSocket } from 'node:tls'

/** The message from the server's process: where to connect, how often, and with which credentials in turn. */
export interface OpenWork {
  readonly port: number
  readonly connections: number
  readonly credentials: readonly { readonly cert: string; readonly key: string }[]
}

const parallel = 16

/** Opens connections, reports when they are open, and keeps them until the process or the connections are closed. */
process.once('message', async (work: OpenWork) => {
  const contexts = work.credentials.map((own) => createSecureContext(own))
  let started = 0
  const loop = async (): Promise<void> => {
    while (started < work.connections) await open(work.port, contexts[started++ % contexts.length]!)
  }
  await Promise.all(Array.from({ length: parallel }, loop))
  process.send?.('open')
})
process.once('disconnect', () => process.exit())

function open(port: number, secureContext: ReturnType<typeof createSecureContext>): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, secureContext }, () => resolve(socket))
    socket.on('error', reject)
    socket.on('close', () => socket.off('error', reject).on('error', () => undefined))
    socket.resume()
  })
}

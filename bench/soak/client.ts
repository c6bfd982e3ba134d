import { type ConnectionOptions, connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import type { Client } from '../fixtures/versions.ts'

/** The message from the server's process: where to connect, with which credentials, and how often. */
export interface Work {
  readonly port: number
  readonly connections: number
  readonly parallel: number
  readonly credentials: readonly Client['credentials'][]
  /** Indexes of `credentials` that also keep a connection open. When the server closes it, the client connects again. */
  readonly staying: readonly number[]
}

/** Messages to the server's process, sent regularly and at the end. */
export interface Progress {
  readonly connections: number
  readonly resumed: number
  /** Additional connections that were kept open, and how many of them the server closed. */
  readonly kept: number
  readonly ended: number
  /** Results of the connections: `ok`, a code, or the message of an error. */
  readonly answers: Readonly<Record<string, number>>
  readonly finished: boolean
}

const reportEvery = 50

/** Connects in `parallel` loops until all connections are made, with each client in turn, over TLS 1.2 and 1.3. */
process.once('message', async (work: Work) => {
  const contexts = work.credentials.map((own) => createSecureContext(own))
  const answers: Record<string, number> = {}
  const stays = new Stays(work, contexts)
  let connections = 0
  let resumed = 0
  let started = 0
  const report = (finished: boolean): void => {
    const { kept, ended } = stays
    process.send?.({ connections, resumed, kept, ended, answers, finished } satisfies Progress)
  }
  const loop = async (): Promise<void> => {
    const sessions = new Map<number, Buffer>()
    while (started < work.connections) {
      const i = started++
      const answer = await ask(work.port, contexts, i, sessions)
      answers[answer.code] = (answers[answer.code] ?? 0) + 1
      connections++
      if (answer.resumed) resumed++
      if (connections % reportEvery === 0) report(false)
    }
  }
  await Promise.all(Array.from({ length: work.parallel }, loop))
  await stays.close()
  report(true)
  process.disconnect()
})

/** One connection with one request. Every third uses TLS 1.2; half of the others resume the client's last session. */
function ask(
  port: number,
  contexts: readonly SecureContext[],
  i: number,
  sessions: Map<number, Buffer>,
): Promise<{ readonly code: string; readonly resumed: boolean }> {
  const number = i % contexts.length
  const maxVersion = i % 3 === 0 ? 'TLSv1.2' : 'TLSv1.3'
  const session = maxVersion === 'TLSv1.3' && i % 2 === 0 ? sessions.get(number) : undefined
  const options: ConnectionOptions = {
    host: '127.0.0.1',
    port,
    servername: `c${number}.soak.example`,
    rejectUnauthorized: false,
    secureContext: contexts[number],
    ...(session !== undefined && { session }),
    ...(maxVersion === 'TLSv1.2' && { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    maxVersion,
  }
  return new Promise((resolve) => {
    let text = ''
    let resumed = false
    const socket = connect(options, () => {
      resumed = socket.isSessionReused()
      socket.write('GET / HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n')
    })
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => (text += chunk))
    if (maxVersion === 'TLSv1.3') socket.on('session', (ticket) => sessions.set(number, ticket))
    socket.on('error', (error) => resolve({ code: `error: ${error.message}`, resumed }))
    socket.on('close', () => resolve({ code: codeOf(text), resumed }))
    socket.setTimeout(30_000, () => socket.destroy(new Error('no answer within 30 s')))
  })
}

/** How long a rejected or closed client waits before it connects again. */
const reconnectMs = 200

/** Keeps one connection open per client, by an unfinished response. */
class Stays {
  kept = 0
  ended = 0
  private readonly sockets = new Set<TLSSocket>()
  private readonly loops: readonly Promise<void>[]
  private isOver = false

  constructor({ port, staying }: Work, contexts: readonly SecureContext[]) {
    this.loops = staying.map(async (number) => {
      while (!this.isOver) {
        await this.stay(port, contexts[number]!, number)
        await new Promise((resolve) => setTimeout(resolve, reconnectMs))
      }
    })
  }

  async close(): Promise<void> {
    this.isOver = true
    for (const socket of this.sockets) socket.destroy()
    await Promise.all(this.loops)
  }

  private stay(port: number, secureContext: SecureContext, number: number): Promise<void> {
    const options = { host: '127.0.0.1', port, servername: `s${number}.soak.example`, rejectUnauthorized: false, secureContext }
    return new Promise((resolve) => {
      let text = ''
      const socket = connect(options, () => socket.write('GET /stay HTTP/1.1\r\nHost: soak\r\n\r\n'))
      this.sockets.add(socket)
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += text.length < 1000 ? chunk : ''))
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.sockets.delete(socket)
        if (codeOf(text) === 'ok') {
          this.kept++
          if (!this.isOver) this.ended++
        }
        resolve()
      })
    })
  }
}

function codeOf(text: string): string {
  if (text.startsWith('HTTP/1.1 200 ')) return 'ok'
  return /^HTTP\/1.1 403 [\s\S]*"code":"(\w+)"/.exec(text)?.[1] ?? `no answer: ${text.slice(0, 80)}`
}

import { connect, createSecureContext } from 'node:tls'

/** The message from the server's process: where to connect, from which address, with which credentials, and how often. */
export interface Work {
  readonly port: number
  readonly localAddress: string
  readonly credentials: { readonly cert: string; readonly key: string }
  readonly perSecond: number
  readonly seconds: number
}

/** The message back: the results of all connections. */
export interface Outcome {
  /** Milliseconds from the start of a connection to the first byte of its answer. */
  readonly answered: readonly number[]
  /** Connections that were closed without an answer. */
  readonly closed: number
  /** Connections that were not started because too many were open. */
  readonly omitted: number
}

/** How long a client waits for an answer. */
const patience = 5000

/** No connection is started while this many are open, so that the process can keep its pace. */
const mostOpen = 2000

process.once('disconnect', () => process.exit())
process.on('message', async (work: Work) => void process.send?.(await connectSteadily(work)))
process.send?.('ready')

/** Starts connections at a steady pace, regardless of their results. */
function connectSteadily(work: Work): Promise<Outcome> {
  const secureContext = createSecureContext(work.credentials)
  const answered: number[] = []
  const begin = performance.now()
  let begun = 0
  let open = 0
  let closed = 0
  let omitted = 0
  const connectOnce = (): void => {
    open++
    const at = performance.now()
    ask(work, secureContext, (isAnswered) => {
      open--
      if (isAnswered) answered.push(performance.now() - at)
      else closed++
    })
  }
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const seconds = Math.min((performance.now() - begin) / 1000, work.seconds)
      for (; begun < seconds * work.perSecond; begun++) {
        if (open < mostOpen) connectOnce()
        else omitted++
      }
      if (seconds < work.seconds) return
      if (open === 0 || performance.now() - begin > work.seconds * 1000 + patience) {
        clearInterval(timer)
        resolve({ answered, closed: closed + open, omitted })
      }
    }, 1)
  })
}

function ask(
  { port, localAddress }: Work,
  secureContext: ReturnType<typeof createSecureContext>,
  ended: (isAnswered: boolean) => void,
) {
  const options = { host: '127.0.0.1', port, localAddress, servername: 'localhost', rejectUnauthorized: false, secureContext }
  let isAnswered = false
  const socket = connect(options, () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'))
  socket.once('data', () => {
    isAnswered = true
    socket.destroy()
  })
  socket.on('error', () => undefined)
  socket.setTimeout(patience, () => socket.destroy())
  socket.once('close', () => ended(isAnswered))
}

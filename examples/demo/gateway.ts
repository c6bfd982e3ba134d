import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Truststore, verifyChain } from 'portcullis'
import type { DemoPki } from './pki.ts'

/** The gateway's response. */
export interface Answer {
  readonly code: string
  readonly message: string
  /** Microseconds of `verifyChain` in the handshake, and the median of repeated calls. */
  readonly first: number
  readonly again: number
}

/**
 * TLS settings of both sides. OpenSSL accepts every certificate, even weak ones, so that `verifyChain` alone decides. Do not
 * copy the security level into a real server: there OpenSSL may reject weak certificates first.
 */
export const everybody = { ciphers: 'DEFAULT@SECLEVEL=0' } as const

/** Starts a mutual-TLS server on a free port of the loopback interface. */
export async function startGateway(
  store: Truststore,
  { certificate, privateKey }: DemoPki['server'],
): Promise<{ server: Server; port: number }> {
  const server = createServer(
    { ...everybody, cert: certificate, key: privateKey, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { ok, ...answer } = judge(store, request.socket as TLSSocket)
      response.writeHead(ok ? 200 : 403, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer))
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

function judge(store: Truststore, socket: TLSSocket): Answer & { readonly ok: boolean } {
  const certificate = socket.getPeerX509Certificate()
  const chain = certificate === undefined ? [] : certificate.raw
  const begin = performance.now()
  const verdict = verifyChain(store, chain)
  const first = (performance.now() - begin) * 1000
  const again = median(Array.from({ length: 15 }, () => timeOf(() => verifyChain(store, chain))))
  if (verdict.ok) return { ok: true, code: 'ok', message: verdict.leaf.subject, first, again }
  const { code, message } = verdict
  return { ok: false, code, message, first, again }
}

/** Returns microseconds. */
function timeOf(call: () => unknown): number {
  const begin = performance.now()
  call()
  return (performance.now() - begin) * 1000
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]!
}

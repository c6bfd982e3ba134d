import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { domainToASCII } from 'node:url'
import { presentedChain } from '../node/gate/identity.ts'
import { profiles } from '../policy/policy.ts'
import { CliError } from './command.ts'

/** `--connect`: the certificates that a TLS server presents. */

/** A server, as `--connect` names it. */
export interface ServerAddress {
  readonly host: string
  readonly portNumber: number
}

/** Milliseconds for the whole handshake. */
const timeoutMs = 10_000

/**
 * Reads `host:port` or `[address]:port`.
 *
 * @throws CliError for anything else
 */
export function readServerAddress(text: string): ServerAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed === undefined ? domainToASCII(plain ?? '') : isIP(bracketed) === 6 ? bracketed : ''
  const port = Number(digits)
  if (host !== '' && port > 0 && port < 65_536) return { host, portNumber: port }
  throw new CliError(
    `--connect is ${text}, which is not a host and a port`,
    'Write it as example.com:443 or, for IPv6, as [2001:db8::1]:443.',
  )
}

/**
 * Connects with TLS, takes what the server presents as DER, leaf first, and disconnects. OpenSSL's opinion of the chain does not
 * matter. A server that asks for a client certificate gets none, which it may answer with an alert, but only after it has
 * presented its own.
 *
 * @param serverName the server name in the handshake; an address is not sent (RFC 6066 3)
 * @throws CliError if there is no connection, or no TLS on it
 */
export async function fetchChain({ host, portNumber: port }: ServerAddress, serverName: string): Promise<readonly Uint8Array[]> {
  const servername = isIP(serverName) === 0 ? serverName : ''
  return await new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername, rejectUnauthorized: false, checkServerIdentity: () => undefined })
    const fail = (reason: string): void => reject(new CliError(`cannot get a certificate from ${host}, port ${port}: ${reason}`))
    const finish = (reason: string): void => {
      clearTimeout(timer)
      const chain = chainOf(socket)
      if (chain.length > 0) resolve(chain)
      else fail(reason)
      socket.destroy()
    }
    const timer = setTimeout(() => finish(`no handshake within ${timeoutMs / 1000} seconds`), timeoutMs)
    socket.once('secureConnect', () => finish('the server presented none'))
    socket.once('error', (error: NodeJS.ErrnoException) => finish(reasons[error.code ?? ''] ?? error.message))
    socket.once('close', () => finish('the server closed the connection'))
  })
}

/** Empty if the handshake did not get that far. */
function chainOf(socket: TLSSocket): readonly Uint8Array[] {
  // With the intermediates. Verification decides which of them count.
  return presentedChain(socket, profiles.webServer)
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be resolved now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the server closed the connection',
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS there',
}

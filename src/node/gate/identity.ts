import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type ApiGatewayClientCert, formatApiGatewayClientCert } from '../../headers/api-gateway.ts'
import type { Acceptance } from '../../path/verify.ts'
import { member } from '../../policy/fields.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { acceptedPurpose } from './client-purpose.ts'

/** The client of an accepted connection. */
export interface ClientIdentity {
  readonly certificate: Certificate
  /** From the client's certificate to the trust anchor, both included. */
  readonly path: readonly Certificate[]
  /**
   * `client`, or `server` if the client is accepted only until a purpose transition ends, because its certificates do not allow
   * client authentication.
   */
  readonly purpose: 'client' | 'server'
  /** In the format that API Gateway passes to Lambda authorizers and functions. */
  readonly clientCert: ApiGatewayClientCert
  /** The `fingerprint` of the truststore that last accepted the client. */
  readonly truststoreVersion: string
  /** The server name that the client asked for. `undefined` if it asked for none. */
  readonly serverName: string | undefined
  /** The client's address. */
  readonly remoteAddress: string | undefined
  /** The `context` that `authorize` returned. */
  readonly context: Readonly<Record<string, unknown>> | undefined
}

/** A request that a gate has accepted. */
export interface Identified {
  readonly clientIdentity: ClientIdentity
}

/** Any object that leads to a connection. */
export type IdentitySource = TLSSocket | Duplex | IncomingMessage | Http2ServerRequest | ServerHttp2Stream

/** The implementation of an identity. */
export class Client implements ClientIdentity {
  readonly certificate: Certificate
  readonly path: readonly Certificate[]
  readonly purpose: 'client' | 'server'
  readonly truststoreVersion: string
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  readonly context: Readonly<Record<string, unknown>> | undefined
  #formatted: ApiGatewayClientCert | undefined

  constructor(
    verdict: Acceptance,
    truststoreVersion: string,
    from: Pick<ClientIdentity, 'serverName' | 'remoteAddress' | 'context'>,
  ) {
    this.certificate = verdict.leaf
    this.path = verdict.path
    this.purpose = acceptedPurpose(verdict)
    this.truststoreVersion = truststoreVersion
    this.serverName = from.serverName
    this.remoteAddress = from.remoteAddress
    this.context = from.context
  }

  /** Formatted on first use: most requests never need it. */
  get clientCert(): ApiGatewayClientCert {
    this.#formatted ??= formatApiGatewayClientCert(this.certificate)
    return this.#formatted
  }
}

/** What gates know of a connection. `identity` is set once, on acceptance. A rejection clears it for good. */
export interface ConnectionState {
  readonly gate: object
  identity: ClientIdentity | undefined
}

/**
 * A property, not a WeakMap: HTTP/2 hands out proxies of the socket, which share its properties but not its identity. The
 * symbol stays in this module.
 */
const connectionState = Symbol('portcullis.connectionState')

interface WithConnectionState {
  readonly [connectionState]?: ConnectionState
}

export function setConnectionState(socket: TLSSocket, value: ConnectionState): void {
  Object.defineProperty(socket, connectionState, { __proto__: null, value } as PropertyDescriptor)
}

/** The state of the connection behind a socket, request or stream. `undefined` if it was never verified. */
export function connectionStateOf(source: unknown): ConnectionState | undefined {
  try {
    return (socketOf(source) as WithConnectionState | undefined)?.[connectionState]
  } catch {
    // The proxy of a socket throws once its HTTP/2 session has ended.
    return undefined
  }
}

function socketOf(source: unknown): object | undefined {
  if (typeof source !== 'object' || source === null) return undefined
  if ((source as WithConnectionState)[connectionState] !== undefined) return source
  // Own properties only: an identity on `Object.prototype` would apply to every socket.
  const session = member(source, 'session') ?? member(member(source, 'stream'), 'session')
  return (member(session, 'socket') ?? member(source, 'socket')) as object | undefined
}

/**
 * Returns the client of a socket, request or HTTP/2 stream whose connection a gate has accepted, and `undefined` otherwise.
 * Reject the request if there is none.
 *
 * @example
 * createServer(gate.tlsOptions, (request, response) => {
 *   response.end(getClientIdentity(request)?.certificate.subject)
 * })
 */
export function getClientIdentity(source: IdentitySource): ClientIdentity | undefined {
  return connectionStateOf(source)?.identity
}

/**
 * The chain that the client presented, as DER, leaf first; empty if it presented none. Intermediates are read only if the
 * policy uses them, and at most one more than its budget allows, so that the budget rejects longer lists.
 *
 * For a resumed session TLS returns the leaf, which the session holds, but not the intermediates.
 */
export function presentedChain(socket: TLSSocket, { intermediates, budget }: Policy): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const most = intermediates === 'presented' ? budget.presentedCertificates + 1 : 1
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate()
  while (certificate !== undefined && chain.length < most) {
    chain.push(certificate.raw)
    certificate = chain.length < most ? certificate.issuerCertificate : undefined
  }
  return chain
}

import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type ApiGatewayClientCert, formatApiGatewayClientCert } from '../../headers/api-gateway.ts'
import type { Acceptance } from '../../path/verify.ts'
import { member } from '../../policy/fields.ts'
import type { Certificate } from '../../x509/certificate.ts'

/** Who is at the other end of an accepted connection. */
export interface ClientIdentity {
  readonly certificate: Certificate
  /** From the client's certificate to the anchor, both included. */
  readonly path: readonly Certificate[]
  /** As API Gateway hands it to Lambda authorizers and functions. */
  readonly clientCert: ApiGatewayClientCert
  /** The `fingerprint` of the truststore that accepted the client at last. */
  readonly truststoreVersion: string
  /** The server name that the client asked for, `undefined` where it asked for none. */
  readonly serverName: string | undefined
  /** Where the client connected from. */
  readonly remoteAddress: string | undefined
  /** What `authorize` gave along with its consent. */
  readonly context: Readonly<Record<string, unknown>> | undefined
}

/** A request that a gate has let through. */
export interface Identified {
  readonly clientIdentity: ClientIdentity
}

/** Anything by which a connection can be found. */
export type IdentitySource = TLSSocket | Duplex | IncomingMessage | Http2ServerRequest | ServerHttp2Stream

/** The identity itself. */
export class Client implements ClientIdentity {
  readonly certificate: Certificate
  readonly path: readonly Certificate[]
  readonly truststoreVersion: string
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  readonly context: Readonly<Record<string, unknown>> | undefined
  #formatted: ApiGatewayClientCert | undefined = undefined

  constructor(
    { leaf, path }: Acceptance,
    truststoreVersion: string,
    from: Pick<ClientIdentity, 'serverName' | 'remoteAddress' | 'context'>,
  ) {
    this.certificate = leaf
    this.path = path
    this.truststoreVersion = truststoreVersion
    this.serverName = from.serverName
    this.remoteAddress = from.remoteAddress
    this.context = from.context
  }

  /** Written when first asked for: most requests never do. */
  get clientCert(): ApiGatewayClientCert {
    this.#formatted ??= formatApiGatewayClientCert(this.certificate)
    return this.#formatted
  }
}

/** What gates know of a connection. It changes from `undefined` to an identity once, and back for good when it is refused. */
export interface ConnectionState {
  readonly gate: object
  identity: ClientIdentity | undefined
}

/**
 * A property and no WeakMap: HTTP/2 hands out proxies of the socket, which have its properties and not its identity. The
 * symbol stays in this module.
 */
const connectionState = Symbol('portcullis.connectionState')

interface Judged {
  readonly [connectionState]?: ConnectionState
}

export function setConnectionState(socket: TLSSocket, value: ConnectionState): void {
  Object.defineProperty(socket, connectionState, { __proto__: null, value } as PropertyDescriptor)
}

/** What is known of the connection of a socket, request or stream; `undefined` where it was never judged. */
export function connectionStateOf(source: unknown): ConnectionState | undefined {
  try {
    return (socketOf(source) as Judged | undefined)?.[connectionState]
  } catch {
    // The proxy of a socket throws once its HTTP/2 session has ended.
    return undefined
  }
}

function socketOf(source: unknown): object | undefined {
  if (typeof source !== 'object' || source === null) return undefined
  if ((source as Judged)[connectionState] !== undefined) return source
  // Own properties only: an identity on `Object.prototype` would be that of every socket.
  const session = member(source, 'session') ?? member(member(source, 'stream'), 'session')
  return (member(session, 'socket') ?? member(source, 'socket')) as object | undefined
}

/**
 * Who is at the other end: of a socket, a request or an HTTP/2 stream, once a gate has accepted the connection; `undefined`
 * for every other. Refuse where there is none.
 *
 * @example
 * createServer(gate.tlsOptions, (request, response) => {
 *   response.end(getClientIdentity(request)?.certificate.subject)
 * })
 */
export function getClientIdentity(source: IdentitySource): ClientIdentity | undefined {
  return connectionStateOf(source)?.identity
}

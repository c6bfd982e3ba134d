import { constants } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { type SecureContext, type SecureVersion, Server, type TLSSocket } from 'node:tls'
import { member } from '../../policy/fields.ts'
import { AddressLimiter } from './address-limiter.ts'
import { type Admission, Admissions } from './admission.ts'
import type { RememberedAuthorizations } from './authorization.ts'
import { endOnClose, isUsageEvent } from './closing.ts'
import { Contexts } from './contexts.ts'
import type { GateCounters } from './counters.ts'
import { type MutualTlsOptions, ownOptions, readGateOptions, type Settings } from './gate-options.ts'
import { type ClientIdentity, getClientIdentity, type Identified } from './identity.ts'
import { type AnyRequest, type AnyResponse, answerRequest, type GateCode, isOfClient, RefusalServer } from './refuse.ts'
import { type EventGuard, eventGuardOf } from './requests.ts'
import type { ServerCredentials, TlsRequirements } from './server-identity.ts'

/** A gate for mutual TLS, created by `mutualTls`. */
export interface MutualTls {
  /**
   * For `https.createServer`, `http2.createSecureServer` and `tls.createServer`, together with the server's key and
   * certificate.
   */
  readonly tlsOptions: GateTlsOptions
  /**
   * Puts the gate in front of a server. Its listeners, added before or after this call, only see accepted connections, and
   * accepted requests on them. HTTP servers answer rejected clients; plain TLS servers close their connections.
   *
   * @returns the same server
   * @throws TypeError for an object that is not a TLS server, a server that already has a gate, or one created without
   *   `tlsOptions`
   */
  protect<S extends Server>(server: S): S
  /**
   * Wraps a request listener. The request has `clientIdentity`. Responds with 403 instead of calling yours if you forgot
   * `protect`.
   */
  handler<Request extends AnyRequest, Response extends AnyResponse>(
    listener: (request: Request & Identified, response: Response) => unknown,
  ): (request: Request, response: Response) => void
  /**
   * Replaces the certificate and key of the protected servers, or of one domain, while they run. The servers' other options
   * stay, and so do the gate's TLS requirements. Open connections are not affected.
   *
   * @param domain its name as in `domains`
   * @throws TypeError for invalid credentials or an unknown domain, and the error of `tls.createSecureContext` for
   *   credentials that do not belong together. Nothing changes then
   */
  replaceCredentials(credentials: ServerCredentials, domain?: string): void
  /** What the gate has done so far. */
  counters(): GateCounters
  /**
   * Ends the open connections of every client that matches the predicate, and rejects those that wait for `authorize`. Use it
   * for your own deny lists. Once it returns, no further request of these clients is accepted. It also forgets remembered
   * answers of `authorize`, which decides whether the clients may reconnect.
   *
   * @param code the rejection code; default `not_authorized`
   * @returns the number of connections
   * @throws TypeError for an unknown code, or a predicate that returns anything but a boolean. If it throws, or the predicate
   *   does, no connection is ended
   */
  disconnect(predicate: (identity: ClientIdentity) => boolean, code?: GateCode): number
  /** Remembered answers of `authorize`; see `authorizeTtlMs`. */
  readonly authorizations: RememberedAuthorizations
}

/** TLS requests a certificate and proves that the client has its key. The gate does everything else. */
export interface GateTlsOptions {
  readonly requestCert: true
  /** The gate rejects clients, with an answer. TLS could only close the connection. */
  readonly rejectUnauthorized: false
  /** The CA names that the handshake advertises, as PEM; empty if it advertises none. */
  readonly ca: string[]
  readonly minVersion: SecureVersion
  readonly handshakeTimeout: number
  /**
   * No renegotiation, so that a client cannot change its certificate within a connection. No session tickets if sessions
   * cannot be verified.
   */
  readonly secureOptions: number
  /** Selects a domain's certificate by the requested server name. Only present with `domains`. */
  readonly SNICallback?: (serverName: string, callback: (error: Error | null, context?: SecureContext) => void) => void
}

/**
 * Mutual TLS for Node's servers. Every connection, resumed ones included, is verified by `verifyChain` after its handshake.
 * On open connections, requests are verified again when something has changed. Rejected clients get a 403 with a code.
 *
 * @throws TypeError for unknown options and values out of range
 * @example
 * const gate = mutualTls({ truststore: store })
 * const server = createServer({ key, cert, ...gate.tlsOptions }, gate.handler((request, response) => {
 *   response.end(`hello ${request.clientIdentity.certificate.subject}\n`)
 * }))
 * gate.protect(server)
 */
export function mutualTls(options: MutualTlsOptions): MutualTls {
  const given = ownOptions(options)
  return new Gate(given, readGateOptions(given))
}

/** Servers, and HTTP/2 sessions. */
const guarded = new WeakSet<EventEmitter>()

class Gate implements MutualTls {
  readonly tlsOptions: GateTlsOptions
  readonly #settings: Settings
  readonly #admissions: Admissions
  readonly #limiter: AddressLimiter
  readonly #contexts: Contexts
  readonly #refusals = new RefusalServer()
  /** Accepted requests. */
  readonly #admitted = new WeakSet<object>()

  constructor(options: MutualTlsOptions, settings: Settings) {
    this.#settings = settings
    this.#admissions = new Admissions(options, settings)
    this.#limiter = new AddressLimiter(settings.limits, settings.clientAddress)
    const requirements = tlsRequirements(settings)
    this.#contexts = new Contexts(options, requirements, settings)
    this.tlsOptions = tlsOptionsOf(options, settings, requirements, this.#contexts)
  }

  counters(): GateCounters {
    return { ...this.#admissions.counters({ lingering: this.#refusals.lingering }), ...this.#limiter.counters() }
  }

  disconnect(predicate: (identity: ClientIdentity) => boolean, code: GateCode = 'not_authorized'): number {
    return this.#admissions.disconnect(predicate, code)
  }

  get authorizations(): RememberedAuthorizations {
    return this.#admissions.authorizations
  }

  replaceCredentials(credentials: ServerCredentials, domain?: string): void {
    this.#contexts.replace(credentials, domain)
  }

  protect<S extends Server>(server: S): S {
    if (!(server instanceof Server))
      throw new TypeError('mutualTls: protect needs a server of node:tls, node:https or node:http2')
    if (guarded.has(server)) throw new TypeError('mutualTls: the server already has a gate')
    this.#contexts.adopt(server)
    /** Connections that are not accepted, or not yet. */
    const unaccepted = new Set<Socket>()
    endOnClose(server, unaccepted)
    interceptEvents(server, (name, args, pass) => {
      const isHandled = this.#handleEvent(server, unaccepted, name, args, pass)
      this.#limiter.lap()
      return isHandled
    })
    return server
  }

  handler<Request extends AnyRequest, Response extends AnyResponse>(
    listener: (request: Request & Identified, response: Response) => unknown,
  ): (request: Request, response: Response) => void {
    if (typeof listener !== 'function') throw new TypeError('mutualTls: handler needs a request listener')
    return (request, response) => {
      if (this.#admitted.has(request)) listener(request as Request & Identified, response)
      else answerRequest(response, 'not_judged')
    }
  }

  #handleEvent(
    server: Server,
    unaccepted: Set<Socket>,
    name: string | symbol,
    args: readonly unknown[],
    pass: () => boolean,
  ): boolean {
    if (name === 'connection') return this.#arrive(server, unaccepted, args[0] as Socket, pass)
    if (name === 'secureConnection') return this.#admit(server, unaccepted, args[0] as TLSSocket, pass)
    if (name === 'tlsClientError') this.#limiter.fail(args[1] as TLSSocket)
    // Invalid HTTP from unverified clients. Without listeners, Node answers or closes the connection.
    if (name === 'clientError' && getClientIdentity(args[1] as TLSSocket) === undefined) return false
    // Before its first stream: an application may listen for `stream` on the session.
    if (name === 'session' && args[0] instanceof EventEmitter) this.#guardSession(args[0])
    return this.#passRequests(name, args, pass)
  }

  #arrive(server: Server, unaccepted: Set<Socket>, raw: Socket, pass: () => unknown): boolean {
    let isBegun = false
    this.#limiter.handleConnection(raw, () => {
      isBegun = true
      unaccepted.delete(raw)
      this.#contexts.refresh(server)
      pass()
    })
    if (!isBegun) addUntilClosed(unaccepted, raw)
    return true
  }

  #admit(server: Server, unaccepted: Set<Socket>, socket: TLSSocket, pass: () => unknown): boolean {
    const startNext = this.#limiter.finish(socket)
    let isAdmitted = false
    this.#admissions.admitConnection(socket, speaksHttp(server), (admission) => {
      this.#limiter.conclude(socket, admission.ok, !admission.ok && isOfClient(admission.code))
      isAdmitted = admission.ok
      if (!admission.ok)
        return this.#refusals.refuse(socket, admission.code, this.#mayAnswer(server, socket) ? 'answer' : 'close')
      unaccepted.delete(socket)
      pass()
    })
    startNext()
    if (!isAdmitted) addUntilClosed(unaccepted, socket)
    return true
  }

  #mayAnswer(server: Server, socket: TLSSocket): boolean {
    return this.#settings.refusal === 'answer' && speaksHttp(server) && this.#limiter.mayLinger(socket)
  }

  /** Among a session's events, only `stream` is a request. Node's own listener for it emits the server's `stream`. */
  #guardSession(session: EventEmitter): void {
    if (guarded.has(session)) return
    interceptEvents(session, (name, args, pass) => (name === 'stream' ? this.#passRequests(name, args, pass) : pass()))
  }

  #passRequests(name: string | symbol, args: readonly unknown[], pass: () => boolean): boolean {
    const guard: EventGuard | undefined = eventGuardOf(name)
    const isRefused = guard !== undefined && !guard(args, (source, authorities) => this.#guardRequest(source, authorities))
    if (isRefused) return true
    if (isUsageEvent(name)) this.#recordUsage(name, args)
    return pass()
  }

  /** The use of a connection decides how the gate ends it. */
  #recordUsage(name: string | symbol, args: readonly unknown[]): void {
    const connection = this.#admissions.connectionOf(args[0] as object)
    connection?.usage.record(name, connection.socket, args)
  }

  #guardRequest(source: object, authorities: readonly string[]): Admission {
    const admission = this.#admissions.admitRequest(source, authorities)
    if (admission.ok) {
      this.#admitted.add(source)
      // Not writable: neither the client nor middleware can replace it by assignment.
      Object.defineProperty(source, 'clientIdentity', { value: admission.identity, configurable: true })
    }
    return admission
  }
}

function addUntilClosed(sockets: Set<Socket>, socket: Socket): void {
  if (socket.destroyed) return
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
}

type EventInterceptor = (name: string | symbol, args: readonly unknown[], pass: () => boolean) => boolean

/**
 * Replaces `emit` instead of adding a listener: all events pass through it, regardless of which listeners exist and when they
 * were added.
 */
function interceptEvents(emitter: EventEmitter, intercept: EventInterceptor): void {
  guarded.add(emitter)
  const { emit } = emitter
  const value = (name: string | symbol, ...args: readonly unknown[]): boolean =>
    intercept(name, args, () => Reflect.apply(emit, emitter, [name, ...args]))
  Object.defineProperty(emitter, 'emit', { value, configurable: true, writable: true })
}

/** Only HTTP/2 servers have `updateSettings`; their class is not public. */
function speaksHttp(server: Server): boolean {
  return server instanceof HttpsServer || member(server, 'updateSettings') !== undefined
}

function tlsRequirements({ minVersion, resumption }: Settings): TlsRequirements {
  const tickets = resumption ? 0 : constants.SSL_OP_NO_TICKET
  return { minVersion, secureOptions: constants.SSL_OP_NO_RENEGOTIATION | tickets }
}

function tlsOptionsOf(
  options: MutualTlsOptions,
  settings: Settings,
  requirements: TlsRequirements,
  contexts: Contexts,
): GateTlsOptions {
  return {
    requestCert: true,
    rejectUnauthorized: false,
    ca: contexts.ca,
    handshakeTimeout: settings.handshakeTimeoutMs,
    ...requirements,
    ...(options.domains !== undefined && { SNICallback: contextChooser(contexts) }),
  }
}

/** A domain's own certificate. For unknown names the server's own, so that the client gets an answer. */
function contextChooser(contexts: Contexts): NonNullable<GateTlsOptions['SNICallback']> {
  return (serverName, callback) => {
    let context: SecureContext | undefined
    try {
      context = contexts.find(serverName)
    } catch (error) {
      callback(error as Error)
      return
    }
    callback(null, context)
  }
}

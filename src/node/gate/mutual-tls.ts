import { constants } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { type SecureContext, type SecureVersion, Server, type TLSSocket } from 'node:tls'
import { member } from '../../policy/fields.ts'
import { type Admission, Admissions } from './admission.ts'
import type { RememberedAuthorizations } from './answers.ts'
import { type GateCode, isOfClient } from './codes.ts'
import { Contexts } from './contexts.ts'
import type { GateCounters } from './counters.ts'
import type { Demands, ServerCredentials } from './credentials.ts'
import { Doors } from './doors.ts'
import { type ClientIdentity, getClientIdentity, type Identified } from './identity.ts'
import { type MutualTlsOptions, ownOptions, readGateOptions, type Settings } from './options.ts'
import { type AnyRequest, type AnyResponse, answerRequest, RefusalServer } from './refuse.ts'
import { type EventGuard, eventGuardOf } from './requests.ts'
import { endOnClose } from './server-close.ts'
import { tellsUsage } from './usage.ts'

/** A gate for mutual TLS; made by `mutualTls`. */
export interface MutualTls {
  /** For `https.createServer`, `http2.createSecureServer` and `tls.createServer`, beside the server's key and certificate. */
  readonly tlsOptions: GateTlsOptions
  /**
   * Puts the gate before a server: its listeners, added before or after this call, only see accepted connections, and accepted
   * requests on them. Refused clients of HTTP servers are answered; plain TLS servers close their connections.
   *
   * @returns the same server
   * @throws TypeError for what is no TLS server, for one that has a gate, and for one that was made without `tlsOptions`
   */
  protect<S extends Server>(server: S): S
  /**
   * A listener for requests that has `request.clientIdentity`, and answers 403 in place of yours where `protect` was
   * forgotten.
   */
  handler<Request extends AnyRequest, Response extends AnyResponse>(
    listener: (request: Request & Identified, response: Response) => unknown,
  ): (request: Request, response: Response) => void
  /**
   * Replaces the certificate and key of the servers that the gate protects, or of one of its domains, while they run. What
   * else the servers were made with stays, and so does what the gate demands of TLS. Open connections are not affected.
   *
   * @param domain its name as it stands in `domains`
   * @throws TypeError for what are no credentials and for a domain that there is not, and the error of
   *   `tls.createSecureContext` for credentials that do not fit together; then nothing has changed
   */
  replaceCredentials(credentials: ServerCredentials, domain?: string): void
  /** What happened so far. */
  counters(): GateCounters
  /**
   * Ends the open connections of every client for which the predicate is true, and refuses those that wait for `authorize`:
   * for deny lists of your own. Once it returns, no further request of theirs is accepted. It forgets remembered answers of
   * `authorize`, which decides whether the clients may come back.
   *
   * @param code the code they are refused with; default `not_authorized`
   * @returns the number of connections
   * @throws TypeError for an unknown code, and if the predicate returns anything but a boolean. Nothing is ended then, nor if
   *   the predicate throws
   */
  disconnect(predicate: (identity: ClientIdentity) => boolean, code?: GateCode): number
  /** Remembered answers of `authorize`; see `authorizeTtlMs`. */
  readonly authorizations: RememberedAuthorizations
}

/** TLS asks for a certificate, proves that the client has its key, and leaves every judgement to the gate. */
export interface GateTlsOptions {
  readonly requestCert: true
  /** The gate refuses, with an answer: TLS could only close. */
  readonly rejectUnauthorized: false
  /**
   * Empty, or with `advertiseAuthorities` the names to be sent; without this field Node would load its own roots. The gate
   * ignores OpenSSL's verdict, but OpenSSL checks the signatures of all certificates that a client sends, whatever stands here.
   */
  readonly ca: string[]
  readonly minVersion: SecureVersion
  readonly handshakeTimeout: number
  /** A client cannot become another one on the same connection; and no sessions, where they cannot be judged. */
  readonly secureOptions: number
  /** Chooses the certificate of a domain by the name that the client asks for; only where there are domains. */
  readonly SNICallback?: (serverName: string, callback: (error: Error | null, context?: SecureContext) => void) => void
}

/**
 * Mutual TLS for Node's servers: every connection is judged by `verifyChain` when its handshake ends, resumed ones as well,
 * and every request on a connection that stays open is judged again when something has changed. Rejected clients get a
 * 403 with a code.
 *
 * @throws TypeError for options that are unknown or out of range
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

/** Servers, and sessions of HTTP/2. */
const guarded = new WeakSet<EventEmitter>()

class Gate implements MutualTls {
  readonly tlsOptions: GateTlsOptions
  readonly #settings: Settings
  readonly #admissions: Admissions
  readonly #doors: Doors
  readonly #contexts: Contexts
  readonly #refusals = new RefusalServer()
  /** Requests that were let through. */
  readonly #admitted = new WeakSet<object>()

  constructor(options: MutualTlsOptions, settings: Settings) {
    this.#settings = settings
    this.#admissions = new Admissions(options, settings)
    this.#doors = new Doors(settings.limits, settings.clientAddress)
    const demands = demandsOf(settings)
    this.#contexts = new Contexts(options, demands, settings)
    this.tlsOptions = tlsOptionsOf(options, settings, demands, this.#contexts)
  }

  counters(): GateCounters {
    return { ...this.#admissions.counters({ lingering: this.#refusals.lingering }), ...this.#doors.counters() }
  }

  disconnect(predicate: (identity: ClientIdentity) => boolean, code: GateCode = 'not_authorized'): number {
    return this.#admissions.disconnect(predicate, code)
  }

  get authorizations(): RememberedAuthorizations {
    return this.#admissions.answers
  }

  replaceCredentials(credentials: ServerCredentials, domain?: string): void {
    this.#contexts.replace(credentials, domain)
  }

  protect<S extends Server>(server: S): S {
    if (!(server instanceof Server)) throw new TypeError('mutualTls: protect needs a server of tls, https or http2')
    if (guarded.has(server)) throw new TypeError('mutualTls: the server has a gate already')
    this.#contexts.adopt(server)
    /** Connections that were not let through, or not yet. */
    const outside = new Set<Socket>()
    endOnClose(server, outside)
    standBefore(server, (name, args, pass) => {
      const isHeard = this.#hear(server, outside, name, args, pass)
      this.#doors.lap()
      return isHeard
    })
    return server
  }

  handler<Request extends AnyRequest, Response extends AnyResponse>(
    listener: (request: Request & Identified, response: Response) => unknown,
  ): (request: Request, response: Response) => void {
    if (typeof listener !== 'function') throw new TypeError('mutualTls: handler needs a function')
    return (request, response) => {
      if (this.#admitted.has(request)) listener(request as Request & Identified, response)
      else answerRequest(response, 'not_judged')
    }
  }

  #hear(server: Server, outside: Set<Socket>, name: string | symbol, args: readonly unknown[], pass: () => boolean): boolean {
    if (name === 'connection') return this.#arrive(server, outside, args[0] as Socket, pass)
    if (name === 'secureConnection') return this.#enter(server, outside, args[0] as TLSSocket, pass)
    if (name === 'tlsClientError') this.#doors.fail(args[1] as TLSSocket)
    // Junk from unverified clients: without listeners, Node answers it or closes.
    if (name === 'clientError' && getClientIdentity(args[1] as TLSSocket) === undefined) return false
    // Before its first stream: an application may listen for the streams of a session itself.
    if (name === 'session' && args[0] instanceof EventEmitter) this.#guardSession(args[0])
    return this.#passRequests(name, args, pass)
  }

  #arrive(server: Server, outside: Set<Socket>, raw: Socket, pass: () => unknown): boolean {
    let isBegun = false
    this.#doors.arrive(raw, () => {
      isBegun = true
      outside.delete(raw)
      this.#contexts.refresh(server)
      pass()
    })
    if (!isBegun) addUntilClosed(outside, raw)
    return true
  }

  #enter(server: Server, outside: Set<Socket>, socket: TLSSocket, pass: () => unknown): boolean {
    const makePlace = this.#doors.finish(socket)
    let isInside = false
    this.#admissions.admitConnection(socket, speaksHttp(server), (admission) => {
      this.#doors.judge(socket, admission.ok, !admission.ok && isOfClient(admission.code))
      isInside = admission.ok
      if (!admission.ok) return this.#refusals.refuse(socket, admission.code, this.#answers(server, socket) ? 'answer' : 'close')
      outside.delete(socket)
      pass()
    })
    makePlace()
    if (!isInside) addUntilClosed(outside, socket)
    return true
  }

  #answers(server: Server, socket: TLSSocket): boolean {
    return this.#settings.refusal === 'answer' && speaksHttp(server) && this.#doors.mayLinger(socket)
  }

  /** Of the events of a session only `stream` is a request. Node's own listener for it emits the server's `stream`. */
  #guardSession(session: EventEmitter): void {
    if (guarded.has(session)) return
    standBefore(session, (name, args, pass) => (name === 'stream' ? this.#passRequests(name, args, pass) : pass()))
  }

  #passRequests(name: string | symbol, args: readonly unknown[], pass: () => boolean): boolean {
    const guard: EventGuard | undefined = eventGuardOf(name)
    const isRefused = guard !== undefined && !guard(args, (source, authorities) => this.#guardRequest(source, authorities))
    if (isRefused) return true
    if (tellsUsage(name)) this.#noteUsage(name, args)
    return pass()
  }

  /** How an open connection is used decides how it will be ended. */
  #noteUsage(name: string | symbol, args: readonly unknown[]): void {
    const connection = this.#admissions.connectionOf(args[0] as object)
    connection?.usage.note(name, connection.socket, args)
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

type Gated = (name: string | symbol, args: readonly unknown[], pass: () => boolean) => boolean

/**
 * Replaces `emit` instead of adding a listener: all events pass through it, whatever listeners there are and whenever they were
 * added.
 */
function standBefore(emitter: EventEmitter, gated: Gated): void {
  guarded.add(emitter)
  const { emit } = emitter
  const value = (name: string | symbol, ...args: readonly unknown[]): boolean =>
    gated(name, args, () => Reflect.apply(emit, emitter, [name, ...args]))
  Object.defineProperty(emitter, 'emit', { value, configurable: true, writable: true })
}

/** `updateSettings` is what only servers of HTTP/2 have, whose class is not public. */
function speaksHttp(server: Server): boolean {
  return server instanceof HttpsServer || member(server, 'updateSettings') !== undefined
}

function demandsOf({ minVersion, resumption }: Settings): Demands {
  const tickets = resumption ? 0 : constants.SSL_OP_NO_TICKET
  return { minVersion, secureOptions: constants.SSL_OP_NO_RENEGOTIATION | tickets }
}

function tlsOptionsOf(options: MutualTlsOptions, settings: Settings, demands: Demands, contexts: Contexts): GateTlsOptions {
  return {
    requestCert: true,
    rejectUnauthorized: false,
    ca: contexts.ca,
    handshakeTimeout: settings.handshakeTimeoutMs,
    ...demands,
    ...(options.domains !== undefined && { SNICallback: contextChooser(contexts) }),
  }
}

/** A domain's own certificate; for every other name the server's, so that the client can be told that it is unknown. */
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

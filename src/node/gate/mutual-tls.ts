import { constants } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { Server as HttpsServer } from 'node:https'
import { Socket } from 'node:net'
import { createSecureContext, type SecureContext, type SecureVersion, Server, type TLSSocket } from 'node:tls'
import { type Admission, Admissions } from './admission.ts'
import type { RememberedAuthorizations } from './answers.ts'
import type { GateCode } from './codes.ts'
import type { GateCounters } from './counters.ts'
import { DomainMap } from './domain.ts'
import { Handshakes } from './handshakes.ts'
import type { ClientIdentity, Identified } from './identity.ts'
import { type MutualTlsOptions, readGateOptions, type Settings } from './options.ts'
import { type AnyRequest, type AnyResponse, answerRequest, RefusalDesk } from './refuse.ts'
import { type Passage, passageOf } from './requests.ts'
import { tellsUsage } from './usage.ts'

/** A gate for mutual TLS; made by `mutualTls`. */
export interface MutualTls {
  /** For `https.createServer`, `http2.createSecureServer` and `tls.createServer`, beside the server's key and certificate. */
  readonly tlsOptions: GateTlsOptions
  /**
   * Puts the gate before everything that the server does: it learns of a connection once that was let through, and of a
   * request once that was found to be the connection's. Whatever listens to the server, before or after this call, hears
   * nothing of the others. HTTP clients that are refused are answered; of a plain TLS server they are closed.
   *
   * @returns the same server
   * @throws TypeError for what is no TLS server, and for one that has a gate
   */
  protect<S extends Server>(server: S): S
  /**
   * A listener for requests that has `request.clientIdentity`, and answers 403 in place of yours where `protect` was
   * forgotten.
   */
  handler<Request extends AnyRequest, Response extends AnyResponse>(
    listener: (request: Request & Identified, response: Response) => unknown,
  ): (request: Request, response: Response) => void
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
  /** Nobody is trusted by TLS itself, which saves it the search. */
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
 * and every request on a connection that stays open is judged again when something has changed. Who is refused gets 403
 * and a code.
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
  return new Gate(options, readGateOptions(options))
}

/** Servers, and sessions of HTTP/2. */
const guarded = new WeakSet<EventEmitter>()

class Gate implements MutualTls {
  readonly tlsOptions: GateTlsOptions
  private readonly settings: Settings
  private readonly admissions: Admissions
  private readonly desk = new RefusalDesk()
  private readonly handshakes = new Handshakes()
  /** Requests that were let through. */
  private readonly admitted = new WeakSet<object>()

  constructor(options: MutualTlsOptions, settings: Settings) {
    this.settings = settings
    this.admissions = new Admissions(options, settings)
    this.tlsOptions = tlsOptionsOf(options, settings)
  }

  counters(): GateCounters {
    return this.admissions.counters({ unfinished: this.handshakes.size, lingering: this.desk.lingering })
  }

  disconnect(predicate: (identity: ClientIdentity) => boolean, code: GateCode = 'not_authorized'): number {
    return this.admissions.disconnect(predicate, code)
  }

  get authorizations(): RememberedAuthorizations {
    return this.admissions.answers
  }

  protect<S extends Server>(server: S): S {
    if (!(server instanceof Server)) throw new TypeError('mutualTls: protect needs a server of tls, https or http2')
    if (guarded.has(server)) throw new TypeError('mutualTls: the server has a gate already')
    standBefore(server, (name, args, pass) => {
      if (name === 'connection' && args[0] instanceof Socket) this.handshakes.begin(args[0])
      if (name === 'secureConnection') return this.enter(server, args[0] as TLSSocket, pass)
      // Before its first stream: an application may listen for the streams of a session itself.
      if (name === 'session' && args[0] instanceof EventEmitter) this.guardSession(args[0])
      return this.passRequests(name, args, pass)
    })
    return server
  }

  handler<Request extends AnyRequest, Response extends AnyResponse>(
    listener: (request: Request & Identified, response: Response) => unknown,
  ): (request: Request, response: Response) => void {
    if (typeof listener !== 'function') throw new TypeError('mutualTls: handler needs a function')
    return (request, response) => {
      if (this.admitted.has(request)) listener(request as Request & Identified, response)
      else answerRequest(response, 'not_judged')
    }
  }

  private enter(server: Server, socket: TLSSocket, pass: () => unknown): boolean {
    this.handshakes.end(socket)
    this.admissions.admitConnection(socket, speaksHttp(server), (admission) => {
      if (admission.ok) pass()
      else this.desk.refuse(socket, admission.code, speaksHttp(server) ? this.settings.refusal : 'close')
    })
    return true
  }

  /** Of the events of a session only `stream` is a request. Node's own listener for it emits the server's `stream`. */
  private guardSession(session: EventEmitter): void {
    if (guarded.has(session)) return
    standBefore(session, (name, args, pass) => (name === 'stream' ? this.passRequests(name, args, pass) : pass()))
  }

  private passRequests(name: string | symbol, args: readonly unknown[], pass: () => boolean): boolean {
    const passage: Passage | undefined = passageOf(name)
    const isRefused = passage !== undefined && !passage(args, (source, authorities) => this.guardRequest(source, authorities))
    if (isRefused) return true
    if (tellsUsage(name)) this.noteUsage(name, args)
    return pass()
  }

  /** How an open connection is used decides how it will be ended. */
  private noteUsage(name: string | symbol, args: readonly unknown[]): void {
    const connection = this.admissions.connectionOf(args[0] as object)
    connection?.usage.note(name, connection.socket, args)
  }

  private guardRequest(source: object, authorities: readonly string[]): Admission {
    const admission = this.admissions.admitRequest(source, authorities)
    if (admission.ok) {
      this.admitted.add(source)
      // Nothing that the client sends, and no middleware, can put another one in its place.
      Object.defineProperty(source, 'clientIdentity', { value: admission.identity, configurable: true })
    }
    return admission
  }
}

type Gated = (name: string | symbol, args: readonly unknown[], pass: () => boolean) => boolean

/**
 * The emitter's own `emit` is taken over, and no listener added: it is the one place that all events pass, whoever listens
 * and whenever they began to.
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
  return server instanceof HttpsServer || 'updateSettings' in server
}

function tlsOptionsOf(options: MutualTlsOptions, settings: Settings): GateTlsOptions {
  const { minVersion, handshakeTimeoutMs, resumption } = settings
  const tickets = resumption ? 0 : constants.SSL_OP_NO_TICKET
  return {
    requestCert: true,
    rejectUnauthorized: false,
    ca: [],
    minVersion,
    handshakeTimeout: handshakeTimeoutMs,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | tickets,
    ...(options.domains !== undefined && { SNICallback: contextChooser(options.domains, minVersion) }),
  }
}

/** A domain's own certificate; for every other name the server's, so that the client can be told that it is unknown. */
function contextChooser(
  domains: NonNullable<MutualTlsOptions['domains']>,
  minVersion: SecureVersion,
): NonNullable<GateTlsOptions['SNICallback']> {
  const contexts = new DomainMap(
    Object.entries(domains).map(([name, { key, cert }]) => {
      return [name, key === undefined ? undefined : createSecureContext({ key, cert, ca: [], minVersion })] as const
    }),
    'mutualTls: options.domains',
  )
  return (serverName, callback) => callback(null, contexts.find(serverName))
}

import type { TLSSocket } from 'node:tls'
import type { Rejection } from '../../path/verify.ts'
import { thrownText } from '../safely.ts'
import { addressOf } from './addresses.ts'
import { AuthorizationCache, callAuthorize, type Decision, isDecision, PendingConnections } from './authorization.ts'
import { Usage } from './closing.ts'
import { type Connection, OpenConnections, type SliceContext } from './connections.ts'
import { Counters, type GatePresent } from './counters.ts'
import { DomainMap, domainName, hostOfAuthority } from './domain.ts'
import { currentStore, type DomainRules, type MutualTlsOptions, type Settings } from './gate-options.ts'
import { Client, type ClientIdentity, connectionStateOf, presentedChain, setConnectionState } from './identity.ts'
import { type Approval, GateDomain, holdsForConnection, holdsForRequest, isApproval, judge, type TrustSnapshot } from './judge.ts'
import { Hooks, type RejectionDetails } from './notices.ts'
import { type CloseCode, type GateCode, isGateCode } from './refuse.ts'

/** Whether a connection or request is accepted. */
export type Admission = { readonly ok: true; readonly identity: ClientIdentity } | { readonly ok: false; readonly code: GateCode }

/** Decides about connections, and about the requests on them. Knows sockets but not servers. */
export class Admissions {
  readonly authorizations: AuthorizationCache
  readonly #settings: Settings
  readonly #domains: DomainMap<GateDomain> | undefined = undefined
  /** The rules for every server name, if the gate has no `domains`. */
  readonly #onlyDomain: GateDomain | undefined = undefined
  readonly #counters = new Counters()
  readonly #hooks: Hooks
  readonly #pending: PendingConnections
  readonly #open: OpenConnections

  constructor(options: MutualTlsOptions, settings: Settings) {
    this.#settings = settings
    this.#hooks = new Hooks(settings)
    this.#pending = new PendingConnections(settings)
    this.authorizations = new AuthorizationCache(settings.authorizeTtlMs, settings.maxRemembered)
    const named = options.domains === undefined ? [] : gateDomains(options.domains)
    if (options.domains === undefined) this.#onlyDomain = new GateDomain(options)
    else this.#domains = new DomainMap<GateDomain>(named, 'mutualTls: options.domains')
    const all = this.#onlyDomain === undefined ? named.map(([, domain]) => domain) : [this.#onlyDomain]
    this.#open = new OpenConnections(settings, this, [...new Set(all)])
  }

  counters(present: Pick<GatePresent, 'lingering'>): ReturnType<Counters['snapshot']> {
    return this.#counters.snapshot({ ...present, pending: this.#pending.size, open: this.#open.size })
  }

  /**
   * Decides about a connection after its handshake. Calls `decided` once: immediately, or later if `authorize` is
   * asynchronous. Never calls it for a connection that closed in the meantime. Until then the connection has no identity.
   */
  admitConnection(socket: TLSSocket, speaksHttp: boolean, decided: (admission: Admission) => void): void {
    let connection: Connection | undefined
    let admission: Admission | undefined
    try {
      if (socket.isSessionReused()) this.#counters.resumed++
      connection = this.#newConnection(socket, speaksHttp)
      // Throws if the socket already has a state: a socket is verified once.
      setConnectionState(socket, connection)
      admission = this.#judgeConnection(connection, decided)
    } catch (error) {
      admission = this.#refuseConnection(connection ?? socket, 'internal_error', { error, message: thrownText(error) })
    }
    // Outside the `try`, so that an error of the application is not reported as one of the gate.
    if (admission !== undefined) decided(admission)
  }

  /**
   * Decides about a request, an HTTP/2 stream, or anything else that belongs to a connection.
   *
   * @param authorities the hosts that the request names: `Host`, `:authority`, the authority of an absolute target
   */
  admitRequest(source: object, authorities: readonly string[]): Admission {
    const connection = this.connectionOf(source)
    if (connection?.identity === undefined) return this.#refuseRequest(connection, connection?.refused ?? 'not_judged', {})
    try {
      const misdirected = this.#domains !== undefined && !this.#isOfDomain(connection, authorities, this.#domains)
      if (misdirected) return this.#refuseRequest(connection, 'misdirected_request', {})
      return this.#recheck(connection) ?? { ok: true, identity: connection.identity }
    } catch (error) {
      return this.#refuseRequest(connection, 'internal_error', { error, message: thrownText(error) })
    }
  }

  /** The connection of a socket, request, stream or session, if this gate has verified it. */
  connectionOf(source: object): Connection | undefined {
    const state = connectionStateOf(source)
    return state?.gate === this ? (state as Connection) : undefined
  }

  /** Ends the connections, pending ones included, of all clients that match the predicate. */
  disconnect(predicate: (identity: ClientIdentity) => boolean, code: GateCode): number {
    if (typeof predicate !== 'function') throw new TypeError('mutualTls: disconnect needs a function')
    if (!isGateCode(code)) throw new TypeError(`mutualTls: disconnect needs a GateCode, got ${String(code)}`)
    // Call the predicate for all first: if it throws, no connection has been ended.
    const [pending, open] = [this.#pending.connections, this.#open.connections].map((connections) =>
      connections.filter((connection) => concerns(predicate, connection)),
    ) as [Connection[], Connection[]]
    // Clients that reconnect go through `authorize` again.
    this.authorizations.clear()
    for (const connection of pending) {
      connection.refused = code
      this.#pending.decide(connection, { ok: false, code, error: undefined })
    }
    for (const connection of open) {
      disqualify(connection, code)
      this.#open.end(connection, code)
    }
    return pending.length + open.length
  }

  clock(): number {
    return this.#settings.clock()
  }

  /** Verifies an open connection again if its verdict may have changed. Returns why it must end. */
  judge(connection: Connection, { now, snapshots }: SliceContext): GateCode | undefined {
    const { domain, approval, refused } = connection
    if (refused !== undefined || domain === undefined || approval === undefined) return refused
    const snapshot = snapshots.get(domain)
    if (snapshot !== undefined && holdsForConnection(approval, snapshot, now)) return undefined
    const code = snapshot === undefined ? 'internal_error' : this.#codeOf(connection, snapshot, now)
    if (code === undefined) return undefined
    if (this.#isFinal(code)) {
      disqualify(connection, code)
      return code
    }
    // Skip it here until something changes, but verify it again at every request.
    if (snapshot !== undefined) connection.approval = { ...approval, epoch: snapshot.epoch, until: Number.NEGATIVE_INFINITY }
    return undefined
  }

  closing(connection: Connection, code: CloseCode): void {
    this.#counters.endConnection(code)
    this.#hooks.closing(connection, code)
  }

  #newConnection(socket: TLSSocket, speaksHttp: boolean): Connection {
    // Node gives false if the client sent no server name, and unchecked bytes if it did.
    const name: unknown = socket.servername
    const serverName = typeof name === 'string' ? domainName(name) : undefined
    const domain = this.#onlyDomain ?? this.#domains?.find(serverName)
    const chain = domain === undefined ? [] : presentedChain(socket, currentStore(domain.rules.truststore).policy)
    return {
      gate: this,
      identity: undefined,
      socket,
      domain,
      chain,
      serverName,
      remoteAddress: addressOf(socket),
      usage: new Usage(speaksHttp),
      approval: undefined,
      refused: undefined,
      closing: undefined,
      client: undefined,
    }
  }

  /** `undefined` while `authorize` is pending. */
  #judgeConnection(connection: Connection, decided: (admission: Admission) => void): Admission | undefined {
    const { domain, chain, socket } = connection
    if (domain === undefined) return this.#refuseConnection(connection, 'unknown_domain', {})
    if (chain.length === 0) return this.#refuseConnection(connection, 'no_certificate', {})
    const now = this.#settings.clock()
    const judged = judge(domain.snapshot(now), chain, now, this.#counters)
    if (!isApproval(judged)) return this.#refuseConnection(connection, judged.verdict.code, detailsOf(judged.verdict))
    connection.approval = judged
    connection.client = identify(connection, judged, undefined)
    const { authorize } = domain.rules
    if (authorize === undefined) return this.#conclude(connection, { ok: true, context: undefined }, false)
    const { client } = connection
    const remembered = this.authorizations.find(client, now)
    if (remembered !== undefined) return this.#conclude(connection, remembered, false)
    if (!this.#pending.hasRoom(socket)) return this.#refuseConnection(connection, 'overloaded', {})
    const remember = this.authorizations.recorder(client, now)
    const controller = new AbortController()
    const answer = callAuthorize(authorize, client, controller.signal)
    if (isDecision(answer)) {
      remember(answer)
      return this.#conclude(connection, answer, false)
    }
    const abort = (): void => controller.abort()
    this.#pending.hold(connection, answer, abort, (decision) => {
      // Unless `disconnect` has decided instead.
      if (connection.refused === undefined) remember(decision)
      decided(this.#conclude(connection, decision, true))
    })
    return undefined
  }

  /** @param hasWaited whether time has passed since the connection was verified */
  #conclude(connection: Connection, decision: Decision, hasWaited: boolean): Admission {
    if (!decision.ok) return this.#refuseConnection(connection, decision.code, { error: decision.error })
    try {
      const lost = this.#renew(connection, hasWaited)
      if (lost !== undefined) return this.#refuseConnection(connection, lost.code, detailsOf(lost))
      const identity = identify(connection, connection.approval!, decision.context)
      connection.client = identity
      connection.identity = identity
      this.#open.add(connection)
      this.#counters.accepted++
      if (identity.purpose === 'server') this.#counters.acceptedInTransition++
      this.#hooks.accepted(identity)
      return { ok: true, identity }
    } catch (error) {
      return this.#refuseConnection(connection, 'internal_error', { error, message: thrownText(error) })
    }
  }

  /** Verifies a connection again before it is accepted, if its verdict may have changed while `authorize` ran. */
  #renew(connection: Connection, waited: boolean): Rejection | undefined {
    const { approval, domain, chain } = connection
    const now = this.#settings.clock()
    const snapshot = domain!.snapshot(now)
    // After a wait, always check revocation again.
    const isOld = waited && snapshot.revocation !== undefined
    if (!isOld && holdsForConnection(approval!, snapshot, now)) return undefined
    const judged = judge(snapshot, chain, now, this.#counters)
    if (!isApproval(judged)) return judged.verdict
    connection.approval = judged
    return undefined
  }

  /** Every host that the request names must belong to the connection's domain. Without a host it could be for any domain. */
  #isOfDomain({ domain }: Connection, authorities: readonly string[], domains: DomainMap<GateDomain>): boolean {
    return authorities.length > 0 && authorities.every((authority) => domains.find(hostOfAuthority(authority)) === domain)
  }

  /**
   * Verifies the connection again if its verdict may have changed. Returns `undefined` if no check was needed. A final rejection
   * applies to the whole connection, any other only to this request.
   */
  #recheck(connection: Connection): Admission | undefined {
    const { approval, domain } = connection
    if (!this.#settings.recheck || approval === undefined || domain === undefined) return undefined
    const now = this.#settings.clock()
    if (holdsForRequest(approval, domain.rules, now)) return undefined
    const rejection = this.#rejudge(connection, domain.snapshot(now), now)
    if (rejection === undefined) return { ok: true, identity: connection.identity! }
    if (this.#isFinal(rejection.code)) disqualify(connection, rejection.code)
    return this.#refuseRequest(connection, rejection.code, detailsOf(rejection))
  }

  /** Renews the verdict on an open connection, or returns the rejection for the caller to act on. */
  #rejudge(connection: Connection, snapshot: TrustSnapshot, now: number): Rejection | undefined {
    this.#counters.rejudged++
    const judged = judge(snapshot, connection.chain, now, this.#counters)
    if (!isApproval(judged)) return judged.verdict
    connection.approval = judged
    connection.client = identify(connection, judged, connection.identity?.context)
    connection.identity = connection.client
    return undefined
  }

  #codeOf(connection: Connection, snapshot: TrustSnapshot, now: number): GateCode | undefined {
    try {
      return this.#rejudge(connection, snapshot, now)?.code
    } catch {
      return 'internal_error'
    }
  }

  /** Whether the rejection is final. An unknown revocation status may become known again. */
  #isFinal(code: GateCode): boolean {
    return this.#settings.onUnknown === 'end' || (code !== 'revocation_unknown' && code !== 'internal_error')
  }

  #refuseConnection(from: Connection | TLSSocket, code: GateCode, details: RejectionDetails): Admission {
    this.#counters.refuseConnection(code)
    const isJudged = 'chain' in from
    if (isJudged) disqualify(from, code)
    this.#hooks.rejected(isJudged ? from : { remoteAddress: addressOf(from) }, code, 'connection', details)
    return { ok: false, code }
  }

  #refuseRequest(connection: Connection | undefined, code: GateCode, details: RejectionDetails): Admission {
    this.#counters.refuseRequest(code)
    this.#hooks.rejected(connection ?? { remoteAddress: undefined }, code, 'request', details)
    return { ok: false, code }
  }
}

/** Names that share a rules object share a domain. */
function gateDomains(domains: NonNullable<MutualTlsOptions['domains']>): readonly (readonly [string, GateDomain])[] {
  const byRules = new Map<DomainRules, GateDomain>()
  return Object.entries(domains).map(([name, rules]) => {
    const domain = byRules.get(rules) ?? new GateDomain(rules)
    byRules.set(rules, domain)
    return [name, domain] as const
  })
}

function identify(connection: Connection, { verdict, store }: Approval, context: ClientIdentity['context']): ClientIdentity {
  const { serverName, remoteAddress } = connection
  return new Client(verdict, store.fingerprint, { serverName, remoteAddress, context })
}

/** Rejects a connection for good: it never gets an identity again. */
function disqualify(connection: Connection, code: GateCode): void {
  connection.refused = code
  connection.identity = undefined
}

function detailsOf(verdict: Rejection): RejectionDetails {
  return { verdict, message: verdict.message }
}

function concerns(predicate: (identity: ClientIdentity) => boolean, { client, refused }: Connection): boolean {
  if (client === undefined || refused !== undefined) return false
  const answer: unknown = predicate(client)
  // A promise would be truthy, whatever it resolves to.
  if (typeof answer !== 'boolean') throw new TypeError('mutualTls: the predicate of disconnect must return a boolean')
  return answer
}

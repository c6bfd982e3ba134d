import type { TLSSocket } from 'node:tls'
import { callSafely } from '../call-safely.ts'
import { thrownText } from '../thrown-text.ts'
import { addressOf } from './address.ts'
import { type GateCode, messageOf } from './codes.ts'
import { askFor, awaitConsent, type Decision, isDecision } from './consent.ts'
import { Tally } from './counters.ts'
import { DomainMap, hostOfAuthority } from './domain.ts'
import { Client, type ClientIdentity, type Standing, setStanding, standingOf } from './identity.ts'
import { type Approval, isSure, judge } from './judge.ts'
import {
  currentStore,
  type DomainRules,
  type GateRejection,
  type GateRules,
  type MutualTlsOptions,
  type Settings,
} from './options.ts'
import { presentedChain } from './peer.ts'

/** What a gate knows of a connection beyond its standing. */
interface Connection extends Standing {
  readonly rules: GateRules | undefined
  readonly chain: readonly Uint8Array[]
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  approval: Approval | undefined
  /** Why it was refused, for good. */
  refused: GateCode | undefined
}

/** Whether a connection or request may come in. */
export type Admission = { readonly ok: true; readonly identity: ClientIdentity } | { readonly ok: false; readonly code: GateCode }

type Why = Partial<Pick<GateRejection, 'message' | 'verdict' | 'error'>>

/** Decides about connections and, on those that are open, about requests. Knows sockets, and nothing of servers. */
export class Admissions {
  private readonly settings: Settings
  private readonly domains: DomainMap<GateRules> | undefined
  private readonly everybody: GateRules | undefined
  private readonly tally = new Tally()

  constructor(options: MutualTlsOptions, settings: Settings) {
    this.settings = settings
    if (options.domains === undefined) this.everybody = options
    else this.domains = new DomainMap<DomainRules>(Object.entries(options.domains), 'mutualTls: options.domains')
  }

  counters(): ReturnType<Tally['snapshot']> {
    return this.tally.snapshot()
  }

  /**
   * Decides about a connection whose handshake has just ended: `decided` is called once, at once or, where `authorize` is
   * waited for, later; never for a connection that has ended in the meantime. Until it was, the connection has no identity.
   */
  admitConnection(socket: TLSSocket, decided: (admission: Admission) => void): void {
    let connection: Connection | undefined
    let admission: Admission | undefined
    try {
      if (socket.isSessionReused()) this.tally.resumed++
      connection = this.connectionOf(socket)
      // What stands already cannot be overwritten: a socket is judged once.
      setStanding(socket, connection)
      admission = this.judgeConnection(socket, connection, decided)
    } catch (error) {
      admission = this.refuseConnection(socket, connection, 'internal_error', { error, message: thrownText(error) })
    }
    // Out here, so that an error of the application does not look like one of the gate.
    if (admission !== undefined) decided(admission)
  }

  /**
   * Decides about a request or HTTP/2 stream, or anything else that has a connection.
   *
   * @param authorities what it says for whom it is: `Host`, `:authority`, the authority of an absolute target
   */
  admitRequest(source: object, authorities: readonly string[]): Admission {
    const standing = standingOf(source)
    const connection = standing?.gate === this ? (standing as Connection) : undefined
    if (connection?.identity === undefined) return this.refuseRequest(connection, connection?.refused ?? 'not_judged', {})
    try {
      const misdirected = this.domains !== undefined && !this.belongs(connection, authorities, this.domains)
      if (misdirected) return this.refuseRequest(connection, 'misdirected_request', {})
      return this.recheck(connection) ?? { ok: true, identity: connection.identity }
    } catch (error) {
      return this.refuseRequest(connection, 'internal_error', { error, message: thrownText(error) })
    }
  }

  private connectionOf(socket: TLSSocket): Connection {
    // Node gives false where the client sent no server name.
    const name: unknown = socket.servername
    const serverName = typeof name === 'string' && name !== '' ? name : undefined
    const rules = this.everybody ?? this.domains?.find(serverName)
    const chain = rules === undefined ? [] : presentedChain(socket, currentStore(rules.truststore).policy)
    return {
      gate: this,
      identity: undefined,
      rules,
      chain,
      serverName,
      remoteAddress: addressOf(socket),
      approval: undefined,
      refused: undefined,
    }
  }

  /** `undefined` where `authorize` is waited for. */
  private judgeConnection(
    socket: TLSSocket,
    connection: Connection,
    decided: (admission: Admission) => void,
  ): Admission | undefined {
    const { rules, chain } = connection
    if (rules === undefined) return this.refuseConnection(socket, connection, 'unknown_domain', {})
    if (chain.length === 0) return this.refuseConnection(socket, connection, 'no_certificate', {})
    const judged = judge(rules, chain, this.settings.clock(), this.tally)
    if (!('until' in judged)) {
      const { verdict } = judged
      return this.refuseConnection(socket, connection, verdict.code, { verdict, message: verdict.message })
    }
    connection.approval = judged
    if (rules.authorize === undefined) return this.conclude(socket, connection, { ok: true, context: undefined })
    if (this.tally.pending >= this.settings.maxPending) return this.refuseConnection(socket, connection, 'overloaded', {})
    const answer = askFor(rules.authorize, identify(connection, judged, undefined))
    if (isDecision(answer)) return this.conclude(socket, connection, answer)
    this.hold(socket, connection, answer, decided)
    return undefined
  }

  /** Nobody reads from the connection while it waits, so that what the client sends stays in TLS and is bounded by it. */
  private hold(
    socket: TLSSocket,
    connection: Connection,
    answer: Promise<unknown>,
    decided: (admission: Admission) => void,
  ): void {
    this.tally.pending++
    // An error that nobody listens for would end the process.
    const ignore = (): void => undefined
    socket.on('error', ignore)
    awaitConsent(answer, this.settings.authorizeTimeoutMs, (decision) => {
      this.tally.pending--
      if (socket.destroyed) return
      decided(this.conclude(socket, connection, decision))
      socket.off('error', ignore)
    })
  }

  private conclude(socket: TLSSocket, connection: Connection, decision: Decision): Admission {
    const { approval } = connection
    if (!decision.ok || approval === undefined) {
      const { code, error } = decision.ok ? { code: 'internal_error' as const, error: undefined } : decision
      return this.refuseConnection(socket, connection, code, { error })
    }
    this.tally.accepted++
    connection.identity = identify(connection, approval, decision.context)
    return { ok: true, identity: connection.identity }
  }

  /** Every name must lead to the connection's own domain; a request that names nobody could be for anybody. */
  private belongs({ rules }: Connection, authorities: readonly string[], domains: DomainMap<GateRules>): boolean {
    return authorities.length > 0 && authorities.every((authority) => domains.find(hostOfAuthority(authority)) === rules)
  }

  /** `undefined`: nothing has changed, or judging anew has the same result. A connection that was refused stays refused. */
  private recheck(connection: Connection): Admission | undefined {
    const { approval, rules, chain, identity } = connection
    if (!this.settings.recheck || approval === undefined || rules === undefined) return undefined
    const now = this.settings.clock()
    if (isSure(approval, rules, now)) return undefined
    this.tally.rejudged++
    // Should it throw, the connection must not keep what it has.
    connection.identity = undefined
    const judged = judge(rules, chain, now, this.tally)
    if (!('until' in judged)) {
      const { verdict } = judged
      connection.refused = verdict.code
      return this.refuseRequest(connection, verdict.code, { verdict, message: verdict.message })
    }
    connection.approval = judged
    connection.identity = identify(connection, judged, identity?.context)
    return { ok: true, identity: connection.identity }
  }

  private refuseConnection(socket: TLSSocket, connection: Connection | undefined, code: GateCode, why: Why): Admission {
    this.tally.refuseConnection(code)
    if (connection !== undefined) connection.refused = code
    this.tell(connection ?? { serverName: undefined, remoteAddress: addressOf(socket) }, code, 'connection', why)
    return { ok: false, code }
  }

  private refuseRequest(connection: Connection | undefined, code: GateCode, why: Why): Admission {
    this.tally.refuseRequest(code)
    this.tell(connection ?? { serverName: undefined, remoteAddress: undefined }, code, 'request', why)
    return { ok: false, code }
  }

  private tell(
    { serverName, remoteAddress }: Pick<GateRejection, 'serverName' | 'remoteAddress'>,
    code: GateCode,
    refused: GateRejection['refused'],
    { message = messageOf(code), verdict, error }: Why,
  ): void {
    const { onReject } = this.settings
    if (onReject === undefined) return
    const rejection = { code, message, refused, verdict, error, serverName, remoteAddress }
    callSafely(onReject, rejection, 'onReject of mutualTls', 'MutualTlsWarning')
  }
}

function identify(connection: Connection, { verdict, store }: Approval, context: ClientIdentity['context']): ClientIdentity {
  const { serverName, remoteAddress } = connection
  return new Client(verdict, store.fingerprint, { serverName, remoteAddress, context })
}

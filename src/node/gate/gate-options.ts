import type { SecureContextOptions, SecureVersion } from 'node:tls'
import type { RevocationRequest } from '../../path/revocation/revocation-check.ts'
import type { Verdict } from '../../path/verify.ts'
import { type RevocationCheck, readRevocation } from '../../path/verify-options.ts'
import { member, type NoFields, readFields } from '../../policy/fields.ts'
import { type Truststore, TruststoreView } from '../../truststore/store.ts'
import { booleanOption, numberOption } from '../source/source-options.ts'
import { type AddressLimits, type ClientAddress, type Limits, readLimits } from './allowances.ts'
import type { AdvertisedAuthorities } from './authorities.ts'
import { type ClientPurpose, fixedPurpose } from './client-purpose.ts'
import type { ClientIdentity } from './identity.ts'
import type { CloseCode, GateCode } from './refuse.ts'

/** A truststore, or an object with the current one, such as the source of `fileTruststore` or `urlTruststore`. */
export type TruststoreLike = Truststore | { readonly current: Truststore }

/** The rules that clients are verified by. */
export interface GateRules {
  /** With a source, each connection is verified by the version in force at that moment. */
  readonly truststore: TruststoreLike
  /** Called once per connection, after its certificate was accepted. Anything but explicit consent rejects the client. */
  readonly authorize?: Authorize
  /** The lists, or a function that returns the current ones. Absent: revocation is not checked. */
  readonly revocation?: RevocationCheck | (() => RevocationCheck)
  /**
   * `client`, or a transition that also accepts, until a date, clients whose certificates allow only server authentication.
   * Default `client`.
   */
  readonly purpose?: ClientPurpose
}

/** A domain with its own truststore and, optionally, its own server certificate. */
export interface DomainRules extends GateRules {
  /** PEM, as `tls.createSecureContext` takes it. Absent: the server's key and certificate. */
  readonly key?: SecureContextOptions['key']
  readonly cert?: SecureContextOptions['cert']
}

/**
 * Decides whether a client with a valid certificate is accepted. The signal is aborted when the answer is no longer needed:
 * the client has disconnected, `authorizeTimeoutMs` has passed, or `disconnect` has decided.
 */
export type Authorize = (identity: ClientIdentity, signal: AbortSignal) => Consent | PromiseLike<Consent>

/**
 * `true`, or the response format of a Lambda authorizer; its `context` becomes the identity's. Anything else rejects the
 * client.
 */
export type Consent = boolean | { readonly isAuthorized: boolean; readonly context?: Readonly<Record<string, unknown>> }

/** A rejection with all its details, for logs. The client only receives the code. */
export interface GateRejection {
  readonly code: GateCode
  /** Includes the offending values. */
  readonly message: string
  /** Whether a connection is rejected, or a request on an accepted connection. */
  readonly refused: 'connection' | 'request'
  /** The client, if its certificate was accepted: `authorize` denied it, or it was accepted before. */
  readonly identity: ClientIdentity | undefined
  /** The last result of `verifyChain`: a rejection, or an acceptance if the client is rejected for another reason. */
  readonly verdict: Verdict | undefined
  /**
   * For `authorizer_failed` and `internal_error`, the exception. For `not_authorized`, a TypeError if `authorize` returned an
   * invalid answer.
   */
  readonly error: unknown
  /** A DNS name in lower case. `undefined` if the client sent no valid one. */
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
}

/** Settings of a gate that do not depend on the truststore. */
export interface GateSettings extends ConnectionSettings {
  /** Called for every rejection. An exception becomes a process warning. */
  readonly onReject?: (rejection: GateRejection) => unknown
  /** Default `TLSv1.2`. */
  readonly minVersion?: Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>
  /** `answer` (default): rejected clients of HTTP servers get a status and `{code, message}`. `close`: they get nothing. */
  readonly refusal?: 'answer' | 'close'
  /**
   * Verify an open connection again when a request arrives and the verdict may be outdated: the truststore was swapped, a
   * certificate of the path has expired, or, with revocation, a second has passed. Default true.
   */
  readonly recheck?: boolean
  /**
   * Let clients resume TLS sessions. A session does not keep presented intermediates nor, in TLS 1.2, the domain. Default
   * true, unless the gate needs what a session loses: false with `intermediates: 'presented'`, and with `domains` below TLS
   * 1.3. Setting true in these cases is a TypeError.
   */
  readonly resumption?: boolean
  /** How long a connection waits for `authorize`, in milliseconds. Default 5,000. */
  readonly authorizeTimeoutMs?: number
  /** How many connections may wait for `authorize`. Others are rejected as `overloaded`. Default 1,000. */
  readonly maxPending?: number
  /**
   * How many of them may come from one address, unless it is in `limits.exempt`. Default half of `maxPending`, but at least
   * 2.
   */
  readonly maxPendingPerAddress?: number
  /**
   * How long answers of `authorize` are remembered, in milliseconds. An answer only applies to the same certificate, server
   * name and truststore version, and certificates are still verified each time. Default 0: not at all.
   */
  readonly authorizeTtlMs?: number
  /** How many answers are remembered; the oldest are dropped first. Default 10,000. */
  readonly maxRemembered?: number
  /** How long a handshake may take, in milliseconds. Default 10,000. */
  readonly handshakeTimeoutMs?: number
  /** Returns the time to verify at, in milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number
  /** Limits per address. Connections beyond them are closed before TLS begins. False: no limits. */
  readonly limits?: AddressLimits | false
  /**
   * Returns the client's IP address for limits, identities and logs, for example behind load balancers that use the PROXY
   * protocol. It receives the socket below TLS. If it throws or returns anything but an IP address, the connection is closed.
   */
  readonly clientAddress?: ClientAddress
  /**
   * Advertise the names of the accepted CAs in the handshake, so that clients with several certificates can choose. The names
   * follow the truststore version in force. Default false.
   */
  readonly advertiseAuthorities?: boolean
  /** Called with the names and whether they are sent. Default: a process warning if they cannot be sent. */
  readonly onAdvertise?: (authorities: AdvertisedAuthorities) => unknown
}

/** Either one truststore for everyone, or `domains`: by exact name or wildcard such as `*.example.com`. */
export type MutualTlsOptions = GateSettings & ((GateRules & { readonly domains?: undefined }) | DomainsOnly)

interface DomainsOnly {
  readonly domains: Readonly<Record<string, DomainRules>>
  readonly truststore?: undefined
  readonly authorize?: undefined
  readonly revocation?: undefined
  readonly purpose?: undefined
}

type Listener = 'onAccept' | 'onReject' | 'onClose' | 'onAdvertise'

/** Has every field, so that a missing one is not read from a prototype. */
type Listeners = { readonly [Name in Listener]: GateSettings[Name] | undefined }

/** The settings with their defaults applied. */
export type Settings = Required<Omit<GateSettings, Listener | 'limits' | 'clientAddress'>> &
  Listeners & {
    readonly limits: Limits | undefined
    readonly clientAddress: ClientAddress | undefined
  }

const noRules: NoFields<GateRules> = {
  truststore: undefined,
  authorize: undefined,
  revocation: undefined,
  purpose: undefined,
}
const noDomain: NoFields<DomainRules> = { ...noRules, key: undefined, cert: undefined }
const noOptions: NoFields<GateSettings & GateRules & Pick<DomainsOnly, 'domains'>> = {
  ...noRules,
  domains: undefined,
  onAccept: undefined,
  onReject: undefined,
  onClose: undefined,
  onChange: undefined,
  onUnknown: undefined,
  maxConnectionAgeMs: undefined,
  endTimeoutMs: undefined,
  endsPerSecond: undefined,
  minVersion: undefined,
  refusal: undefined,
  recheck: undefined,
  resumption: undefined,
  authorizeTimeoutMs: undefined,
  maxPending: undefined,
  maxPendingPerAddress: undefined,
  authorizeTtlMs: undefined,
  maxRemembered: undefined,
  handshakeTimeoutMs: undefined,
  clock: undefined,
  limits: undefined,
  clientAddress: undefined,
  advertiseAuthorities: undefined,
  onAdvertise: undefined,
}

const label = 'mutualTls'
const longestDelay = 2 ** 31 - 1

/**
 * Copies the own fields of the options and of each domain.
 *
 * @throws TypeError that names the option
 */
export function ownOptions(options: MutualTlsOptions): MutualTlsOptions {
  const given = readFields<GateSettings & GateRules & Pick<DomainsOnly, 'domains'>>(`${label}: options`, options, noOptions)
  if (given.domains === undefined) return given as MutualTlsOptions
  const domains = Object.entries(given.domains).map(([name, rules]) => {
    return [name, readFields<DomainRules>(`${label}: options.domains[${name}]`, rules, noDomain)]
  })
  return { ...given, domains: Object.fromEntries(domains) } as MutualTlsOptions
}

/**
 * @param options as returned by `ownOptions`
 * @throws TypeError that names the option
 */
export function readGateOptions(options: MutualTlsOptions): Settings {
  if ((options.truststore === undefined) === (options.domains === undefined))
    throw new TypeError(`${label}: options must have either truststore or domains`)
  if (options.domains === undefined) readRules(`${label}: options`, options)
  else {
    if (options.authorize !== undefined || options.revocation !== undefined || options.purpose !== undefined)
      throw new TypeError(`${label}: with options.domains, authorize, revocation and purpose belong to each domain`)
    for (const [name, rules] of Object.entries(options.domains)) {
      readRules(`${label}: options.domains[${name}]`, rules)
      if ((rules.key === undefined) !== (rules.cert === undefined))
        throw new TypeError(`${label}: options.domains[${name}] must have both key and cert, or neither`)
    }
  }
  const minVersion = choice('minVersion', options.minVersion, ['TLSv1.2', 'TLSv1.3'])
  const recheck = booleanOption(label, 'recheck', options.recheck, true)
  const number = (name: NumberName, otherwise: number, least: number, most: number): number =>
    numberOption(label, name, options[name], otherwise, least, most)
  const maxPending = number('maxPending', 1000, 0, 1_000_000)
  return {
    ...listenersOf(options),
    onChange: choice('onChange', options.onChange, recheck ? ['end', 'keep'] : ['keep', 'end']),
    onUnknown: choice('onUnknown', options.onUnknown, ['keep', 'end']),
    maxConnectionAgeMs: number('maxConnectionAgeMs', Infinity, 1, Infinity),
    endTimeoutMs: number('endTimeoutMs', 5000, 0, longestDelay),
    endsPerSecond: number('endsPerSecond', 500, 1, 1_000_000),
    minVersion,
    refusal: choice('refusal', options.refusal, ['answer', 'close']),
    recheck,
    resumption: readResumption(options, minVersion),
    authorizeTimeoutMs: number('authorizeTimeoutMs', 5000, 1, longestDelay),
    maxPending,
    maxPendingPerAddress: number('maxPendingPerAddress', Math.max(2, Math.ceil(maxPending / 2)), 1, 1_000_000),
    authorizeTtlMs: number('authorizeTtlMs', 0, 0, Infinity),
    maxRemembered: number('maxRemembered', 10_000, 1, 10_000_000),
    handshakeTimeoutMs: number('handshakeTimeoutMs', 10_000, 1, longestDelay),
    clock: callable('clock', options.clock) ?? Date.now,
    limits: readLimits(label, options.limits),
    clientAddress: callable('clientAddress', options.clientAddress),
    advertiseAuthorities: booleanOption(label, 'advertiseAuthorities', options.advertiseAuthorities, false),
  }
}

type NumberName = {
  [Name in keyof GateSettings]-?: GateSettings[Name] extends number | undefined ? Name : never
}[keyof GateSettings]

function listenersOf(options: MutualTlsOptions): Listeners {
  return {
    onAccept: callable('onAccept', options.onAccept),
    onReject: callable('onReject', options.onReject),
    onClose: callable('onClose', options.onClose),
    onAdvertise: callable('onAdvertise', options.onAdvertise),
  }
}

/** The truststore in force now. */
export function currentStore(truststore: TruststoreLike, of = `${label}: options`): Truststore {
  const store = truststore instanceof TruststoreView ? truststore : member(truststore, 'current')
  if (store instanceof TruststoreView) return store
  const problem = 'must be a Truststore made by buildTruststore, or a source of one'
  throw new TypeError(`${of}.truststore ${problem}${isPromise(truststore) ? '; got a Promise, await it' : ''}`)
}

function readRules(path: string, { truststore, authorize, revocation, purpose }: GateRules): void {
  if (typeof truststore !== 'object' || truststore === null)
    throw new TypeError(`${path}.truststore must be a Truststore or a source`)
  currentStore(truststore, path)
  if (authorize !== undefined && typeof authorize !== 'function') throw new TypeError(`${path}.authorize must be a function`)
  if (revocation !== undefined && typeof revocation !== 'function') requireRevocation(revocation, `${path}.revocation`)
  fixedPurpose(purpose, `${path}.purpose`)
}

/**
 * Validates a check as `verifyChain` does.
 *
 * @throws TypeError for a check that `verifyChain` would reject
 */
export function requireRevocation(check: unknown, label: string): RevocationRequest {
  if (isPromise(check)) throw new TypeError(`${label} must be a RevocationCheck, got a Promise: fetch the lists beforehand`)
  return readRevocation(check, label)
}

function isPromise(value: unknown): boolean {
  return typeof member(value, 'then') === 'function'
}

function readResumption(options: MutualTlsOptions, minVersion: SecureVersion): boolean {
  const rules: readonly GateRules[] = options.domains === undefined ? [options] : Object.values(options.domains)
  const loses = rules.some(({ truststore }) => currentStore(truststore).policy.intermediates === 'presented')
    ? "the presented intermediates (policy.intermediates is 'presented')"
    : options.domains !== undefined && minVersion !== 'TLSv1.3'
      ? "the domain in TLS 1.2 (minVersion: 'TLSv1.3' keeps it)"
      : undefined
  const resumption = booleanOption(label, 'resumption', options.resumption, loses === undefined)
  if (resumption && loses !== undefined)
    throw new TypeError(`${label}: options.resumption cannot be true: a session loses ${loses}`)
  return resumption
}

function callable<Value>(name: string, value: Value): Value {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${label}: options.${name} must be a function`)
  return value
}

function choice<Choice extends string>(name: string, value: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
  if (value === undefined) return choices[0]
  if (choices.includes(value as Choice)) return value as Choice
  throw new TypeError(`${label}: options.${name} must be one of ${choices.join(', ')}, got ${String(value)}`)
}

/** How long accepted connections last, and hooks for them. */
export interface ConnectionSettings {
  /** Called for every accepted connection, before the application sees it. An exception becomes a process warning. */
  readonly onAccept?: (identity: ClientIdentity) => unknown
  /** Called when the gate begins to end an accepted connection. An exception becomes a process warning. */
  readonly onClose?: (identity: ClientIdentity, code: CloseCode) => unknown
  /**
   * What happens to an open connection whose certificate is no longer accepted: it was revoked, it expired, or its CA was
   * removed. `end` (default, unless `recheck` is false) ends it within about a second. `keep` leaves it open; with `recheck`,
   * its requests are rejected.
   */
  readonly onChange?: 'end' | 'keep'
  /**
   * What happens to an open connection whose status is unknown: a revocation list went stale (`revocation_unknown`), or the
   * gate's own configuration fails (`internal_error`). `keep` (default) leaves it open, and rejects its requests until the
   * status is known again. A stale list says nothing about the client, and ending on it would drop every client one second
   * after nextUpdate. `end` ends it like a revoked one.
   */
  readonly onUnknown?: 'end' | 'keep'
  /** Connections older than this many milliseconds are ended, even if their certificate is still valid. Default Infinity. */
  readonly maxConnectionAgeMs?: number
  /**
   * How long HTTP responses and streams in progress may continue on a connection that is ending, in milliseconds. Default
   * 5,000. Plain TLS and upgraded connections end at once.
   */
  readonly endTimeoutMs?: number
  /** How many connections are ended per second, so that not all clients reconnect at once. Default 500. */
  readonly endsPerSecond?: number
}

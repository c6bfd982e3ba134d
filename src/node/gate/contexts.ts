import { emitWarning } from 'node:process'
import { createSecureContext, type SecureContext, type SecureContextOptions, type Server } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import type { Truststore } from '../../truststore/store.ts'
import { callSafely, thrownText } from '../safely.ts'
import { type AdvertisedAuthorities, authoritiesOf, maxAuthorityBytes } from './authorities.ts'
import { DomainMap } from './domain.ts'
import { currentStore, type DomainRules, type GateRules, type MutualTlsOptions, type Settings } from './gate-options.ts'
import {
  contextOptionsOf,
  requireCredentials,
  type ServerCredentials,
  type TlsRequirements,
  withCredentials,
  withTlsRequirements,
} from './server-identity.ts'

/** A server whose secure context the gate manages. */
interface ManagedServer {
  options: SecureContextOptions
  /** The truststore whose CA names it advertises. */
  store: Truststore | undefined
  readonly set: (options: SecureContextOptions) => void
}

interface DomainContext {
  readonly name: string
  readonly rules: DomainRules
  credentials: ServerCredentials | undefined
  /** Created on first use, from the options of its server. */
  context: SecureContext | undefined
  store: Truststore | undefined
}

type Advertising = Pick<Settings, 'advertiseAuthorities' | 'onAdvertise'>

/** The secure contexts of a gate's servers and domains. Replacing them keeps the gate's TLS requirements. */
export class Contexts {
  /** The option `ca` that a server is created with. */
  readonly ca: string[]
  readonly #requirements: TlsRequirements
  readonly #rules: GateRules | undefined
  readonly #domains: readonly DomainContext[]
  readonly #byName: DomainMap<DomainContext> | undefined
  readonly #advertises: boolean
  readonly #onAdvertise: Advertising['onAdvertise']
  readonly #reported = new Map<string | undefined, string>()
  readonly #servers = new Map<Server, ManagedServer>()
  readonly #firstStore: Truststore | undefined
  /** The options of the servers, if the gate has domains. */
  #base: SecureContextOptions = {}

  constructor(options: MutualTlsOptions, requirements: TlsRequirements, { advertiseAuthorities, onAdvertise }: Advertising) {
    this.#requirements = requirements
    this.#advertises = advertiseAuthorities
    this.#onAdvertise = onAdvertise
    this.#rules = options.domains === undefined ? options : undefined
    this.#domains = Object.entries(options.domains ?? {}).map(([name, rules]) => newDomain(name, rules))
    if (options.domains !== undefined)
      this.#byName = new DomainMap(
        this.#domains.map((domain) => [domain.name, domain] as const),
        'mutualTls: options.domains',
      )
    this.#firstStore = this.#rules === undefined ? undefined : currentStore(this.#rules.truststore)
    this.ca = this.#firstStore === undefined ? [] : this.#authorities(this.#firstStore)
    for (const { name, rules } of this.#domains) this.#authorities(currentStore(rules.truststore), name)
  }

  /** The context of a domain. `undefined`: use the server's own. */
  find(serverName: string): SecureContext | undefined {
    const domain = this.#byName?.find(serverName)
    if (domain === undefined || (domain.credentials === undefined && !this.#advertises)) return undefined
    const store = this.#advertises ? storeNow(domain.rules, domain.store) : undefined
    if (domain.context === undefined || store !== domain.store) {
      const { credentials, name } = domain
      const options = credentials === undefined ? this.#base : withCredentials(this.#base, credentials)
      const ca = store === undefined ? options.ca : this.#authorities(store, name)
      domain.context = createSecureContext(withTlsRequirements({ ...options, ca }, this.#requirements))
      domain.store = store
    }
    return domain.context
  }

  /** @throws TypeError for a server that requests no client certificates, or lets TLS verify them */
  adopt(server: Server): void {
    // Some runtimes' servers lack these two properties. A server that requests no client certificates is then noticed at its first
    // connection, which is rejected as `no_certificate`.
    if (Reflect.get(server, 'requestCert') === false || Reflect.get(server, 'rejectUnauthorized') === true)
      throw new TypeError('mutualTls: protect needs a server made with gate.tlsOptions: { ...credentials, ...gate.tlsOptions }')
    const { setSecureContext, addContext } = server
    // Deno's servers keep the context that they were created with.
    if (typeof setSecureContext !== 'function') return
    const options = contextOptionsOf(server)
    this.#requireSameAsOthers(options)
    const managed: ManagedServer = {
      options,
      store: options.ca === this.ca ? this.#firstStore : undefined,
      set: (changed) => void Reflect.apply(setSecureContext, server, [changed]),
    }
    this.#servers.set(server, managed)
    this.#rebase(options)
    override(server, 'setSecureContext', (given: SecureContextOptions) => this.#set(managed, given))
    override(server, 'addContext', (name: string, given: SecureContextOptions) => {
      if ('context' in given)
        throw new TypeError('mutualTls: addContext needs options, not a SecureContext, whose settings cannot be checked')
      if (this.#byName !== undefined) this.replace(given, name)
      else Reflect.apply(addContext, server, [name, withTlsRequirements(given, this.#requirements)])
    })
  }

  /** Runs before each handshake: a swapped truststore may have other CA names. */
  refresh(server: Server): void {
    const managed = this.#servers.get(server)
    if (!this.#advertises || this.#rules === undefined || managed === undefined) return
    const store = storeNow(this.#rules, managed.store)
    if (store === managed.store) return
    managed.store = store
    try {
      this.#set(managed, managed.options)
    } catch (error) {
      // This must not end the process. The old names do no harm: they decide nothing.
      emitWarning(`the advertised CA names could not be updated: ${thrownText(error)}`, 'MutualTlsWarning')
    }
  }

  /** @throws what `requireCredentials` throws, and a TypeError for an unknown domain. Nothing changes then */
  replace(credentials: ServerCredentials, name: string | undefined): void {
    requireCredentials('mutualTls: credentials', credentials)
    if (name !== undefined) {
      const domain = this.#domains.find((candidate) => candidate.name === name)
      if (domain === undefined) throw new TypeError(`mutualTls: ${String(name)} is not in options.domains`)
      domain.credentials = { ...credentials }
      domain.context = undefined
      return
    }
    if (this.#servers.size === 0) throw new TypeError('mutualTls: replaceCredentials needs a server; call protect first')
    for (const managed of this.#servers.values()) this.#set(managed, withCredentials(managed.options, credentials))
  }

  #set(managed: ManagedServer, given: SecureContextOptions): void {
    const store = this.#rules === undefined || !this.#advertises ? undefined : storeNow(this.#rules, managed.store)
    const options = withTlsRequirements(
      store === undefined ? given : { ...given, ca: this.#authorities(store) },
      this.#requirements,
    )
    managed.set(options)
    managed.options = options
    managed.store = store
    this.#rebase(options)
  }

  #rebase(options: SecureContextOptions): void {
    this.#base = options
    for (const domain of this.#domains) domain.context = undefined
  }

  /** A domain has one context for all servers, because the SNI callback does not know which server it serves. */
  #requireSameAsOthers(options: SecureContextOptions): void {
    if (this.#byName === undefined || this.#servers.size === 0) return
    const compared = (some: SecureContextOptions): object => (this.#advertises ? some : withCredentials(some, {}))
    if (!isDeepStrictEqual(compared(options), compared(this.#base)))
      throw new TypeError('mutualTls: with options.domains, all servers of a gate must have the same TLS options')
  }

  /** PEM for Node's option `ca`, from which TLS sends the names. */
  #authorities(store: Truststore, domain?: string): string[] {
    if (!this.#advertises) return []
    const { report, ca } = authoritiesOf(store, domain)
    if (this.#reported.get(domain) !== report.truststoreVersion) {
      this.#reported.set(domain, report.truststoreVersion)
      reportAuthorities(this.#onAdvertise, report)
    }
    return ca
  }
}

function newDomain(name: string, rules: DomainRules): DomainContext {
  const { key, cert } = rules
  const credentials = key === undefined ? undefined : { key, ...(cert !== undefined && { cert }) }
  if (credentials !== undefined) requireCredentials(`mutualTls: options.domains[${name}]`, credentials)
  return { name, rules, credentials, context: undefined, store: undefined }
}

/** If the source fails now, the gate rejects the connection after the handshake. */
function storeNow({ truststore }: GateRules, otherwise: Truststore | undefined): Truststore | undefined {
  try {
    return currentStore(truststore)
  } catch {
    return otherwise
  }
}

function reportAuthorities(onAdvertise: Advertising['onAdvertise'], report: AdvertisedAuthorities): void {
  if (onAdvertise !== undefined) callSafely(onAdvertise, report, 'onAdvertise of mutualTls', 'MutualTlsWarning')
  else if (report.sent === 'too_long')
    emitWarning(
      `no CA names are advertised: ${report.names} names take ${report.bytes} bytes, the limit is ${maxAuthorityBytes}`,
      'MutualTlsWarning',
    )
  else if (report.sent === 'incomplete')
    emitWarning('no CA names are advertised: the truststore lists a certificate without its issuer', 'MutualTlsWarning')
}

function override(server: Server, name: 'setSecureContext' | 'addContext', value: (...args: never[]) => void): void {
  Object.defineProperty(server, name, { value, configurable: true, writable: true })
}

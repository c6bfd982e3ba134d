import {
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
  type SecureVersion,
} from 'node:tls'
import { verifyChain } from '../../path/verify.ts'
import type { VerifyOptions } from '../../path/verify-options.ts'
import { type NoFields, own, readFields } from '../../policy/fields.ts'
import { thrownText } from '../safely.ts'
import { currentStore, type TruststoreLike } from './gate-options.ts'
import type { GateCode } from './refuse.ts'

/** The options of `verifyChain`, without the name, which Node supplies. */
export type ServerIdentityOptions = Omit<VerifyOptions, 'serverName'>

/**
 * Why a server is rejected.
 *
 * @example
 * socket.on('error', (error) => {
 *   if (error instanceof ServerIdentityError) console.error(error.code, error.host)
 * })
 */
export class ServerIdentityError extends Error {
  readonly code: GateCode
  /** The name or address that the client connected to. */
  readonly host: string

  constructor(code: GateCode, message: string, host: string) {
    super(message)
    this.name = 'ServerIdentityError'
    this.code = code
    this.host = host
  }
}

const noOptions: NoFields<ServerIdentityOptions> = {
  at: undefined,
  purpose: undefined,
  revocation: undefined,
  certificatePolicies: undefined,
}

/** More than any real chain has. The policy's budget sets the actual limit. */
const mostCertificates = 64

/**
 * For clients: a `checkServerIdentity` that verifies the server's chain and name against a truststore, usually with the
 * policy `profiles.webServer`. Node calls it only after OpenSSL has accepted the chain, so give OpenSSL the same CAs. Node
 * does not call it for resumed sessions: disable them (`maxCachedSessions: 0` of an Agent) if a swapped truststore must take
 * effect at once.
 *
 * @param truststore or a source of one; each connection uses the version in force at that moment
 * @returns a function that returns an Error with `code`, or `undefined` if the server is accepted. It never throws
 * @throws TypeError for unknown options and invalid truststores
 * @example
 * const ca = store.certificates.map((certificate) => certificate.toPem())
 * const options = { ca, checkServerIdentity: portcullisServerIdentity(store) }
 */
export function portcullisServerIdentity(
  truststore: TruststoreLike,
  options: ServerIdentityOptions = {},
): (host: string, certificate: PeerCertificate) => ServerIdentityError | undefined {
  const given = readFields<ServerIdentityOptions>('portcullisServerIdentity: options', options, noOptions)
  const { purpose = 'server', ...rest } = given
  const fixed = { ...rest, purpose } as VerifyOptions
  if (typeof truststore !== 'object' || truststore === null)
    throw new TypeError('portcullisServerIdentity: truststore must be a Truststore or a source')
  // Report invalid options now and not at the first connection.
  verifyChain(currentStore(truststore, 'portcullisServerIdentity'), [], fixed)
  return (host, certificate) => {
    try {
      const store = currentStore(truststore, 'portcullisServerIdentity')
      const verdict = verifyChain(store, chainOf(certificate), { ...fixed, serverName: host })
      return verdict.ok ? undefined : new ServerIdentityError(verdict.code, verdict.message, host)
    } catch (error) {
      // Nothing would catch an exception here, so reject the server.
      return new ServerIdentityError('internal_error', `the server could not be verified: ${thrownText(error)}`, host)
    }
  }
}

/** Node links the chain by `issuerCertificate`, and a self-signed certificate to itself. */
function chainOf(leaf: PeerCertificate): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const seen = new Set<unknown>()
  let certificate: unknown = leaf
  for (let raw = own(leaf, 'raw'); raw !== undefined && !seen.has(certificate) && chain.length < mostCertificates; ) {
    seen.add(certificate)
    chain.push(raw as Uint8Array)
    certificate = own(certificate, 'issuerCertificate')
    raw = own(certificate, 'raw')
  }
  return chain
}

/** A server's key and certificate: PEM, or PKCS#12, as `tls.createSecureContext` takes it. */
export type ServerCredentials = Pick<SecureContextOptions, 'key' | 'cert' | 'pfx' | 'passphrase'>

/** The gate's requirements for every secure context. */
export interface TlsRequirements {
  readonly minVersion: SecureVersion
  readonly secureOptions: number
}

const noCredentials: NoFields<ServerCredentials> = { key: undefined, cert: undefined, pfx: undefined, passphrase: undefined }

/** The options of a context. Node's servers store them in properties of the same names. */
const contextFields: readonly (keyof SecureContextOptions)[] = [
  'key',
  'cert',
  'pfx',
  'passphrase',
  'ca',
  'ciphers',
  'clientCertEngine',
  'crl',
  'dhparam',
  'ecdhCurve',
  'honorCipherOrder',
  'maxVersion',
  'minVersion',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'secureOptions',
  'secureProtocol',
  'sessionIdContext',
  'sessionTimeout',
  'sigalgs',
  'ticketKeys',
]

/** The context options that a server was created with. */
export function contextOptionsOf(server: object): SecureContextOptions {
  const values = contextFields.map((name) => [name, Reflect.get(server, name)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** The same options with other credentials. */
export function withCredentials(options: SecureContextOptions, credentials: ServerCredentials): SecureContextOptions {
  const { key, cert, pfx, passphrase, privateKeyEngine, privateKeyIdentifier, ...rest } = options
  return { ...rest, ...credentials }
}

/** The same options with the gate's requirements applied. Stricter values stay. */
export function withTlsRequirements(
  options: SecureContextOptions,
  { minVersion, secureOptions }: TlsRequirements,
): SecureContextOptions {
  const isStricter = options.minVersion !== undefined && options.minVersion > minVersion
  return {
    ...options,
    ca: options.ca ?? [],
    minVersion: isStricter ? options.minVersion : minVersion,
    secureOptions: (options.secureOptions ?? 0) | secureOptions,
  }
}

/**
 * Checks credentials before they replace others.
 *
 * @throws TypeError for invalid credentials, and the error of `tls.createSecureContext` for those that it cannot use
 */
export function requireCredentials(label: string, credentials: ServerCredentials): SecureContext {
  const { key, cert, pfx } = readFields<ServerCredentials>(label, credentials, noCredentials)
  if (pfx === undefined && (key === undefined || cert === undefined))
    throw new TypeError(`${label} must have both key and cert, or pfx`)
  return createSecureContext({ ...credentials, ca: [] })
}

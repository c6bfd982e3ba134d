import type { PeerCertificate } from 'node:tls'
import type { VerifyOptions } from '../../path/options.ts'
import { verifyChain } from '../../path/verify.ts'
import { type NoFields, own, readFields } from '../../policy/fields.ts'
import { thrownText } from '../thrown-text.ts'
import type { GateCode } from './codes.ts'
import { currentStore, type TruststoreLike } from './options.ts'

/** Those of `verifyChain`, but for the name, which Node gives. */
export type ServerIdentityOptions = Omit<VerifyOptions, 'serverName'>

/**
 * Why a server is refused.
 *
 * @example
 * socket.on('error', (error) => {
 *   if (error instanceof ServerIdentityError) console.error(error.code, error.host)
 * })
 */
export class ServerIdentityError extends Error {
  readonly code: GateCode
  /** The name or address that the client wanted. */
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

/** More than any chain has; what a policy allows is its budget's. */
const mostCertificates = 64

/**
 * For clients: a `checkServerIdentity` that judges the server's chain and its name by a truststore, usually one with the policy
 * `profiles.webServer`. Node asks it once OpenSSL has found the chain good, so give OpenSSL the same CAs, and not on
 * resumed sessions: switch those off (`maxCachedSessions: 0` of an Agent) where a swapped truststore must count at once.
 *
 * @param truststore or a source of one; the version that serves when a connection is made counts
 * @returns what answers an Error with `code`, or `undefined` for a server that is who it should be; it never throws
 * @throws TypeError for unknown options and what is no truststore
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
  // Wrong options are found here and not at the first connection.
  verifyChain(currentStore(truststore, 'portcullisServerIdentity'), [], fixed)
  return (host, certificate) => {
    try {
      const store = currentStore(truststore, 'portcullisServerIdentity')
      const verdict = verifyChain(store, chainOf(certificate), { ...fixed, serverName: host })
      return verdict.ok ? undefined : new ServerIdentityError(verdict.code, verdict.message, host)
    } catch (error) {
      // An exception here would be nobody's: the answer is no.
      return new ServerIdentityError('internal_error', `the server could not be judged: ${thrownText(error)}`, host)
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

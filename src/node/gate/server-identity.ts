import type { PeerCertificate } from 'node:tls'
import type { VerifyOptions } from '../../path/options.ts'
import { verifyChain } from '../../path/verify.ts'
import { requireFields } from '../../policy/fields.ts'
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

const fields: ReadonlySet<string> = new Set(['at', 'purpose', 'revocation', 'certificatePolicies'])

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
  requireFields('portcullisServerIdentity: options', options, fields)
  if (typeof truststore !== 'object' || truststore === null)
    throw new TypeError('portcullisServerIdentity: truststore must be a Truststore or a source')
  // Wrong options are found here and not at the first connection.
  verifyChain(currentStore(truststore, 'portcullisServerIdentity'), [], options)
  return (host, certificate) => {
    try {
      const store = currentStore(truststore, 'portcullisServerIdentity')
      const verdict = verifyChain(store, chainOf(certificate), { purpose: 'server', ...options, serverName: host })
      return verdict.ok ? undefined : new ServerIdentityError(verdict.code, verdict.message, host)
    } catch (error) {
      // An exception here would be nobody's: the answer is no.
      return new ServerIdentityError('internal_error', `the server could not be judged: ${String(error)}`, host)
    }
  }
}

/** Node links the chain by `issuerCertificate`, and a self-signed certificate to itself. */
function chainOf(leaf: PeerCertificate): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const seen = new Set<object>()
  let certificate: Partial<PeerCertificate & { issuerCertificate: PeerCertificate }> | undefined = leaf
  while (certificate?.raw !== undefined && !seen.has(certificate) && chain.length < mostCertificates) {
    seen.add(certificate)
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  return chain
}

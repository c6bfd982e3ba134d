import { hexOf } from '../../bytes/hex.ts'
import { finish } from '../../bytes/steps.ts'
import { acceptedIssuers } from '../../truststore/issuers.ts'
import type { TrustNode } from '../../truststore/node.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import { carrierOf } from './name-carrier.ts'

/**
 * The most that a list of names may take. TLS allows 65,535 bytes (RFC 8446 4.2.4), but Java's clients refuse handshake
 * messages of more than 32,768, which have other things in them.
 */
export const maxAuthorityBytes = 32_000

/** Which CAs clients are told of in the handshake. */
export interface AdvertisedAuthorities {
  readonly truststoreVersion: string
  /** The domain that they belong to, where there are domains. */
  readonly domain: string | undefined
  readonly names: number
  /** What the list of them takes. */
  readonly bytes: number
  /**
   * `too_long`: of more than 32,000 bytes none are sent. `incomplete`: nor where a certificate is listed whose issuer is
   * not, because a client that has it could not tell that it is accepted.
   */
  readonly sent: true | 'too_long' | 'incomplete'
}

/** The names, as PEM for the option `ca` of Node. */
export interface Authorities {
  readonly report: AdvertisedAuthorities
  readonly ca: string[]
}

/** The names of the CAs whose clients a truststore accepts, each once: all of them or none. */
export function authoritiesOf(truststore: Truststore, domain: string | undefined): Authorities {
  const store = requireTruststore(truststore, 'mutualTls: truststore')
  const issuers = new Set(finish(acceptedIssuers(store)))
  // A client that is listed itself and has issued its own certificate finds its own name.
  const named = new Set(store.nodes.filter((node) => issuers.has(node) || node.certificate.isSelfIssued))
  const names = new Map<string, Uint8Array>()
  for (const { certificate } of named) {
    const { subjectName } = certificate
    names.set(hexOf(subjectName), subjectName.view())
  }
  const bytes = [...names.values()].reduce((sum, name) => sum + 2 + name.length, 0)
  const hasItsName = ({ certificate }: TrustNode): boolean =>
    store.subjects.find(certificate.issuerName).some((issuer) => named.has(issuer))
  const isComplete = store.policy.trust !== 'every-certificate' || store.nodes.every(hasItsName)
  const sent = !isComplete ? 'incomplete' : bytes > maxAuthorityBytes ? 'too_long' : true
  const report = { truststoreVersion: store.fingerprint, domain, names: names.size, bytes, sent } as const
  return { report, ca: sent === true ? [...names.values()].map(carrierOf) : [] }
}

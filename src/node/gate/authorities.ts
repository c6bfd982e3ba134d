import { hexOf } from '../../bytes/encoding.ts'
import { finish } from '../../bytes/steps.ts'
import { acceptedIssuers } from '../../truststore/issuers.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import type { TrustNode } from '../../truststore/trust-graph.ts'
import { carrierOf } from './domain.ts'

/**
 * The largest list of names. TLS allows 65,535 bytes (RFC 8446 4.2.4), but Java clients reject handshake messages over 32,768
 * bytes, and the message holds more than this list.
 */
export const maxAuthorityBytes = 32_000

/** The CAs that the handshake advertises to clients. */
export interface AdvertisedAuthorities {
  readonly truststoreVersion: string
  /** The domain that they belong to, if the gate has domains. */
  readonly domain: string | undefined
  readonly names: number
  /** The size of the list. */
  readonly bytes: number
  /**
   * `too_long`: nothing is sent, because the list exceeds 32,000 bytes. `incomplete`: nothing is sent, because the truststore
   * lists a certificate without its issuer. A client with that certificate could not tell that it is accepted.
   */
  readonly sent: true | 'too_long' | 'incomplete'
}

/** The names, as PEM for Node's option `ca`. */
export interface Authorities {
  readonly report: AdvertisedAuthorities
  readonly ca: string[]
}

/** The names of the CAs whose clients a truststore accepts, without duplicates. Either all of them or none. */
export function authoritiesOf(truststore: Truststore, domain: string | undefined): Authorities {
  const store = requireTruststore(truststore, 'mutualTls: truststore')
  const issuers = new Set(finish(acceptedIssuers(store)))
  // A listed self-issued client certificate looks for its own name.
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

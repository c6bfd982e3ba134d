import { hexOfRange } from '../../bytes/hex.ts'
import { acceptedIssuers } from '../../truststore/issuers.ts'
import type { TrustNode } from '../../truststore/node.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import type { CertificateView } from '../../x509/certificate.ts'

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

/** The names, and the certificates that make Node send them. */
export interface Authorities {
  readonly report: AdvertisedAuthorities
  /** One for each name. */
  readonly certificates: readonly CertificateView[]
}

/** The names of the CAs whose clients a truststore accepts, each once: all of them or none. */
export function authoritiesOf(truststore: Truststore, domain: string | undefined): Authorities {
  const store = requireTruststore(truststore, 'mutualTls: truststore')
  const issuers = new Set(acceptedIssuers(store))
  // A client that is listed itself and has issued its own certificate finds its own name.
  const named = new Set(store.nodes.filter((node) => issuers.has(node) || node.certificate.isSelfIssued))
  const byName = new Map<string, CertificateView>()
  for (const { certificate } of named)
    byName.set(hexOfRange(certificate.bytes, certificate.subjectStart, certificate.subjectEnd), certificate)
  const certificates = [...byName.values()]
  const bytes = certificates.reduce((sum, { subjectStart, subjectEnd }) => sum + 2 + subjectEnd - subjectStart, 0)
  const hasItsName = ({ certificate: { bytes, issuerStart, issuerEnd } }: TrustNode): boolean =>
    store.subjects.find(bytes, issuerStart, issuerEnd).some((issuer) => named.has(issuer))
  const isComplete = store.policy.trust !== 'every-certificate' || store.nodes.every(hasItsName)
  const sent = !isComplete ? 'incomplete' : bytes > maxAuthorityBytes ? 'too_long' : true
  const report = { truststoreVersion: store.fingerprint, domain, names: certificates.length, bytes, sent } as const
  return { report, certificates: sent === true ? certificates : [] }
}

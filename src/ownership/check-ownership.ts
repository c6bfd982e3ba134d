import { excerpt } from '../bytes/encoding.ts'
import { Meter } from '../path/meter.ts'
import { matchesReference, type ReferenceId, readReference, referenceText } from '../path/names/host-name.ts'
import { isoTime, requireTime } from '../policy/fields.ts'
import { profiles } from '../policy/policy.ts'
import type { Certificate, CertificateView } from '../x509/certificate.ts'
import { parseCertificate } from '../x509/parse-certificate.ts'

/** The `domainNameStatus` of an API Gateway custom domain, as far as it depends on its two certificates. */
export type OwnershipStatus = 'AVAILABLE' | 'PENDING_CERTIFICATE_REIMPORT' | 'PENDING_OWNERSHIP_VERIFICATION'

/** A reason why a custom domain is not `AVAILABLE`. */
export interface OwnershipReason {
  readonly code:
    | 'server_certificate_malformed'
    | 'server_certificate_expired'
    | 'server_certificate_not_yet_valid'
    | 'server_name_mismatch'
    | 'server_name_not_owned'
    | 'ownership_certificate_malformed'
    | 'ownership_certificate_expired'
    | 'ownership_certificate_not_yet_valid'
    | 'ownership_name_mismatch'
  /** The problem, with the offending values. */
  readonly message: string
}

/** The result of `checkOwnership`. */
export interface OwnershipReport {
  readonly status: OwnershipStatus
  /** Everything that is wrong, problems of the ownership certificate first. Empty for `AVAILABLE`. */
  readonly reasons: readonly OwnershipReason[]
}

/**
 * Returns the status that API Gateway gives a mutual-TLS custom domain whose server certificate is imported or private. Such
 * a domain needs an ownership verification certificate.
 *
 * - `PENDING_OWNERSHIP_VERIFICATION`: the ownership certificate cannot be read, is not valid at that time, or is not for
 *   the domain.
 * - `PENDING_CERTIFICATE_REIMPORT`: the server certificate cannot be read, is not valid, is not for the domain, or has a
 *   name that the ownership certificate does not cover.
 * - `AVAILABLE`: none of these problems.
 *
 * Names are matched as in `verifyChain` (RFC 9525): only subjectAltName counts, and a wildcard stands for one whole label. A
 * wildcard is only covered by the same wildcard. No signature is checked: whether ACM issued the ownership certificate is for
 * ACM to decide.
 *
 * @param domain the custom domain: a DNS name (IDNs as A-labels), such as `api.example.com` or `*.example.com`
 * @param serverCertificate the certificate that the domain serves, PEM or DER
 * @param ownershipCertificate the `ownershipVerificationCertificate`, PEM or DER
 * @param at Date or milliseconds since the epoch; default now
 * @throws TypeError for arguments of the wrong type and an invalid domain; never for a bad certificate
 * @example
 * const { status, reasons } = checkOwnership('api.example.com', serverPem, ownershipPem)
 * for (const { code, message } of reasons) console.warn(status, code, message)
 */
export function checkOwnership(
  domain: string,
  serverCertificate: Uint8Array | string,
  ownershipCertificate: Uint8Array | string,
  at?: Date | number,
): OwnershipReport {
  const reference = typeof domain === 'string' ? readDomain(domain) : undefined
  if (typeof reference !== 'string') {
    const got = typeof domain === 'string' ? excerpt(domain, 80) : String(domain)
    throw new TypeError(`checkOwnership: domain must be a DNS name of A-labels, got ${got}`)
  }
  const time = requireTime(at, 'checkOwnership: at')
  const server = judge('server', serverCertificate, reference, time)
  const owner = judge('ownership', ownershipCertificate, reference, time)
  if (server.certificate !== undefined && owner.certificate !== undefined) {
    server.reasons.push(...namesNotOwned(server.certificate, owner.certificate))
  }
  const status =
    owner.reasons.length > 0
      ? 'PENDING_OWNERSHIP_VERIFICATION'
      : server.reasons.length > 0
        ? 'PENDING_CERTIFICATE_REIMPORT'
        : 'AVAILABLE'
  return { status, reasons: [...owner.reasons, ...server.reasons] }
}

/** A reference as {@link readReference} reads it, or a wildcard of one. */
function readDomain(name: string): ReferenceId | undefined {
  if (!name.startsWith('*.')) return readReference(name)
  const parent = readReference(name.slice(2))
  return typeof parent === 'string' ? `*.${parent}` : undefined
}

interface Judged {
  readonly certificate: CertificateView | undefined
  readonly reasons: OwnershipReason[]
}

/** The problems of one certificate by itself. */
function judge(role: 'server' | 'ownership', input: Uint8Array | string, domain: ReferenceId, at: number): Judged {
  const parsed = parseCertificate(input)
  if (!parsed.ok) {
    return {
      certificate: undefined,
      reasons: [{ code: `${role}_certificate_malformed`, message: `the ${role} certificate cannot be read: ${parsed.message}` }],
    }
  }
  const certificate = parsed.value as CertificateView
  const reasons: OwnershipReason[] = []
  const { notBeforeTime, notAfterTime } = certificate
  // notAfter names a whole second, all of which is within the validity period (RFC 5280 4.1.2.5).
  if (at >= notAfterTime + 1000) {
    reasons.push({
      code: `${role}_certificate_expired`,
      message: `the ${role} certificate expired on ${isoTime(notAfterTime)}`,
    })
  } else if (at < notBeforeTime) {
    const message = `the ${role} certificate is not valid before ${isoTime(notBeforeTime)}`
    reasons.push({ code: `${role}_certificate_not_yet_valid`, message })
  }
  if (!covers(certificate, domain, newMeter())) {
    const message = `the ${role} certificate is not for ${referenceText(domain)}: subjectAltName has ${listOf(namesOf(certificate))}`
    reasons.push({ code: `${role}_name_mismatch`, message })
  }
  return { certificate, reasons }
}

/** One reason that lists the names of the server certificate that the ownership certificate does not cover. */
function namesNotOwned(server: CertificateView, owner: CertificateView): readonly OwnershipReason[] {
  const meter = newMeter()
  const strange = namesOf(server).filter((name) => {
    const reference = readDomain(name)
    return reference === undefined || !covers(owner, reference, meter)
  })
  if (strange.length === 0) return []
  const message = `the server certificate has names that the ownership certificate does not cover: ${listOf(strange)}`
  return [{ code: 'server_name_not_owned', message }]
}

function covers(certificate: CertificateView, reference: ReferenceId, meter: Meter): boolean {
  return matchesReference(certificate, reference, meter) === true
}

/** If the budget of comparisons runs out, the name counts as not covered. */
function newMeter(): Meter {
  return new Meter(profiles.apiGateway.budget)
}

/** DNS names and addresses: the names that a domain can have. */
function namesOf({ subjectAltNames }: Certificate): readonly string[] {
  return subjectAltNames.flatMap(({ type, value }) => (type === 'dns' || type === 'ip' ? [value] : []))
}

/** The most names that a message lists. */
const listedNames = 10

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'no DNS name or address'
  const more = names.length > listedNames ? ` and ${names.length - listedNames} more` : ''
  return `${names.slice(0, listedNames).join(', ')}${more}`
}

import type { Call, Certificate, Path } from './model.ts'
import { sameKey } from './model.ts'
import { sameName_7_1 } from './names.ts'
import { mayIssue_version1Roots, usable } from './policy-clauses.ts'
import { judge } from './specification.ts'

/** What `diffTruststores` has to say about two lists of certificates, by the same specification as the verdicts. */

/** The usable certificates of the first call that the second does not have. */
export function missing(from: Call, to: Call): readonly Certificate[] {
  const left = usable(to)
  return usable(from).filter(({ serial }) => !left.some((other) => other.serial === serial))
}

/** `renewed`: same subject and key, and both are CAs for their truststore or neither is. */
export function isRenewal(from: Call, before: Certificate, to: Call, after: Certificate): boolean {
  return isSameIssuer(before, after) && isCa(from, before) === isCa(to, after)
}

/** `rekeyed`: same subject, another key. */
export function isRekeying(before: Certificate, after: Certificate): boolean {
  return sameName_7_1(before.subject, after.subject) && !sameKey(before.key, after.key)
}

function isSameIssuer(a: Certificate, b: Certificate): boolean {
  return sameName_7_1(a.subject, b.subject) && sameKey(a.key, b.key)
}

function isCa(call: Call, certificate: Certificate): boolean {
  return certificate.basicConstraints?.value.ca === true || mayIssue_version1Roots(call, certificate)
}

/**
 * `droppedIssuers`: the issuers, by subject and key, whose clients had a path of listed certificates to an anchor and have none
 * now. What certificates say beyond being a CA does not count, nor do dates.
 */
export function droppedIssuers(before: Call, after: Call): readonly Certificate[] {
  const dropped = usable(before).filter((issuer) => reachesAnchor(before, issuer) && !reachesAnchor(after, issuer))
  return dropped.filter((issuer, i) => dropped.findIndex((other) => isSameIssuer(other, issuer)) === i)
}

/** The clauses that a path fails if one of its links is missing. */
const links = new Set(['6.1 (b)', '6.1.3 (a)(1)', '6.1.4 (k)', 'RFC 5937: 6.1.4 (k)', 'version1Roots', 'maxChainLength'])

/** Whether a client of this issuer that presents nothing else has a path. */
function reachesAnchor(call: Call, { subject, key }: Certificate): boolean {
  const client: Certificate = {
    serial: 127,
    subject: [['CN', 'client']],
    issuer: subject,
    key: { kind: 'p256', slot: 80 },
    signedBy: key,
    hash: 'sha256',
    notBefore: call.at,
    notAfter: call.at,
  }
  const { accepted, refused } = judge({ ...call, presented: [client] })
  return accepted.length > 0 || refused.some(({ failures }) => failures.every(({ clause }) => !links.has(clause)))
}

/**
 * Why the verdict of a client changes: each of its accepted paths has a listed certificate that the other truststore does not
 * have. True as well where the verdict stays.
 */
export function isExplained(accepted: readonly { readonly path: Path }[], gone: readonly Certificate[]): boolean {
  return accepted.every(({ path }) => path.some(({ serial }) => gone.some((certificate) => certificate.serial === serial)))
}

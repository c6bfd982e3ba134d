import type { Call, Certificate, Deviation, Path } from './model.ts'

/**
 * The table of deviations (docs/reference/deviations.md) as clauses. A certificate with one is judged like its twin in correct DER,
 * which is what the model holds. These clauses are all that a deviation adds.
 */

/** The deviation of a certificate, if its other fields leave room for it. */
export function deviationOf(certificate: Certificate): Deviation | undefined {
  const { deviation, version, signedBy, subjectAltName, crlDistributionPoints, certificatePolicies } = certificate
  if (deviation === undefined) return undefined
  const has: Readonly<Record<Deviation, boolean>> = {
    ecdsaNull: !signedBy.kind.startsWith('rsa'),
    critical: Object.values(certificate).some((field) => typeof field === 'object' && Object.hasOwn(field, 'critical')),
    emptyAltName: version !== 1 && subjectAltName === undefined,
    unreadablePoints: version !== 1 && crlDistributionPoints === undefined,
    unreadablePolicies: version !== 1 && certificatePolicies === undefined,
  }
  return has[deviation] ? deviation : undefined
}

/** `Policy.conformance`: `strict` and `web-pki` accept no deviation. */
export function isCorrectDer_conformance(certificate: Certificate): boolean {
  return deviationOf(certificate) === undefined
}

/** A signer that deviates clears no certificate by a list, except by `practical` conformance. */
export function mayClear_conformance({ policy }: Call, signer: Certificate): boolean {
  return policy.conformance === 'practical' || isCorrectDer_conformance(signer)
}

/** Certificate policies that cannot be read count as absent, unless the call asks which policies are valid. */
export function policiesAreReadable({ policy }: Call, path: Path): boolean {
  const counted = policy.enforceAnchorConstraints || path.length === 1 ? path : path.slice(0, -1)
  return counted.every((certificate) => deviationOf(certificate) !== 'unreadablePolicies')
}

/** Distribution points that cannot be read leave the status unknown, unless a list names the certificate. */
export function pointsAreReadable(certificate: Certificate): boolean {
  return deviationOf(certificate) !== 'unreadablePoints'
}

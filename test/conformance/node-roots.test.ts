import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { lintTruststore } from '../../src/index.ts'

/** What newer versions of Node have and the policy cannot take: e-Szigno TLS Root CA 2023, while API Gateway has no P-521. */
const unusable: ReadonlySet<string> = new Set(['EC key on P-521, not P-256 or P-384'])

describe("Node's own roots", () => {
  it('have no finding that is an error, but for keys that the policy does not take', () => {
    const { findings } = lintTruststore(rootCertificates)
    expect(rootCertificates.length).toBeGreaterThan(100)
    expect(findings.filter(({ severity, message }) => severity === 'error' && !unusable.has(message))).toEqual([])
  })
})

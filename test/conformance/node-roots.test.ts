import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { lintTruststore } from '../../src/index.ts'

/** Newer versions of Node include e-Szigno TLS Root CA 2023. Its key is on P-521, which API Gateway does not support. */
const unusable: ReadonlySet<string> = new Set(['EC key on P-521, not P-256 or P-384'])

describe("Node's own roots", () => {
  it('have no errors except for keys that the policy does not allow', () => {
    const { findings } = lintTruststore(rootCertificates)
    expect(rootCertificates.length).toBeGreaterThan(100)
    expect(findings.filter(({ severity, message }) => severity === 'error' && !unusable.has(message))).toEqual([])
  })
})

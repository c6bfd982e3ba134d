import { describe, expect, it } from 'vitest'
import { buildTruststore, profiles, verifyChain } from '../../../src/index.ts'
import { keyPair, mint } from '../../support/mint.ts'

describe('an issuer that the build left out', () => {
  it('is named as left out, and not as one whose key did not sign', () => {
    const key = keyPair('p256', 1)
    const root = mint({ ca: true, key: keyPair('p256', 5), subject: 'CN=Root' })
    const forged = mint({ ca: true, key, subject: 'CN=CA', signWith: keyPair('p256', 2) })
    const renewed = mint({ ca: true, key: keyPair('p256', 3), subject: 'CN=CA', signWith: keyPair('p256', 2) }, forged)
    const leaf = mint({ subject: 'CN=a' }, renewed)
    const policy = { ...profiles.apiGateway, intermediates: 'presented' } as const
    const verdict = verifyChain(buildTruststore([root.der, forged.der, renewed.der], { policy }), leaf.der)
    expect(verdict).toMatchObject({ ok: false, code: expect.stringMatching(/^(incomplete_chain|unknown_issuer)$/) })
    expect(verdict.ok ? '' : verdict.message).toContain('was left out when the truststore was built: bad_self_signature')
  })
})

import { describe, expect, it } from 'vitest'
import { finish } from '../../src/bytes/steps.ts'
import { buildTruststore, type Policy, profiles, type Truststore, TruststoreError, verifyChain } from '../../src/index.ts'
import { readBundle, type TruststoreInput } from '../../src/truststore/read-bundle.ts'
import type { CertificateView } from '../../src/x509/certificate.ts'
import { lintFlaw } from '../support/flawed/flaw.ts'
import { flaws } from '../support/flawed-bundles.ts'
import { keyOf, type Minted, mint } from '../support/mint.ts'

/**
 * The severity of a finding follows its outcome: whatever gets clients of a listed CA rejected is at least a warning, and is about
 * that CA or the whole bundle. Every broken example of the rules is tried with a client of each CA in it, at each conformance level.
 */

const levels = ['practical', 'strict', 'web-pki'] as const
const examples = flaws.filter(({ as, options }) => as === undefined && options?.waive === undefined)
const cases = levels.flatMap((conformance) =>
  examples.map((flaw) => {
    const policy: Policy = { ...(flaw.options?.policy ?? profiles.apiGateway), conformance }
    return { conformance, policy, flaw, code: flaw.code, name: flaw.name }
  }),
)

function built(input: TruststoreInput, policy: Policy): Truststore | undefined {
  try {
    return buildTruststore(input, { policy })
  } catch (error) {
    if (error instanceof TruststoreError) return undefined
    throw error
  }
}

/** A client of this CA that conforms to every level; `undefined` if nobody has the CA's private key. */
function clientOf(ca: CertificateView): Minted | undefined {
  const key = keyOf(ca.bytes)
  if (key === undefined) return undefined
  return mint({
    subject: 'CN=client.example',
    issuer: ca.subjectName.view(),
    subjectAltNames: [{ dns: 'client.example' }],
    extendedKeyUsage: ['clientAuth', 'serverAuth'],
    keyUsage: ['digitalSignature'],
    authorityKeyId: ca.subjectKeyIdentifier?.view() ?? Uint8Array.of(1),
    signWith: key,
  })
}

/** Positions of the CAs of a bundle whose clients are rejected. */
function rejectedIn(input: TruststoreInput, policy: Policy): readonly number[] {
  const store = built(input, policy)
  return finish(readBundle(input)).certificates.flatMap(({ certificate, index }) => {
    const client = certificate.isCa ? clientOf(certificate) : undefined
    return client === undefined || (store !== undefined && verifyChain(store, client.der).ok) ? [] : [index]
  })
}

describe('severity', () => {
  it.each(cases)('$conformance: $code: $name', ({ flaw, policy }) => {
    const rejected = rejectedIn(flaw.input, policy)
    const { findings } = lintFlaw({ ...flaw, options: { ...flaw.options, policy } })
    const problems = findings.filter(({ severity }) => severity !== 'info')
    const unreported = rejected.filter((index) => !problems.some((finding) => (finding.index ?? index) === index))
    expect({ unreported, findings: findings.map(({ code, severity, index }) => [index, severity, code]) }).toMatchObject({
      unreported: [],
    })
    // If the mended bundle accepts what the broken one rejects, the rule itself is the reason.
    const [, mended] = flaw.mended ?? []
    if (mended === undefined || rejected.length === 0 || rejectedIn(mended, policy).length > 0) return
    expect(findings.filter(({ code, severity }) => code === flaw.code && severity === 'info')).toEqual([])
  })

  it('is tested with rejected clients of many CAs', () => {
    expect(cases.filter(({ flaw, policy }) => rejectedIn(flaw.input, policy).length > 0).length).toBeGreaterThan(60)
  })
})

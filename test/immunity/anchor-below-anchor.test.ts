import { describe, expect, it } from 'vitest'
import { type Policy, profiles } from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { day, list } from './listed.ts'

/**
 * A listed CA below another anchor. Checks that an anchor may skip, above all its dates, must not be skipped when the same
 * certificate is an intermediate (the fault of CVE-2015-1793: checks forgotten on the second path). Here a certificate below
 * the root signs the revocation list of the CA, so that only a path to the root is cleared.
 */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const subject = 'O=Immunity,CN=Intermediate'
const signer = mint({ key: keyPair('p256', 2), subject, keyUsage: ['cRLSign'], extendedKeyUsage: [] }, root)
const loose: Policy = { ...presented, enforceAnchorConstraints: false }

/** For a client of this CA: without revocation, and with lists that are valid only on a path to the root. */
function verdicts(policy: Policy, spec: CertificateSpec): readonly string[] {
  const ca = mint({ ca: true, key: keyPair('p256', 1), subject, ...spec }, root)
  const client = mint({ key: leafKey, subject: 'O=Immunity,CN=Client' }, ca)
  const lists = [list({ issuer: ca, signWith: signer.key }), list({ issuer: root })]
  const chain: readonly Minted[] = [client, signer]
  return [judge(storeFor(policy, root, ca), chain), judge(storeFor(policy, root, ca), chain, { revocation: { lists } })]
}

describe('a listed CA below another anchor', () => {
  it('control: is accepted if it is a valid intermediate', () => {
    expect(verdicts(profiles.rfc5280, {})).toEqual(['accepted', 'accepted'])
    expect(verdicts(loose, {})).toEqual(['accepted', 'accepted'])
  })

  it('is rejected as an intermediate if it has expired or is not valid yet', () => {
    const long = Date.now() - 90 * day
    for (const dates of [
      { notBefore: new Date(long), notAfter: new Date(Date.now() - day) },
      { notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 9 * day) },
    ]) {
      expect(verdicts(profiles.rfc5280, dates)).toEqual(['accepted', 'revocation_unknown 0'])
      expect(verdicts(loose, dates)).toEqual(['accepted', 'revocation_unknown 0'])
    }
  })

  it('is rejected as an intermediate if it does not conform', () => {
    expect(verdicts(profiles.rfc5280, { authorityKeyId: false })).toEqual(['accepted', 'revocation_unknown 0'])
    expect(verdicts(presented, { authorityKeyId: false })).toEqual(['accepted', 'accepted'])
  })

  it.each<readonly [string, CertificateSpec]>([
    ['it is no CA', { ca: false, keyUsage: ['digitalSignature'] }],
    ['its keyUsage does not include keyCertSign', { keyUsage: ['cRLSign', 'digitalSignature'] }],
    ['its extendedKeyUsage does not include the purpose', { extendedKeyUsage: ['codeSigning'] }],
    ['it has an unknown critical extension', { extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] }],
  ])('is rejected as an intermediate if %s, although as an anchor it is only a name and a key', (_what, spec) => {
    expect(verdicts({ ...loose, trust: 'every-certificate' }, spec)).toEqual(['accepted', 'revocation_unknown 0'])
  })

  it('is rejected as an intermediate if its path length is exceeded', () => {
    for (const [pathLength, verdict] of [
      [0, 'revocation_unknown 1'],
      [1, 'accepted'],
    ] as const) {
      const upper = mint({ ca: true, key: keyPair('p256', 1), subject, pathLength }, root)
      const lower = mint({ ca: true, key: keyPair('p256', 3), subject: 'O=Immunity,CN=Lower' }, upper)
      const client = mint({ key: leafKey, subject: 'O=Immunity,CN=Client' }, lower)
      const lists = [list({ issuer: lower }), list({ issuer: upper, signWith: signer.key }), list({ issuer: root })]
      const store = storeFor({ ...loose, trust: 'every-ca' }, root, upper)
      expect(judge(store, [client, lower, signer], { revocation: { lists } })).toBe(verdict)
    }
  })
})

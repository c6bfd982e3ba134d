import { describe, expect, it } from 'vitest'
import { diffTruststores, lintTruststore, type Policy, profiles, verifyChain } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'
import { leafKey, storeFor } from '../../support/rejected-chain.ts'

const missing = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Missing' })
const bystander = mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=Bystander' })

function listed(spec: CertificateSpec, issuer?: Minted): Minted {
  return mint({ key: keyPair('p256', 3), subject: 'CN=Listed', ...spec }, issuer)
}

const plain: CertificateSpec = { keyUsage: [], extendedKeyUsage: [] }
type Trust = Policy['trust']

const all: readonly Trust[] = ['roots', 'every-ca', 'every-certificate']

interface Kind {
  readonly name: string
  readonly anchor: Minted
  readonly isCa: boolean
  /** Where a path may end at it. */
  readonly endsPaths: readonly Trust[]
  /** Where it is accepted itself. */
  readonly standsAlone: readonly Trust[]
}

const kinds: readonly Kind[] = [
  { name: 'a self-signed CA', anchor: listed({ ca: true }), isCa: true, endsPaths: all, standsAlone: all },
  { name: 'a self-signed leaf', anchor: listed(plain), isCa: false, endsPaths: all, standsAlone: all },
  {
    name: 'a CA whose issuer is missing',
    anchor: listed({ ca: true }, missing),
    isCa: true,
    endsPaths: ['every-ca', 'every-certificate'],
    standsAlone: ['every-certificate'],
  },
  {
    name: 'a leaf whose issuer is missing',
    anchor: listed(plain, missing),
    isCa: false,
    endsPaths: ['every-certificate'],
    standsAlone: ['every-certificate'],
  },
]

describe('the effect of Policy.trust on', () => {
  const settings = all.flatMap((trust) => [true, false].map((enforceAnchorConstraints) => ({ trust, enforceAnchorConstraints })))

  it.each(kinds)('$name, has the same effect on verification, diffTruststores and lint', (kind) => {
    const { anchor, isCa, endsPaths, standsAlone } = kind
    const client = mint({ key: leafKey, subject: 'CN=Client' }, anchor)
    for (const setting of settings) {
      const policy: Policy = { ...profiles.apiGateway, ...setting }
      const store = storeFor(policy, bystander, anchor)
      const isAnchor = endsPaths.includes(setting.trust)
      // An anchor may issue if it is a CA, or if only its name and key count.
      const mayIssue = isAnchor && (isCa || !setting.enforceAnchorConstraints)
      const codes = lintTruststore(anchor.der, { policy }).findings.map(({ code }) => code)
      expect({
        ...setting,
        issues: verifyChain(store, client.der).ok,
        isAcceptedItself: verifyChain(store, anchor.der, { purpose: 'any' }).ok,
        droppedIssuers: diffTruststores(store, storeFor(policy, bystander)).droppedIssuers,
        hasNoAnchor: codes.includes('no_trust_anchor'),
      }).toEqual({
        ...setting,
        issues: mayIssue,
        isAcceptedItself: standsAlone.includes(setting.trust),
        droppedIssuers: mayIssue ? ['CN=Listed'] : [],
        hasNoAnchor: !isAnchor,
      })
    }
  })
})

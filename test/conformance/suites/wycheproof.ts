import { pureSignatures, type SignatureBackend } from '../../../src/index.ts'
import { ecdsa, rsaPkcs1, rsaPss } from '../../support/algorithms.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface Vectors {
  readonly testGroups: readonly {
    readonly type: string
    readonly publicKeyDer: string
    readonly sha: string
    readonly mgfSha?: string
    readonly sLen?: number
    readonly tests: readonly {
      readonly tcId: number
      readonly comment: string
      readonly msg: string
      readonly sig: string
      readonly result: 'valid' | 'invalid' | 'acceptable'
    }[]
  }[]
}

const names = [
  ...['secp256r1_sha256', 'secp256r1_sha512', 'secp384r1_sha256', 'secp384r1_sha384', 'secp384r1_sha512'].map(
    (it) => `ecdsa_${it}`,
  ),
  ...['2048', '3072', '4096'].flatMap((bits) => ['256', '384', '512'].map((hash) => `rsa_signature_${bits}_sha${hash}`)),
  ...[
    '2048_sha256_mgf1_0',
    '2048_sha256_mgf1_0_params',
    '2048_sha256_mgf1_32',
    '2048_sha256_mgf1_32_params',
    '2048_sha256_mgf1sha1_20',
    '2048_sha384_mgf1_48',
    '2048_sha512_mgf1sha256_32_params',
    '3072_sha256_mgf1_32',
    '3072_sha256_mgf1_32_params',
    '4096_sha256_mgf1_32',
    '4096_sha384_mgf1_48',
    '4096_sha512_mgf1_32',
    '4096_sha512_mgf1_32_params',
    '4096_sha512_mgf1_64',
    '4096_sha512_mgf1_64_params',
    'misc',
    'misc_params',
  ].map((it) => `rsa_pss_${it}`),
]

function algorithmOf(group: Vectors['testGroups'][number]): Uint8Array {
  switch (group.type) {
    case 'EcdsaVerify':
      return ecdsa(group.sha)
    case 'RsassaPkcs1Verify':
      return rsaPkcs1(group.sha)
    default:
      return rsaPss(group.sha, group.mgfSha ?? group.sha, group.sLen ?? 0)
  }
}

/** The suite, run with this backend. */
export const suiteBy = (backend: SignatureBackend): Suite => ({
  name: 'wycheproof',
  files: names.map((name) => `wycheproof/${name}_test.json`),
  cases: 7212,
  mapping: `Every test uses the public signature interface:
\`pureSignatures.importKey(spki).verify(algorithmIdentifier, message, signature)\`. The AlgorithmIdentifier is built
in DER from the group’s parameters. No policy applies, so SHA-1 and small keys count as the vectors say.
\`acceptable\` counts as an expected \`reject\`: the nine such tests omit the NULL in the DigestInfo, and RFC 8017
section 9.2 builds the one encoding with NULL and compares it as a whole.`,
  *run(load): Iterable<CaseResult> {
    for (const name of names) {
      const { testGroups } = load(`wycheproof/${name}_test.json`) as Vectors
      for (const group of testGroups) {
        const key = backend.importKey(Buffer.from(group.publicKeyDer, 'hex'))
        const algorithm = algorithmOf(group)
        for (const { tcId, comment, msg, sig, result } of group.tests) {
          const valid = key?.verify(algorithm, Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex')) ?? false
          yield {
            id: `${name}/${tcId}`,
            expected: result === 'valid' ? 'accept' : 'reject',
            actual: valid ? 'accept' : 'reject',
            detail: comment,
          }
        }
      }
    }
  },
})

export const suite: Suite = suiteBy(pureSignatures)

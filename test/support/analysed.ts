import { finish } from '../../src/bytes/steps.ts'
import { type LintOptions, type Policy, profiles, pureSignatures, type TruststoreInput } from '../../src/index.ts'
import type { Finding } from '../../src/rules/rule.ts'
import { analyse } from '../../src/truststore/build.ts'
import { readBundle } from '../../src/truststore/read-bundle.ts'
import { VerificationCache } from '../../src/truststore/verification-cache.ts'

/** The findings of buildTruststore, even if nothing is usable. */
export function analysed(
  input: TruststoreInput,
  {
    policy = profiles.apiGateway,
    at = Date.now(),
    expiresWithinDays = 30,
  }: Omit<LintOptions, 'waive'> & { policy?: Policy } = {},
): { readonly findings: readonly Finding[]; readonly nodes: readonly { readonly index: number }[] } {
  const contents = finish(readBundle(input))
  return finish(analyse(contents, { policy, at: Number(at), expiresWithinDays }, new VerificationCache(pureSignatures, 0)))
}

import {
  type Acceptance,
  buildTruststore,
  type Certificate,
  type Chain,
  decodePem,
  diffTruststores,
  explain,
  type Finding,
  type GeneralName,
  type LintCode,
  lintTruststore,
  type ParseCode,
  type ParseResult,
  type Policy,
  parseCertificate,
  parseRevocationList,
  profiles,
  pureSignatures,
  type RejectCode,
  type Rejection,
  type RevocationList,
  type SignatureBackend,
  type TableBudget,
  type Truststore,
  type TruststoreDiff,
  type TruststoreInput,
  type Verdict,
  type VerifyingKey,
  type VerifyOptions,
  verifyChain,
} from 'portcullis'
import { expectTypeOf } from 'vitest'

/** What users of `portcullis` write, as the compiler sees it: results narrow, wrong uses are errors, nothing can be changed. */

const store: Truststore = buildTruststore('')
const verdict = verifyChain(store, new Uint8Array())

expectTypeOf(verdict).toEqualTypeOf<Verdict>()
expectTypeOf<Verdict>().toEqualTypeOf<Acceptance | Rejection>()
if (verdict.ok) {
  expectTypeOf(verdict.leaf).toEqualTypeOf<Certificate>()
  expectTypeOf(verdict.path).toEqualTypeOf<readonly Certificate[]>()
  // @ts-expect-error an accepted client has no code
  verdict.code
} else {
  expectTypeOf(verdict.code).toEqualTypeOf<RejectCode>()
  expectTypeOf(verdict.message).toEqualTypeOf<string>()
  expectTypeOf(verdict.index).toEqualTypeOf<number>()
  expectTypeOf(verdict.certificate).toEqualTypeOf<Certificate | undefined>()
  // @ts-expect-error a refused client has no path
  verdict.path
}
// @ts-expect-error before `ok` is looked at, there is no leaf
verdict.leaf

/** A switch over all codes needs no default: the union is closed. */
export function statusOf(code: RejectCode): number {
  switch (code) {
    case 'malformed':
    case 'nonconforming':
    case 'too_large':
    case 'budget_exhausted':
      return 400
    case 'unsupported_algorithm':
    case 'weak_key':
    case 'weak_hash':
    case 'unsupported_curve':
    case 'signature_mismatch':
    case 'expired':
    case 'not_yet_valid':
    case 'unknown_issuer':
    case 'incomplete_chain':
    case 'self_signed_untrusted':
    case 'chain_too_long':
    case 'not_a_ca':
    case 'path_length_exceeded':
    case 'key_usage_violation':
    case 'extended_key_usage_violation':
    case 'name_constraint_violation':
    case 'name_mismatch':
    case 'unknown_critical_extension':
    case 'policy_violation':
    case 'revoked':
    case 'revocation_unknown':
      return 403
  }
}

expectTypeOf(buildTruststore).parameter(0).toEqualTypeOf<TruststoreInput>()
expectTypeOf(verifyChain).parameter(1).toEqualTypeOf<Chain>()
expectTypeOf(verifyChain).parameter(2).toEqualTypeOf<VerifyOptions | undefined>()
expectTypeOf<Chain>().toEqualTypeOf<Uint8Array | readonly Uint8Array[]>()
verifyChain(store, Buffer.from(''), { at: new Date(), purpose: 'server', serverName: 'example.org' })
verifyChain(store, [Buffer.from('')], { at: 0, revocation: { lists: [], depth: 'leaf', unknown: 'allow', expired: 'refuse' } })
// @ts-expect-error a chain is bytes; PEM goes through decodePem
verifyChain(store, '-----BEGIN CERTIFICATE-----')
// @ts-expect-error a truststore is built first
verifyChain('-----BEGIN CERTIFICATE-----', new Uint8Array())
// @ts-expect-error no such purpose
verifyChain(store, [], { purpose: 'clients' })
// @ts-expect-error no such option
verifyChain(store, [], { time: 0 })

const parsed = parseCertificate('')
expectTypeOf(parsed).toEqualTypeOf<ParseResult<Certificate>>()
if (parsed.ok) expectTypeOf(parsed.value).toEqualTypeOf<Certificate>()
else expectTypeOf(parsed).toHaveProperty('offset').toEqualTypeOf<number>()
if (!parsed.ok) expectTypeOf(parsed.code).toEqualTypeOf<ParseCode>()
expectTypeOf(parseRevocationList).returns.toEqualTypeOf<ParseResult<RevocationList>>()
expectTypeOf(decodePem).returns.toEqualTypeOf<ParseResult<readonly Uint8Array[]>>()
const chain = decodePem('')
if (chain.ok) verifyChain(store, chain.value)

/** Names are a tagged union: a decision cannot mistake one form for another. */
export function dnsNames({ subjectAltNames }: Certificate): readonly string[] {
  expectTypeOf(subjectAltNames).toEqualTypeOf<readonly GeneralName[]>()
  return subjectAltNames.flatMap((name) => (name.type === 'dns' ? [name.value] : []))
}

/** So are keys. */
export function strength({ publicKey }: Certificate): number | string | undefined {
  if (publicKey.algorithm === 'RSA') {
    expectTypeOf(publicKey.bits).toEqualTypeOf<number>()
    return publicKey.bits
  }
  return publicKey.algorithm === 'EC' ? publicKey.curve : undefined
}

export function tamper(store: Truststore, certificate: Certificate): void {
  // @ts-expect-error read-only
  certificate.subject = 'CN=somebody else'
  // @ts-expect-error read-only
  store.certificates.push(certificate)
  // @ts-expect-error read-only
  store.policy.minRsaBits = 512
}

const policy: Policy = { ...profiles.apiGateway, curves: ['P-256'] }
buildTruststore([new Uint8Array(), ''], { policy, strict: true, at: 0, signatures: pureSignatures })
// @ts-expect-error no policy takes SHA-1
buildTruststore('', { policy: { ...policy, hashes: ['sha1'] } })
// @ts-expect-error a policy is whole
buildTruststore('', { policy: { minRsaBits: 4096 } })

const report = lintTruststore(store, { platform: ['alb', 'api-gateway'], waive: [{ code: 'expired' }] })
expectTypeOf(report.findings).toEqualTypeOf<readonly Finding[]>()
expectTypeOf(report.counts).toEqualTypeOf<Record<'error' | 'warning' | 'info', number>>()
expectTypeOf<Finding['code']>().toEqualTypeOf<LintCode>()
// @ts-expect-error no such platform
lintTruststore(store, { platform: 'nginx' })
expectTypeOf(explain).parameter(0).toEqualTypeOf<RejectCode | LintCode>()
// @ts-expect-error no such code
explain('bad_certificate')
expectTypeOf(diffTruststores(store, store)).toEqualTypeOf<TruststoreDiff>()

/** A backend needs nothing that the package does not export. */
export class Counting implements SignatureBackend {
  readonly name = 'counting'
  count = 0

  importKey(spki: Uint8Array, tables?: TableBudget): VerifyingKey | undefined {
    const key = pureSignatures.importKey(spki, tables)
    if (key === undefined) return undefined
    return {
      verify: (algorithm: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean => {
        this.count++
        return key.verify(algorithm, data, signature)
      },
    }
  }
}

import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  type LintOptions,
  type LintReport,
  lintTruststore,
  profiles,
  type Truststore,
  TruststoreError,
  type TruststoreInput,
} from '../../../src/index.ts'
import { flaws } from '../../support/flawed-bundles.ts'
import { keyPair, mint, privateKeyPem } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Lint,CN=Root' })
const old = mint({ ca: true, subject: 'O=Lint,CN=Old', notBefore: new Date(0), notAfter: new Date('2020-01-01') })
const small = mint({ ca: true, key: keyPair('rsa1024'), subject: 'O=Lint,CN=Small' })
const forged = mint({ ca: true, subject: 'O=Lint,CN=Forged', signWith: keyPair('p256', 1) }, root)

const everything = [
  root.pem,
  root.pem.replace('MII', '???'),
  old.pem,
  root.pem,
  privateKeyPem(root.key),
  small.pem,
  forged.pem,
].join('# between\n')

/** The findings about a bundle, without the one about its text, which a built truststore does not keep. */
function withoutText(input: TruststoreInput, options?: LintOptions): LintReport['findings'] {
  return lintTruststore(input, options).findings.filter(({ code }) => code !== 'pem_read_differently')
}

describe('lintTruststore', () => {
  it('counts by severity, and accepts what has no error', () => {
    expect(lintTruststore(everything)).toMatchObject({ counts: { error: 4, warning: 3, info: 1 }, accepted: false })
    expect(lintTruststore(root.pem + root.pem)).toMatchObject({ counts: { error: 0, warning: 1, info: 0 }, accepted: true })
    expect(lintTruststore(root.pem)).toEqual({ findings: [], counts: { error: 0, warning: 0, info: 0 }, accepted: true })
  })

  it('finds what buildTruststore finds, and more', () => {
    const { findings } = lintTruststore(everything)
    const { findings: built } = buildTruststore(everything)
    expect(findings.filter(({ code }) => built.some((known) => known.code === code))).toEqual(built)
    expect(findings.length).toBeGreaterThan(built.length)
  })

  it('finds the same in a truststore as in the bundle that it was built from', () => {
    expect(lintTruststore(buildTruststore(everything)).findings).toEqual(withoutText(everything))
    const parts: TruststoreInput = [old.der, everything, forged.der]
    expect(lintTruststore(buildTruststore(parts)).findings).toEqual(withoutText(parts))
  })

  it.each(flaws.filter(({ as }) => as === undefined))('finds the same in a truststore built of $name', ({ input, options }) => {
    const { policy, at } = options ?? {}
    let store: Truststore
    try {
      store = buildTruststore(input, { ...(policy && { policy }), ...(at !== undefined && { at }) })
    } catch (error) {
      expect(error).toBeInstanceOf(TruststoreError)
      return
    }
    expect(lintTruststore(store, options).findings).toEqual(withoutText(input, options))
  })

  it('finds the chain that a left-out issuer breaks, in a truststore as in its bundle', () => {
    const below = mint({ ca: true, subject: 'O=Lint,CN=Below' }, forged)
    const bundle = [root.pem, forged.pem, below.pem]
    const report = lintTruststore(bundle)
    expect(report.findings.map(({ code, index }) => [code, index])).toEqual([
      ['signature_not_by_named_issuer', 1],
      ['incomplete_chain', 2],
    ])
    expect(lintTruststore(buildTruststore(bundle))).toEqual(report)
  })

  it('lints a truststore again, at another time and by another policy', () => {
    const store = buildTruststore(root.pem + mint({ ca: true, key: keyPair('rsa2048'), subject: 'CN=RSA' }).pem)
    expect(store.findings).toEqual([])
    const later = lintTruststore(store, { at: new Date('2100-01-01') })
    expect(later.findings.map(({ code, index }) => [code, index])).toEqual([
      ['no_valid_anchor', undefined],
      ['expired', 0],
      ['expired', 1],
    ])
    const stricter = lintTruststore(store, { policy: { ...profiles.apiGateway, minRsaBits: 3072 } })
    expect(stricter.findings).toMatchObject([{ code: 'rsa_too_small', index: 1, line: 12 }])
    expect(stricter.accepted).toBe(false)
  })

  it('takes the policy of the truststore unless told otherwise', () => {
    const policy = { ...profiles.apiGateway, trust: 'every-ca' as const }
    const intermediate = mint({ ca: true, subject: 'CN=I' }, root)
    expect(lintTruststore(buildTruststore(intermediate.pem, { policy })).findings).toEqual([])
    expect(lintTruststore(intermediate.pem).findings).toMatchObject([{ code: 'no_trust_anchor' }, { code: 'incomplete_chain' }])
  })

  it('never throws on a bad bundle', () => {
    for (const input of ['', [], '<html>', Uint8Array.of(0x30, 0x80), root.pem.slice(0, 99)] as const) {
      expect(lintTruststore(input).accepted).toBe(false)
    }
  })

  it.each<[string, unknown, object, string]>([
    ['a missing input', undefined, {}, 'truststore input must be a string or Uint8Array'],
    ['a look-alike of a truststore', { certificates: [] }, {}, 'truststore input must be a string or Uint8Array'],
    ['a policy by name', root.pem, { policy: 'rfc5280' }, 'policy must be an object'],
    ['a misspelt option', root.pem, { expiresWithin: 30 }, 'options.expiresWithin is not an option'],
    ['an invalid date', root.pem, { at: Number.NaN }, 'options.at must be a valid Date'],
    ['days as text', root.pem, { expiresWithinDays: '30' }, 'options.expiresWithinDays must be a number of days'],
    ['negative days', root.pem, { expiresWithinDays: -1 }, 'options.expiresWithinDays must be a number of days'],
    ['one waiver without an array', root.pem, { waive: { code: 'expired' } }, 'options.waive must be an array'],
    ['a waiver of no code', root.pem, { waive: [{ code: 'expird' }] }, 'options.waive[0].code is not a lint code: expird'],
    [
      'a waiver until never',
      root.pem,
      { waive: [{ code: 'expired', until: 'never' }] },
      'options.waive[0].until must be a valid Date',
    ],
  ])('%s is a TypeError', (_, input, options, message) => {
    const lint = (): unknown => lintTruststore(input as TruststoreInput | Truststore, options)
    expect(lint).toThrow(TypeError)
    expect(lint).toThrow(message)
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  buildTruststore,
  explain,
  type LintReport,
  lintTruststore,
  type Platform,
  type TruststoreInput,
} from '../../../../src/index.ts'
import { ruleCatalogue } from '../../../../src/lint/catalogue.ts'
import { type PlatformLimits, platforms } from '../../../../src/lint/platform/limits.ts'
import { platformRules } from '../../../../src/lint/platform/preflight.ts'
import { keyPair, mint } from '../../../support/mint.ts'
import { acceptedEverywhere, platformCases } from '../../../support/platform-bundles.ts'

const everyPlatform = Object.keys(platforms) as readonly Platform[]

function preflight(input: TruststoreInput, platform: Platform | readonly Platform[]): LintReport['findings'] {
  return lintTruststore(input, { platform }).findings.filter((finding) => finding.platform !== undefined)
}

describe('platform preflight', () => {
  it.each(platformCases)('$platform, $code: $name', ({ code, platform, severity, bad, good }) => {
    const found = preflight(bad, platform).filter((finding) => finding.code === code)
    expect(
      found,
      preflight(bad, platform)
        .map((finding) => finding.message)
        .join('; '),
    ).toHaveLength(1)
    const limits: PlatformLimits = platforms[platform]
    expect(found[0]).toMatchObject({ severity, platform })
    expect(found[0]?.message.startsWith(`${limits.name}: `)).toBe(true)
    const isPemRule = code === 'pem_required' || code === 'pem_read_differently'
    expect(Object.values(limits).some((limit) => limit.source === found[0]?.citation) || isPemRule).toBe(true)
    expect(preflight(good, platform).filter((finding) => finding.code === code)).toEqual([])
  })

  it('reports nothing on a root and an intermediate', () => {
    expect(lintTruststore(acceptedEverywhere, { platform: everyPlatform })).toMatchObject({ findings: [], accepted: true })
  })

  it('has cases for every limit of every platform and for every rule', () => {
    const cases = new Set(platformCases.map(({ code, platform }) => `${platform} ${code}`))
    const applying = everyPlatform.flatMap((platform) =>
      platformRules
        .filter((rule) => 'limit' in rule && Object.hasOwn(platforms[platform], rule.limit as string))
        .map((rule) => `${platform} ${rule.code}`),
    )
    expect(applying.filter((pair) => !cases.has(pair))).toEqual([])
    expect(applying.length).toBeGreaterThan(25)
  })

  it('counts as refused only what the platform refuses', () => {
    const refused = platformCases.filter(({ severity }) => severity === 'error')
    for (const { platform, bad } of refused) expect(lintTruststore(bad, { platform }).accepted).toBe(false)
    const crowded = platformCases.find(({ code, platform }) => code === 'too_many_certs' && platform === 'alb')!
    expect(lintTruststore(crowded.bad, { platform: 'alb' }).accepted).toBe(true)
    expect(preflight(crowded.bad, 'alb')[0]?.message).toBe(
      'Application Load Balancer: 26 certificates, at most 25 are accepted unless the quota was raised',
    )
  })

  it('tells of each platform by itself', () => {
    const large = `${acceptedEverywhere}${'#'.repeat(70_000)}\n`
    expect(
      preflight(large, ['cloudfront', 'azure-application-gateway', 'alb']).map(({ platform, message }) => [platform, message]),
    ).toEqual([
      ['cloudfront', expect.stringMatching(/^CloudFront: the bundle has 71,\d{3} bytes, at most 65,536 are accepted$/)],
      ['azure-application-gateway', expect.stringMatching(/^Azure Application Gateway: .* at most 25,600 are accepted$/)],
    ])
    expect(preflight(large, ['cloudfront', 'cloudfront'])).toHaveLength(1)
  })

  it('names certificate, line and place of what is wrong', () => {
    const issuing = mint(
      { ca: true, subject: 'CN=Servers', extendedKeyUsage: ['serverAuth'] },
      mint({ ca: true, key: keyPair('p256', 1) }),
    )
    const [finding] = preflight(`${acceptedEverywhere}${issuing.pem}`, 'google-cloud').filter(
      ({ code }) => code === 'platform_purpose_missing',
    )
    const line = acceptedEverywhere.split('\n').length
    expect(finding).toMatchObject({ subject: 'CN=Servers', index: 2, line, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const blank = preflight(`${acceptedEverywhere}\n\n\n`, 'alb')
    expect(blank).toMatchObject([
      { code: 'blank_lines', line, message: `Application Load Balancer: blank: line ${line} and 2 more` },
    ])
  })

  it('lints certificates that the policy leaves out', () => {
    const p521 = mint({ ca: true, key: keyPair('p521') })
    const { findings } = lintTruststore(p521.pem, { platform: ['alb', 'api-gateway'] })
    expect(findings.map(({ code, platform, severity }) => [code, platform, severity])).toEqual([
      ['ec_curve_not_allowed', undefined, 'error'],
      ['platform_curve_unsupported', 'api-gateway', 'warning'],
    ])
  })

  it('can be waived', () => {
    const at = new Date('2026-06-01')
    const waive = [{ code: 'blank_lines' as const, until: new Date('2027-01-01') }]
    const text = `${acceptedEverywhere}\n`
    const codes = lintTruststore(text, { platform: 'alb', at, waive }).findings.map(({ code }) => code)
    expect(codes).not.toContain('blank_lines')
    expect(
      lintTruststore(text, { platform: 'alb', at, waive: [{ ...waive[0]!, until: 0 }] }).findings.map(({ code }) => code),
    ).toEqual(expect.arrayContaining(['waiver_expired', 'blank_lines']))
  })

  it.each(['aws', '', 7, ['alb', 'nginx'], null])('%j is a TypeError that lists the platforms', (platform) => {
    const lint = (): unknown => lintTruststore(acceptedEverywhere, { platform: platform as Platform })
    expect(lint).toThrow(TypeError)
    expect(lint).toThrow('options.platform must be one of api-gateway, alb, cloudfront, google-cloud, azure-application-gateway')
  })
})

describe('preflight of a truststore that is built', () => {
  it('finds what its certificates show', () => {
    const textRules = [
      'text_outside_pem',
      'blank_lines',
      'comment_with_dash',
      'pem_required',
      'pem_read_differently',
      'bundle_too_large',
    ]
    // Copies, and certificates that the policy leaves out, are missing.
    const told = platformCases.filter(
      ({ code, name }) =>
        !textRules.includes(code) && !/copy|201|RSA|key on|Ed25519|SHA-1|no root|alone|client|version 1/.test(name),
    )
    expect(told.length).toBeGreaterThan(10)
    for (const { code, platform, bad, good } of told) {
      expect(preflightOfBuilt(bad, platform), code).toContain(code)
      expect(preflightOfBuilt(good, platform), code).not.toContain(code)
    }
  })

  it('knows its size in PEM, and nothing of its text', () => {
    const large = Array.from({ length: 40 }, (_, i) => mint({ ca: true, subject: `CN=${'x'.repeat(60)}${i}` }).pem).join(
      '\n\ntext\n',
    )
    expect(preflightOfBuilt(large, 'azure-application-gateway')).toContain('bundle_too_large')
    expect(preflightOfBuilt(large, 'alb')).toEqual(['too_many_certs'])
    const { findings } = lintTruststore(buildTruststore(large), { platform: 'azure-application-gateway' })
    const size = large.replaceAll('\n\ntext\n', '').length.toLocaleString('en-US')
    expect(findings.find(({ code }) => code === 'bundle_too_large')?.message).toContain(`${size} bytes`)
  })

  function preflightOfBuilt(input: TruststoreInput, platform: Platform): readonly string[] {
    return lintTruststore(buildTruststore(input), { platform })
      .findings.filter((finding) => finding.platform !== undefined)
      .map(({ code }) => code)
  }
})

describe('without a platform', () => {
  it('only the style of the text is told, as info', () => {
    const text = `heading\n# a-b\n\n${acceptedEverywhere}`
    const report = lintTruststore(text)
    expect(report.findings.map(({ code, severity, line, platform }) => [code, severity, line, platform])).toEqual([
      ['text_outside_pem', 'info', 1, undefined],
      ['blank_lines', 'info', 3, undefined],
      ['comment_with_dash', 'info', 2, undefined],
    ])
    expect(report.accepted).toBe(true)
    expect(report.findings[0]?.message).toBe('text outside the PEM blocks: line 1; Application Load Balancer rejects this')
    expect(lintTruststore(text, { platform: 'google-cloud' }).findings).toEqual([])
    expect(lintTruststore(buildTruststore(text)).findings).toEqual([])
  })
})

describe('without the platform rule', () => {
  afterEach(() => void vi.restoreAllMocks())

  it.each(platformRules.map((rule) => [rule.code, rule] as const))('%s its cases fail', (code, rule) => {
    vi.spyOn(rule, 'check').mockReturnValue(undefined)
    const cases = platformCases.filter((each) => each.code === code)
    expect(cases.length).toBeGreaterThan(0)
    for (const { bad, platform } of cases) {
      expect(preflight(bad, platform).map((finding) => finding.code)).not.toContain(code)
    }
  })
})

describe('every platform rule', () => {
  it.each(platformRules)('$code is explained', ({ code }) => {
    const { summary, remedy, citation } = explain(code)
    expect(summary).toMatch(/^.{20,}\.$/)
    expect(remedy).toMatch(/^.{10,}\.$/)
    expect(citation).toMatch(/\S/)
  })

  it('stands in the catalogue once', () => {
    for (const { code } of platformRules) expect(ruleCatalogue.has(code)).toBe(true)
    const codes = platformRules.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

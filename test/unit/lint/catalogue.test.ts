import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LintCode, type LintReport, lintTruststore, profiles } from '../../../src/index.ts'
import { certificateLintRules, graphLintRules, ruleCatalogue } from '../../../src/lint/catalogue.ts'
import { platformRules } from '../../../src/lint/platform/preflight.ts'
import { truststoreRules } from '../../../src/lint/rules/bundle-graph.ts'
import { certificateRules } from '../../../src/rules/build-rules.ts'
import { bundleRules } from '../../../src/rules/chaining.ts'
import type { ProfileRule } from '../../../src/x509/profile/profile-rule.ts'
import { rfc5280Rules } from '../../../src/x509/profile/rfc5280.ts'
import { cleanBundle, type Flaw, lintFlaw, lintMended } from '../../support/flawed/flaw.ts'
import { flaws } from '../../support/flawed-bundles.ts'

function codesOf(report: LintReport | undefined): readonly LintCode[] {
  return report?.findings.map(({ code }) => code) ?? []
}

/** Whether a report has a flaw's code with its severity, the expected other codes, and nothing else. */
function isAsExpected({ code, severity = 'warning', also = [] }: Flaw, { findings, accepted }: LintReport): boolean {
  const isFound = findings.some((finding) => finding.code === code && finding.severity === severity)
  const codes = findings.map((finding) => finding.code).sort()
  const isAll = JSON.stringify(codes) === JSON.stringify([code, ...also].sort())
  return isFound && isAll && accepted === findings.every((finding) => finding.severity !== 'error')
}

/** Rules about platforms are tested in platform/preflight.test.ts. */
const general = [...ruleCatalogue.keys()].filter(
  (code) => code === 'cert_too_large' || !platformRules.some((rule) => rule.code === code),
)

/** Requirements of RFC 5280 whose lint rules check more than the requirement. */
const reportedOtherwise: Readonly<Record<string, LintCode>> = {
  'issuerAltName must not be critical': 'unknown_critical_extension',
  'subjectDirectoryAttributes must not be critical': 'unknown_critical_extension',
  'freshestCRL must not be critical': 'unknown_critical_extension',
  'authorityInfoAccess must not be critical': 'unknown_critical_extension',
  'subjectInfoAccess must not be critical': 'unknown_critical_extension',
  'the subject of a CA must not be empty': 'ca_subject_empty',
  'subjectKeyIdentifier must be present in CA certificates': 'ski_missing',
  'keyCertSign must not be set unless the certificate is a CA': 'ca_basic_constraints_missing',
  'DNS names in subjectAltName must have preferred name syntax, and a wildcard must be the whole first label': 'san_malformed',
  'e-mail addresses in subjectAltName must be mailboxes': 'san_malformed',
  'URIs in subjectAltName must be absolute': 'san_malformed',
}

const flawsOf = (code: LintCode): readonly Flaw[] => flaws.filter((flaw) => flaw.code === code)

describe('every rule', () => {
  it.each(flaws)('$code fires on $name', (flaw) => {
    const report = lintFlaw(flaw)
    const found = report.findings.map(({ code, severity, message }) => `${severity} ${code}: ${message}`)
    expect(isAsExpected(flaw, report), found.join('\n')).toBe(true)
    const finding = report.findings.find(({ code }) => code === flaw.code)!
    expect(finding.citation).toBe(ruleCatalogue.get(flaw.code)!.citation)
    expect(finding.message).toMatch(/\S{3}/)
  })

  it.each(flaws.filter(({ mended }) => mended !== undefined))(
    '$code does not fire on the corrected certificate of $name',
    (flaw) => {
      expect(codesOf(lintMended(flaw))).not.toContain(flaw.code)
    },
  )

  it.each(Object.entries(profiles))('reports nothing on a clean bundle by profiles.%s', (_, policy) => {
    expect(lintTruststore(cleanBundle, { policy })).toEqual({
      findings: [],
      counts: { error: 0, warning: 0, info: 0 },
      accepted: true,
    })
  })

  it('has an example that breaks it, and a corrected one', () => {
    const shown = new Set(flaws.filter(({ mended }) => mended !== undefined).map(({ code }) => code))
    expect(general.filter((code) => !shown.has(code))).toEqual([])
  })

  it('says what it is about', () => {
    for (const [key, { code, summary, citation, remedy, severity }] of ruleCatalogue) {
      expect(key).toBe(code)
      expect(code).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/)
      expect(['error', 'warning', 'info']).toContain(severity)
      expect(summary).toMatch(/^[A-Z`a-z].*\.$/)
      expect(remedy).toMatch(/\.$/)
      expect(citation).not.toBe('')
    }
  })

  it('has a code of its own', () => {
    const codes = [...certificateRules, ...bundleRules, ...truststoreRules, ...graphLintRules, ...certificateLintRules].map(
      ({ code }) => code,
    )
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
    expect(codes.filter((code) => !ruleCatalogue.has(code))).toEqual([])
  })

  it('exists for every code in the union of codes/lint.ts', () => {
    const union = readFileSync(new URL('../../../src/codes/lint.ts', import.meta.url), 'utf8')
    const codes = Array.from(union.matchAll(/^ {2}\| '(\w+)'$/gm), ([, code]) => code!)
    expect(codes.sort()).toEqual([...ruleCatalogue.keys()].sort())
  })

  it('reports whatever strict conformance refuses', () => {
    const reported = new Set(
      certificateLintRules.flatMap((rule) => ('strictRule' in rule ? [rule.strictRule as ProfileRule] : [])),
    )
    const others = rfc5280Rules
      .filter((rule) => !reported.has(rule))
      .map(({ requirement }) => reportedOtherwise[requirement] ?? requirement)
    expect(others.filter((code) => !ruleCatalogue.has(code as LintCode))).toEqual([])
    expect([...reported].filter((rule) => !rfc5280Rules.includes(rule))).toEqual([])
    expect(reported.size + Object.keys(reportedOtherwise).length).toBe(rfc5280Rules.length)
  })
})

/** The tests above fail if a rule is missing: each is removed in turn. */
describe('without the rule', () => {
  const checked = [...certificateRules, ...bundleRules, ...truststoreRules, ...graphLintRules, ...certificateLintRules]
  afterEach(() => void vi.restoreAllMocks())

  it.each(checked.map((rule) => [rule.code, rule] as const))('%s an example fails', (code, rule) => {
    vi.spyOn(rule, 'check').mockReturnValue(undefined)
    const failing = flawsOf(code).filter((flaw) => !isAsExpected(flaw, lintFlaw(flaw)))
    expect(failing.length).toBeGreaterThan(0)
  })

  const unchecked = general.filter((code) => !checked.some((rule) => rule.code === code))

  it.each(unchecked)('%s, which the parser reports: an example fails', (code) => {
    for (const flaw of flawsOf(code)) {
      const report = lintFlaw(flaw)
      const findings = report.findings.filter((finding) => finding.code !== code)
      expect(isAsExpected(flaw, { ...report, findings })).toBe(false)
    }
    expect(flawsOf(code).length).toBeGreaterThan(0)
  })
})

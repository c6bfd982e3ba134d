import { describe, expect, it } from 'vitest'
import { lintTruststore, profiles } from '../../../src/index.ts'
import { ruleCatalogue } from '../../../src/rules/catalogue.ts'
import { cleanBundle, flawedBundles } from '../../support/flawed-bundles.ts'

describe('every rule', () => {
  it.each(flawedBundles)('$code fires on $name', ({ code, severity = 'error', input, options = {} }) => {
    const report = lintTruststore(input, options)
    const found = report.findings.find((finding) => finding.code === code)
    expect(found, `found ${report.findings.map((finding) => finding.code).join(', ')}`).toMatchObject({ severity })
    const rule = ruleCatalogue.find((known) => known.code === code)
    expect(found!.citation).toBe(rule!.citation)
    expect(found!.message).toMatch(/\S{3}/)
    // One defect is one finding; only a waiver's end comes with what it waived.
    expect(report.findings).toHaveLength(code === 'waiver_expired' ? 2 : 1)
    expect(report.accepted).toBe(report.findings.every((finding) => finding.severity !== 'error'))
  })

  it.each(Object.entries(profiles))('is silent on a clean bundle by profiles.%s', (_, policy) => {
    expect(lintTruststore(cleanBundle, { policy })).toEqual({
      findings: [],
      counts: { error: 0, warning: 0, info: 0 },
      accepted: true,
    })
  })

  it('has a bundle here that breaks it', () => {
    const broken = new Set(flawedBundles.map(({ code }) => code))
    expect(ruleCatalogue.map(({ code }) => code).filter((code) => !broken.has(code))).toEqual([])
  })

  it('says what it is about', () => {
    const codes = ruleCatalogue.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const { code, summary, citation, remedy, severity } of ruleCatalogue) {
      expect(code).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/)
      expect(['error', 'warning', 'info']).toContain(severity)
      expect(summary).toMatch(/^[A-Z`a-z].*\.$/)
      expect(remedy).toMatch(/\.$/)
      expect(citation).not.toBe('')
    }
  })
})

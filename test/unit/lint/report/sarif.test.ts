import { describe, expect, it } from 'vitest'
import { explain, type LintCode, lintTruststore } from '../../../../src/index.ts'
import type { FileReport } from '../../../../src/lint/report/file-report.ts'
import { renderSarif } from '../../../../src/lint/report/sarif.ts'
import { expectNoCommands, isSarif } from '../../../support/build-server.ts'
import { lintFlaw } from '../../../support/flawed/flaw.ts'
import { flaws } from '../../../support/flawed-bundles.ts'
import { platformCases } from '../../../support/platform-bundles.ts'
import { hostileReports, hostileText, mixedReports } from './reports.ts'

const describeCode = (code: string): ReturnType<typeof explain> => explain(code as LintCode)

function sarif(reports: readonly FileReport[]): {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } }
      readonly results: readonly {
        readonly ruleId: string
        readonly ruleIndex: number
        readonly level: string
        readonly message: { readonly text: string }
        readonly locations: readonly unknown[]
        readonly partialFingerprints: Readonly<Record<string, string>>
      }[]
    },
  ]
} {
  const text = renderSarif(reports, '1.2.3', describeCode)
  expectNoCommands(text)
  return JSON.parse(text)
}

describe('findings as SARIF', () => {
  it('validate against the schema of SARIF 2.1.0', () => {
    for (const reports of [mixedReports, hostileReports, []]) {
      isSarif(sarif(reports))
      expect(isSarif.errors ?? []).toEqual([])
    }
    expect(isSarif({ ...sarif(mixedReports), version: '2.0.0' })).toBe(false)
  })

  it('validate for every rule there is', () => {
    const reports = [
      ...flaws.map((flaw) => ({ file: flaw.name, problems: lintFlaw(flaw).findings })),
      ...platformCases.map(({ name, bad, platform }) => ({ file: name, problems: lintTruststore(bad, { platform }).findings })),
    ]
    const log = sarif(reports)
    isSarif(log)
    expect(isSarif.errors ?? []).toEqual([])
    expect(log.runs[0].tool.driver.rules.length).toBeGreaterThan(40)
  })

  it('say where, what and how bad', () => {
    const [run] = sarif(mixedReports).runs
    expect(run.tool.driver).toMatchObject({ name: 'portcullis', semanticVersion: '1.2.3' })
    expect(run.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['empty_bundle', 'error'],
      ['expired', 'warning'],
      ['too_many_certs', 'warning'],
      ['blank_lines', 'note'],
    ])
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    expect(run.results[1]).toMatchObject({
      message: { text: 'expired on 2024-12-31T23:59:59Z: subject CN=Old,O=Example' },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'conf/trust%20store.pem', index: 0 }, region: { startLine: 41 } } },
      ],
      partialFingerprints: { 'portcullis/v1': `expired:${'ab'.repeat(32)}:` },
      properties: { subject: 'CN=Old,O=Example', index: 2, citation: 'RFC 5280 4.1.2.5' },
    })
    expect(run.results[0]?.locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: 'conf/trust%20store.pem', index: 0 } } },
    ])
  })

  it.each([
    ['a/b.pem', 'a/b.pem'],
    ['/etc/ca.pem', 'file:///etc/ca.pem'],
    ['C:\\certs\\ca.pem', 'file:///C:/certs/ca.pem'],
    ['a:b?#.pem', 'a%3Ab%3F%23.pem'],
    ['bücher.pem', 'b%C3%BCcher.pem'],
  ])('%s is the URI reference %s', (file, uri) => {
    const [result] = sarif([{ ...mixedReports[0]!, file }]).runs[0].results
    expect(result?.locations[0]).toMatchObject({ physicalLocation: { artifactLocation: { uri } } })
  })

  it('keep a text as it was', () => {
    expect(sarif(hostileReports).runs[0].results[0]?.message.text).toBe(`${hostileText}: subject ${hostileText}`)
  })

  it.each([
    ['{0} of {1}', '{{0}} of {{1}}'],
    ['[0] (1) \\', '[0] (1) \\'],
    ['[a](https://evil.example)', '\\[a\\]\\(https://evil.example)'],
    ['\\[a\\](1)', '\\\\\\[a\\\\\\]\\(1)'],
  ])('say %s without a placeholder or a link', (message, text) => {
    const [report] = mixedReports
    const problems = [{ ...report!.problems[0]!, message }]
    expect(sarif([{ ...report!, problems }]).runs[0].results[0]?.message).toEqual({ text })
  })
})

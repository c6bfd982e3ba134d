import { describe, expect, it } from 'vitest'
import { renderJson } from '../../../../src/lint/report/file-report.ts'
import { hostileReports, hostileText, mixedReports } from './reports.ts'

describe('findings as JSON', () => {
  it('have totals, and each file its own', () => {
    expect(JSON.parse(renderJson(mixedReports))).toEqual({
      counts: { error: 1, warning: 2, info: 1 },
      files: [
        {
          file: 'conf/trust store.pem',
          accepted: false,
          counts: { error: 1, warning: 2, info: 1 },
          findings: mixedReports[0]?.problems,
        },
        { file: 'clean.pem', accepted: true, counts: { error: 0, warning: 0, info: 0 }, findings: [] },
      ],
    })
  })

  it('lose nothing and show nothing that a terminal obeys', () => {
    const text = renderJson(hostileReports)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    expect(JSON.parse(text).files[0].findings[0].subject).toBe(hostileText)
  })
})

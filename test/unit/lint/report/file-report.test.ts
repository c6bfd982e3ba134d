import { describe, expect, it } from 'vitest'
import { renderJson, renderText } from '../../../../src/lint/report/file-report.ts'
import { painter } from '../../../../src/lint/report/printable.ts'
import { hostileReports, hostileText, mixedReports } from './reports.ts'

describe('findings as text', () => {
  it('are one a line, in columns, with a total', () => {
    expect(renderText(mixedReports, painter(false))).toBe(
      `conf/trust store.pem     error    empty_bundle    nothing there
conf/trust store.pem:41  warning  expired         expired on 2024-12-31T23:59:59Z: subject CN=Old,O=Example
conf/trust store.pem     warning  too_many_certs  Application Load Balancer: 26 certificates
conf/trust store.pem:7   info     blank_lines     blank: line 7
1 error, 2 warnings, 1 info in 2 files
`,
    )
  })

  it('say so where there are none', () => {
    expect(renderText([{ file: 'clean.pem', problems: [] }], painter(false))).toBe('no findings in clean.pem\n')
  })

  it('are the same under their colours', () => {
    const coloured = renderText(mixedReports, painter(true))
    expect(coloured).toContain('\u001b[31merror  \u001b[39m')
    expect(coloured).toContain('\u001b[33mwarning\u001b[39m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out here
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderText(mixedReports, painter(false)))
  })

  it('stay one line of visible characters, whatever a name has in it', () => {
    const text = renderText(hostileReports, painter(false))
    expect(text.split('\n')).toHaveLength(3)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    expect(text).toContain('a\\u{1b}[2J\\u{7}b\\u{d}\\u{a}c\\u{9b}d\\u{202e}e\\u{2028}f\\u{e0041}g\\u{d800}h%:,')
  })
})

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

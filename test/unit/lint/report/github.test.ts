import { describe, expect, it } from 'vitest'
import { renderGithub } from '../../../../src/lint/report/file-report.ts'
import { hostileReports, mixedReports } from './reports.ts'

describe('findings as annotations of GitHub', () => {
  it('are one workflow command each', () => {
    expect(renderGithub(mixedReports)).toBe(
      `::error file=conf/trust store.pem,title=empty_bundle::nothing there
::warning file=conf/trust store.pem,line=41,title=expired::expired on 2024-12-31T23:59:59Z: subject CN=Old,O=Example
::warning file=conf/trust store.pem,title=too_many_certs::Application Load Balancer: 26 certificates
::notice file=conf/trust store.pem,line=7,title=blank_lines::blank: line 7
`,
    )
  })

  it('escape what would end a property, the command or its line', () => {
    const [first, ...rest] = renderGithub(hostileReports).split('\n')
    expect(rest).toEqual([''])
    expect(first).toMatch(
      /^::error file=xa\\u\{1b\}\[2J\\u\{7\}b%0D%0Ac.*h%25%3A%2C,line=1,title=expired::a\\u\{1b\}.*h%25:,: subject a/,
    )
  })

  it('are empty if there is nothing', () => {
    expect(renderGithub([{ file: 'clean.pem', problems: [] }])).toBe('')
  })
})

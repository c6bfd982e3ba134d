import type { FileReport } from '../../../../src/lint/report/file-report.ts'

/** Two files: one with every kind of problem, one with none. */
export const mixedReports: readonly FileReport[] = [
  {
    file: 'conf/trust store.pem',
    problems: [
      { code: 'empty_bundle', severity: 'error', message: 'nothing there', citation: 'RFC 7468' },
      {
        code: 'expired',
        severity: 'warning',
        message: 'expired on 2024-12-31T23:59:59Z',
        citation: 'RFC 5280 4.1.2.5',
        subject: 'CN=Old,O=Example',
        fingerprint: 'ab'.repeat(32),
        index: 2,
        line: 41,
      },
      {
        code: 'too_many_certs',
        severity: 'warning',
        message: 'Application Load Balancer: 26 certificates',
        citation: 'Quotas',
        platform: 'alb',
      },
      { code: 'blank_lines', severity: 'info', message: 'blank: line 7', citation: 'ALB', line: 7 },
    ],
  },
  { file: 'clean.pem', problems: [] },
]

/** Everything that a hostile name or path could do to a terminal. */
export const hostileText = 'a\u001b[2J\u0007b\r\nc\u009bd\u202ee\u2028f\u{e0041}g\ud800h%:,'

export const hostileReports: readonly FileReport[] = [
  {
    file: `x${hostileText}`,
    problems: [
      { code: 'expired', severity: 'error', message: hostileText, citation: hostileText, subject: hostileText, line: 1 },
    ],
  },
]

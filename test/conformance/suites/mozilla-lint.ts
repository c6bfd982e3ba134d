import { lintTruststore } from '../../../src/index.ts'
import type { CaseResult, Suite } from '../suite.ts'

/** A fixed date, so that results do not change when a root expires. */
const at = new Date('2026-11-23T00:00:00Z')

export const suite: Suite = {
  name: 'mozilla-lint',
  files: ['mozilla-roots.json'],
  cases: 400,
  mapping: `\`lintTruststore\` lints each of Mozilla’s three root lists as one truststore under
\`profiles.apiGateway\`. Every browser trusts (or trusted) these roots, so no finding may be an error unless the
certificate really cannot be used under the policy. A case is a root; it is accepted if it has no error. Warnings and
notes do not count.`,
  *run(load): Iterable<CaseResult> {
    const lists = load('mozilla-roots.json') as Record<string, Record<string, string> | readonly string[]>
    for (const [vintage, roots] of Object.entries(lists)) {
      const names = Object.keys(roots)
      const { findings } = lintTruststore(
        Object.values(roots).map((der) => Uint8Array.from(Buffer.from(der, 'base64'))),
        { at },
      )
      for (const [index, name] of names.entries()) {
        const errors = findings.filter((finding) => finding.index === index && finding.severity === 'error')
        const detail = errors.map(({ code, message }) => `${code}: ${message}`).join('; ')
        yield { id: `${vintage}/${name}`, expected: 'accept', actual: errors.length === 0 ? 'accept' : 'reject', detail }
      }
    }
  },
}

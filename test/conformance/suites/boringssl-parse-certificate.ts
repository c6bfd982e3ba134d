import { parseCertificate } from '../../../src/index.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface ParseCase {
  readonly id: string
  readonly kind: string
  readonly expectedParse?: boolean
  readonly blocks: Readonly<Record<string, string>>
}

const file = 'boringssl-parse-certificate.json'

export const suite: Suite = {
  name: 'boringssl-parse-certificate',
  files: [file],
  cases: 53,
  mapping: `The cases of kind \`certificate-full\`, which pass a complete certificate to the strict parser, here
\`parseCertificate\`. Accept means that it parses without deviations: with them, strict conformance rejects it.`,
  *run(load): Iterable<CaseResult> {
    for (const { id, kind, expectedParse, blocks } of load(file) as readonly ParseCase[]) {
      if (kind !== 'certificate-full') continue
      const parsed = parseCertificate(Buffer.from(blocks['CERTIFICATE'] ?? '', 'base64'))
      const expected = expectedParse === true ? 'accept' : 'reject'
      if (!parsed.ok) yield { id, expected, actual: 'reject', detail: parsed.message }
      else yield { id, expected, actual: parsed.value.deviations.length === 0 ? 'accept' : 'reject', detail: 'deviations' }
    }
  },
}

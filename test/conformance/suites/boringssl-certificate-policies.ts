import { readAll } from '../../../src/der/reader.ts'
import { readCertificatePolicies } from '../../../src/x509/policies.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface PolicyCase {
  readonly id: string
  readonly blocks: Readonly<Record<string, string>>
}

const file = 'boringssl-certificate-policies.json'

export const suite: Suite = {
  name: 'boringssl-certificate-policies',
  files: [file],
  cases: 14,
  mapping: `The value of the extension is parsed as in a certificate. As upstream, \`invalid-\` in a case’s name means
that it must not parse.`,
  *run(load): Iterable<CaseResult> {
    for (const { id, blocks } of load(file) as readonly PolicyCase[]) {
      const der = Buffer.from(blocks['CERTIFICATE POLICIES'] ?? '', 'base64')
      const parsed = readAll(der, 'certificatePolicies', readCertificatePolicies)
      const expected = id.startsWith('invalid-') ? 'reject' : 'accept'
      yield parsed.ok ? { id, expected, actual: 'accept' } : { id, expected, actual: 'reject', detail: parsed.message }
    }
  },
}

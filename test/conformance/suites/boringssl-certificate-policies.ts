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
that it must not parse. A deviation counts as a fault, as strict conformance rejects it.`,
  *run(load): Iterable<CaseResult> {
    for (const { id, blocks } of load(file) as readonly PolicyCase[]) {
      const der = Buffer.from(blocks['CERTIFICATE POLICIES'] ?? '', 'base64')
      let hasDeviations = false
      const parsed = readAll(der, 'certificatePolicies', (reader) => {
        readCertificatePolicies(reader)
        hasDeviations = reader.deviations !== undefined
      })
      const expected = id.startsWith('invalid-') ? 'reject' : 'accept'
      if (!parsed.ok) yield { id, expected, actual: 'reject', detail: parsed.message }
      else yield { id, expected, actual: hasDeviations ? 'reject' : 'accept', detail: 'deviations' }
    }
  },
}

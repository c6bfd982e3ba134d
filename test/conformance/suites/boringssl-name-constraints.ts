import { Span } from '../../../src/bytes/span.ts'
import { readAll } from '../../../src/der/reader.ts'
import { checkNames } from '../../../src/path/names/name-constraints.ts'
import { namesOf, readSubtrees } from '../../../src/path/names/subtrees.ts'
import { CertificateView } from '../../../src/x509/certificate.ts'
import { readNameConstraints } from '../../../src/x509/constraints.ts'
import { readGeneralNames } from '../../../src/x509/general-name.ts'
import * as Part from '../../../src/x509/ids/part.ts'
import { readName } from '../../../src/x509/name.ts'
import { sequence, tlv } from '../../support/der.ts'
import { der, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface NameConstraints {
  readonly data: Readonly<Record<string, { readonly der: string }>>
  readonly tests: readonly {
    readonly constraints: string
    readonly kind: 'parse' | 'dns' | 'ip' | 'directoryName' | 'cert'
    readonly value?: string
    readonly subject?: string | null
    readonly san?: string | null
    readonly expected: boolean | 'nonCriticalOnly'
  }[]
}

export const suite: Suite = {
  name: 'boringssl-name-constraints',
  files: ['boringssl-name-constraints.json'],
  cases: 294,
  mapping: `Each case checks names (a single one, or subject and subjectAltName) against constraints directly.
portcullis rejects constraints on unsupported forms whether critical or not. So the cases that upstream accepts only
because the extension is not critical are expected to be rejected.`,
  *run(load): Iterable<CaseResult> {
    const { data, tests } = load('boringssl-name-constraints.json') as NameConstraints
    const item = (id: string): Uint8Array => der(data[id]!.der)
    for (const [i, test] of tests.entries()) {
      const id = [i, test.constraints, test.kind, test.value ?? '', test.subject ?? '', test.san ?? '']
        .filter((part) => part !== '')
        .join(' ')
      const bytes = item(test.constraints)
      const parsed = readAll(bytes, 'nameConstraints', readNameConstraints)
      let problem = parsed.ok ? undefined : parsed.message
      if (parsed.ok && test.kind !== 'parse') {
        const leaf = viewOf(subjectOf(test, item), altNamesOf(test, item))
        problem = leaf === undefined ? 'the names do not parse' : checkNames(namesOf(leaf), readSubtrees(new Span(bytes))).problem
      }
      yield {
        id,
        expected: verdictWord(test.expected === true),
        actual: verdictWord(problem === undefined),
        detail: problem ?? 'permitted',
      }
    }
  },
}

type Test = NameConstraints['tests'][number]

const noName = sequence()

function subjectOf({ kind, subject }: Test, item: (id: string) => Uint8Array): Uint8Array {
  return kind === 'cert' && subject ? item(subject) : noName
}

function altNamesOf({ kind, value, san }: Test, item: (id: string) => Uint8Array): Uint8Array | undefined {
  if (kind === 'dns') return sequence(tlv(0x82, Buffer.from(value!, 'latin1')))
  if (kind === 'ip') return sequence(tlv(0x87, Buffer.from(value!, 'hex')))
  // In subjectAltName, an empty directory name counts as a name; as the subject it would not.
  if (kind === 'directoryName') return sequence(tlv(0xa4, item(value!)))
  return san ? item(san) : undefined
}

/** A view of a certificate that has names only. */
function viewOf(subject: Uint8Array, altNames: Uint8Array | undefined): CertificateView | undefined {
  const view = new CertificateView(new Uint8Array([...subject, ...(altNames ?? [])]))
  const name = new Span(view.bytes, 0, subject.length)
  view.locate(Part.subject, name)
  if (!readAll(name, 'subject', (reader) => readName(reader, 'subject')).ok) return undefined
  if (altNames === undefined) return view
  const elements = readAll(new Span(view.bytes, subject.length), 'subjectAltName', (reader) => {
    readGeneralNames(reader, 'subjectAltName')
    return reader.content()
  })
  if (!elements.ok) return undefined
  view.locate(Part.altNames, elements.value)
  return view
}

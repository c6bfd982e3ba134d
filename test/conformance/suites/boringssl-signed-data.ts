import { readBitStringBytes } from '../../../src/der/primitives.ts'
import { readAll } from '../../../src/der/reader.ts'
import { pureSignatures, type SignatureBackend } from '../../../src/index.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface SignedData {
  readonly id: string
  readonly publicKey: string
  readonly algorithm: string
  readonly data: string
  readonly signature: string
  readonly expected: boolean
}

const file = 'boringssl-signed-data.json'

function isValid(backend: SignatureBackend, { publicKey, algorithm, data, signature }: SignedData): boolean {
  const encoded = Buffer.from(signature, 'base64')
  const value = readAll(encoded, 'signature', (reader) => {
    readBitStringBytes(reader, 'signature')
    return reader.content().view()
  })
  const key = backend.importKey(Buffer.from(publicKey, 'base64'))
  if (!value.ok || key === undefined) return false
  return key.verify(Buffer.from(algorithm, 'base64'), Buffer.from(data, 'base64'), value.value)
}

/** The suite, run with this backend. */
export const suiteBy = (backend: SignatureBackend): Suite => ({
  name: 'boringssl-signed-data',
  files: [file],
  cases: 32,
  mapping: `The signature, a DER BIT STRING, is parsed like that of a certificate; the rest uses the public signature
interface (\`pureSignatures\`). No policy applies, so SHA-1 counts, as it does upstream.`,
  *run(load): Iterable<CaseResult> {
    for (const item of load(file) as readonly SignedData[]) {
      yield { id: item.id, expected: item.expected ? 'accept' : 'reject', actual: isValid(backend, item) ? 'accept' : 'reject' }
    }
  },
})

export const suite: Suite = suiteBy(pureSignatures)

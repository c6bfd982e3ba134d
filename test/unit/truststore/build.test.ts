import { describe, expect, it } from 'vitest'
import { curveNames } from '../../../src/crypto/curve/curves.ts'
import {
  buildTruststore,
  profiles,
  pureSignatures,
  type SignatureBackend,
  TruststoreError,
  type TruststoreInput,
  verifyChain,
} from '../../../src/index.ts'

import { keyPair, mint } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Build,CN=Root' })
const intermediate = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Build,CN=Intermediate' }, root)
const leaf = mint({ key: keyPair('p256', 2), subject: 'O=Build,CN=Leaf' }, intermediate)
const both = root.pem + intermediate.pem

function subjectsOf(input: TruststoreInput): readonly string[] {
  return buildTruststore(input).certificates.map(({ subject }) => subject)
}

const rootAndIntermediate = ['CN=Root,O=Build', 'CN=Intermediate,O=Build']

describe('buildTruststore reads', () => {
  it.each<[string, TruststoreInput]>([
    ['PEM text', both],
    ['PEM bytes', Buffer.from(both)],
    ['PEM with CRLF', both.replaceAll('\n', '\r\n')],
    ['PEM without a final newline', both.trimEnd()],
    ['PEM with blanks around its lines', both.replaceAll('\n', ' \t\n').replaceAll('-----B', '  -----B')],
    ['PEM with a byte order mark', `\uFEFF${both}`],
    ['PEM bytes with a byte order mark', Buffer.from(`\uFEFF${both}`)],
    ['PEM with comments', `# the root\n${root.pem}\nsubject=CN = Intermediate\n---\nÜber 世界\n${intermediate.pem}# end`],
    ['PEM in one long line a block', both.replace(/([A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, '$1')],
    ['the label of old OpenSSL', both.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE')],
    ['an array of texts', [root.pem, intermediate.pem]],
    ['an array of DER', [root.der, intermediate.der]],
    ['a mixed array', [root.der, Buffer.from(intermediate.pem)]],
    ['an array of bundles', [`${both}`, 'comment\n', both].slice(0, 1)],
  ])('%s', (_, input) => {
    expect(subjectsOf(input)).toEqual(rootAndIntermediate)
    expect(buildTruststore(input).findings).toEqual([])
  })

  it('one certificate in DER', () => {
    expect(subjectsOf(root.der)).toEqual(['CN=Root,O=Build'])
  })

  it('certificates between bad blocks are kept', () => {
    const bad = [
      root.pem.replace('MII', '????'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END X509 CRL-----\n',
      root.pem.slice(0, 120),
    ]
    const store = buildTruststore(`${bad[0]}${root.pem}${bad[1]}${bad[2]}${intermediate.pem}${bad[3]}`)
    expect(store.certificates.map(({ subject }) => subject)).toEqual(rootAndIntermediate)
    expect(store.findings.map(({ code, index }) => [code, index])).toEqual([
      ['pem_syntax_invalid', 0],
      ['certificate_syntax_invalid', 2],
      ['pem_syntax_invalid', 3],
      ['pem_syntax_invalid', 5],
    ])
  })

  it('a copy once', () => {
    const store = buildTruststore([both, root.der, root.pem])
    expect(store.certificates.map(({ subject }) => subject)).toEqual(rootAndIntermediate)
    expect(store.findings.map(({ code, index }) => [code, index])).toEqual([
      ['duplicate_certificate', 2],
      ['duplicate_certificate', 3],
    ])
  })

  it('an expired CA, so that its clients get a reason', () => {
    const old = mint({ ca: true, subject: 'CN=Old', notBefore: new Date(0), notAfter: new Date(86_400_000) })
    const store = buildTruststore(old.pem)
    expect(store.findings).toMatchObject([{ code: 'expired', severity: 'warning' }])
    const client = mint({ key: keyPair('p256', 3) }, old)
    expect(verifyChain(store, client.der)).toMatchObject({ code: 'expired', index: 1 })
  })
})

describe('a truststore', () => {
  it('keeps its own copy of what it was given', () => {
    const der = root.der.slice()
    const pem = Buffer.from(intermediate.pem)
    const store = buildTruststore([der, pem])
    const { fingerprint } = store
    der.fill(0)
    pem.fill(0)
    expect(buildTruststore([root.der, intermediate.pem]).fingerprint).toBe(fingerprint)
    expect(verifyChain(store, leaf.der)).toMatchObject({ ok: true })
    expect(store.certificates.map(({ toPem }, i) => toPem.call(store.certificates[i]))).toEqual([root.pem, intermediate.pem])
  })

  it('reads views into larger buffers', () => {
    const pool = Buffer.concat([Buffer.alloc(7, 0x30), root.der, Buffer.from(intermediate.pem), Buffer.alloc(9, 0x2d)])
    const copy = Buffer.from(pool)
    const der = pool.subarray(7, 7 + root.der.length)
    const pem = new Uint8Array(pool.buffer, pool.byteOffset + 7 + root.der.length, intermediate.pem.length)
    expect(subjectsOf([der, pem])).toEqual(rootAndIntermediate)
    expect(pool.equals(copy)).toBe(true)
  })

  it('has a fingerprint of its certificates in their order', () => {
    const { fingerprint } = buildTruststore(both)
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(buildTruststore([root.der, intermediate.der]).fingerprint).toBe(fingerprint)
    expect(buildTruststore(`${both}\n# comment`).fingerprint).toBe(fingerprint)
    expect(buildTruststore([intermediate.der, root.der]).fingerprint).not.toBe(fingerprint)
    expect(buildTruststore(root.pem).fingerprint).not.toBe(fingerprint)
  })

  it('has warnings in the style of API Gateway', () => {
    const { warnings } = buildTruststore([intermediate.pem, `${root.pem}-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----`])
    expect(warnings).toEqual(['X509 CRL block on line 12 is skipped'])
    const alone = buildTruststore(intermediate.pem).warnings
    expect(alone).toHaveLength(2)
    expect(alone[0]).toBe(
      'no client can be accepted, because no certificate can end a path: certificate 0, CN=Intermediate,O=Build, is not self-signed',
    )
    expect(alone[1]).toMatch(/^its issuer is not in the truststore: .*: subject CN=Intermediate,O=Build$/)
  })

  it('remembers its policy, and judges at the time that it is told', () => {
    const policy = { ...profiles.apiGateway, maxChainLength: 2 }
    expect(buildTruststore(both, { policy }).policy).toEqual(policy)
    expect(buildTruststore(both).policy).toBe(profiles.apiGateway)
    const codesAt = (at: Date | number): readonly string[] => buildTruststore(root.pem, { at }).findings.map(({ code }) => code)
    expect(codesAt(new Date('2000-01-01'))).toEqual(['not_yet_valid'])
    expect(codesAt(Date.parse('2100-01-01'))).toEqual(['expired'])
  })

  it('uses the given backend, once for each key', () => {
    const imported: string[] = []
    const signatures: SignatureBackend = {
      name: 'counting',
      importKey(spki) {
        imported.push(Buffer.from(spki).toString('hex'))
        return pureSignatures.importKey(spki)
      },
    }
    const store = buildTruststore(both, { signatures })
    store.warmUp()
    store.warmUp()
    expect(verifyChain(store, leaf.der).ok).toBe(true)
    expect(verifyChain(store, leaf.der).ok).toBe(true)
    expect(imported.sort()).toEqual([root, intermediate].map(({ key }) => Buffer.from(key.spki).toString('hex')).sort())
  })

  it('cannot be built with a backend that refuses its keys: nothing would verify', () => {
    const signatures: SignatureBackend = { name: 'none', importKey: () => undefined }
    expect(() => buildTruststore(root.pem, { signatures })).toThrow(TruststoreError)
  })
})

describe('strict: true', () => {
  it('throws on an error, with all findings', () => {
    const bad = root.pem + root.pem.replace('MII', '???')
    expect(() => buildTruststore(bad, { strict: true })).toThrow(
      expect.objectContaining({ name: 'TruststoreError', findings: [expect.objectContaining({ code: 'pem_syntax_invalid' })] }),
    )
    expect(buildTruststore(bad, { strict: false }).certificates).toHaveLength(1)
  })

  it('lets warnings pass', () => {
    expect(buildTruststore(root.pem + root.pem, { strict: true }).findings).toHaveLength(1)
  })
})

describe('misuse', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'truststore input must be a string or Uint8Array, got undefined'],
    ['null', null, 'truststore input must be a string or Uint8Array, got null'],
    ['an ArrayBuffer', new ArrayBuffer(4), 'truststore input must be a string or Uint8Array, got object'],
    ['a number in an array', [root.pem, 7], 'truststore input [1] must be a string or Uint8Array, got number'],
    ['a nested array', [[root.pem]], 'truststore input [0] must be a string or Uint8Array, got object'],
  ])('%s as input is a TypeError', (_, input, message) => {
    expect(() => buildTruststore(input as TruststoreInput)).toThrow(new TypeError(message))
  })

  it.each<[string, object, string]>([
    ['a policy by name', { policy: 'apiGateway' }, 'policy must be an object'],
    ['a policy without a field', { policy: { ...profiles.apiGateway, curves: undefined } }, 'policy.curves must be an array'],
    ['an unknown trust', { policy: { ...profiles.apiGateway, trust: 'all' } }, 'policy.trust must be one of roots'],
    [
      'an unknown curve',
      { policy: { ...profiles.apiGateway, curves: ['P-224'] } },
      `policy.curves must be an array of ${curveNames.join(', ')}`,
    ],
    ['SHA-1', { policy: { ...profiles.apiGateway, hashes: ['sha1'] } }, 'policy.hashes must be an array of sha256'],
    ['a fraction', { policy: { ...profiles.apiGateway, minRsaBits: 0.5 } }, 'policy.minRsaBits must be a whole number'],
    [
      'a negative length',
      { policy: { ...profiles.apiGateway, maxChainLength: -1 } },
      'policy.maxChainLength must be a whole number',
    ],
    ['no budget', { policy: { ...profiles.apiGateway, budget: null } }, 'policy.budget must be an object'],
    [
      'half a budget',
      { policy: { ...profiles.apiGateway, budget: { signatures: 1 } } },
      'policy.budget.pathSteps must be a whole number',
    ],
    ['a misspelt field', { policy: { ...profiles.apiGateway, maxChainLenght: 3 } }, 'policy.maxChainLenght is not'],
    ['a misspelt option', { polcy: profiles.apiGateway }, 'options.polcy is not an option'],
    ['strict as text', { strict: 'yes' }, 'options.strict must be a boolean'],
    ['a backend by name', { signatures: 'node' }, 'options.signatures must be a SignatureBackend'],
    ['an invalid date', { at: new Date('never') }, 'options.at must be a valid Date'],
    ['a date as text', { at: '2026-01-01' }, 'options.at must be a valid Date'],
  ])('%s as option is a TypeError', (_, options, message) => {
    expect(() => buildTruststore(root.pem, options)).toThrow(TypeError)
    expect(() => buildTruststore(root.pem, options)).toThrow(message)
  })
})

const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { buildTruststore, parseCertificate, profiles, TruststoreError, verifyChain } = require('portcullis')
const { formatClientCert, verifyRequest } = require('portcullis/headers')
const { renderText } = require('portcullis/inspect')
const { mutualTls, nodeSignatures } = require('portcullis/node')

/** A test in CommonJS that requires every entry, as users of Jest would. Only `runner/jest.mjs` runs it. */
const { cases, root, shown } = JSON.parse(readFileSync(join(__dirname, '..', 'fixtures.json'), 'utf8'))
const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, 'base64'))

const verdicts = cases.filter(({ topic, list }) => topic === 'algorithms' && list === undefined)
for (const { name, truststore, chain, profile = 'apiGateway', options, expected } of verdicts) {
  test.each([
    ['pure', undefined],
    ['node', nodeSignatures],
  ])(`${name}, signatures: %s`, (_name, signatures) => {
    const store = buildTruststore(truststore, { policy: profiles[profile], ...(signatures && { signatures }) })
    const verdict = verifyChain(store, chain.map(bytesOf), options)
    expect(verdict.ok ? 'accepted' : verdict.code).toBe(expected)
  })
}

test('the entries share the class Truststore', () => {
  const store = buildTruststore(root)
  const headers = { 'client-cert': formatClientCert(bytesOf(shown.der)).value }
  expect(verifyRequest(headers, store, { from: 'rfc9440', trustedProxy: true })).toHaveProperty('ok')
  expect(() => mutualTls({ truststore: store })).not.toThrow()
})

test('a certificate as text', () => {
  expect(renderText(bytesOf(shown.der))).toContain('CN=shown')
})

test('bad input and misuse', () => {
  expect(parseCertificate(bytesOf(shown.der).subarray(1)).ok).toBe(false)
  expect(() => buildTruststore('no PEM')).toThrow(TruststoreError)
  expect(() => verifyChain({}, [])).toThrow('must be a Truststore')
})

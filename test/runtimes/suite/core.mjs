import {
  buildTruststore,
  decodePem,
  diffTruststores,
  explain,
  lintCertificate,
  lintTruststore,
  parseCertificate,
  parseRevocationList,
  profiles,
  verifyChain,
} from 'portcullis'
import { bytesOf, equal, includes, throws } from './harness.mjs'

/** Tests of the verdicts that `fixtures.cases` expects, with a signature backend. */
export function verdictTests({ cases }, topics, signatures) {
  return cases
    .filter(({ topic }) => topics.includes(topic))
    .map((expectation) => ({
      name: `${expectation.topic}: ${expectation.name}`,
      run: () => judge(expectation, signatures),
    }))
}

function judge({ truststore, chain, profile = 'apiGateway', options = {}, list, expected }, signatures) {
  const store = buildTruststore(truststore, { policy: profiles[profile], ...(signatures && { signatures }) })
  const revocation = list && { lists: [parseRevocationList(bytesOf(list)).value], depth: 'leaf' }
  const verdict = verifyChain(store, chain.map(bytesOf), { ...options, ...(revocation && { revocation }) })
  equal(verdict.ok ? 'accepted' : verdict.code, expected)
}

export function coreTests(fixtures) {
  const { shown, root, issuing, weak, below, list } = fixtures
  const tests = {
    'parse: DER'() {
      const { ok, value } = parseCertificate(bytesOf(shown.der))
      equal(ok, true)
      equal(value.subject, 'CN=shown,O=Runtimes,C=US')
      equal(value.serialNumber, '123456789abc')
      equal(value.fingerprint, shown.fingerprint)
      equal(value.notBefore.toISOString(), '2026-01-02T03:04:05.000Z')
      equal(value.notAfter.toISOString(), '2049-12-31T23:59:59.000Z')
      equal(
        value.subjectAltNames.map((name) => `${name.type} ${name.value}`),
        ['uri spiffe://example.org/shown', 'dns shown.example.org', 'ip 192.0.2.1'],
      )
    },
    'parse: PEM'() {
      const { ok, value } = parseCertificate(shown.pem)
      equal([ok, value.fingerprint, value.toPem().trim()], [true, shown.fingerprint, shown.pem.trim()])
    },
    'parse: every truncation is rejected'() {
      const der = bytesOf(shown.der)
      for (let length = 0; length < der.length; length++) equal(parseCertificate(der.subarray(0, length)).ok, false)
    },
    'parse: JSON of a certificate'() {
      const json = JSON.parse(JSON.stringify(parseCertificate(shown.pem).value))
      equal([json.fingerprint, json.subject], [shown.fingerprint, 'CN=shown,O=Runtimes,C=US'])
    },
    'parse: a chain in PEM'() {
      const { value } = decodePem(root + issuing)
      equal(value.length, 2)
    },
    'parse: a revocation list'() {
      const { ok, value } = parseRevocationList(bytesOf(list))
      equal([ok, value.issuer], [true, 'CN=Root,O=Runtimes'])
    },
    'build: from PEM, bytes and DER'() {
      const ders = decodePem(root + issuing).value
      const versions = [buildTruststore(root + issuing), buildTruststore([root, issuing]), buildTruststore(ders)]
      equal(new Set(versions.map(({ fingerprint }) => fingerprint)).size, 1)
      equal(versions[0].certificates.length, 2)
    },
    'build: an unusable certificate is a finding'() {
      const store = buildTruststore(root + weak)
      equal([store.certificates.length, store.findings.map(({ code }) => code)], [1, ['rsa_too_small']])
      includes(store.warnings[0], 'CN=Weak')
      throws('TruststoreError', () => buildTruststore(weak))
      throws('TruststoreError', () => buildTruststore('no PEM'))
    },
    'build: a wrong option is a TypeError'() {
      throws('TypeError', () => buildTruststore(root, { polcy: profiles.rfc5280 }))
      throws('TypeError', () => verifyChain({}, []))
    },
    'verify: the path of an accepted client'() {
      const verdict = verifyChain(buildTruststore(root + issuing), bytesOf(below))
      equal(verdict.ok && verdict.path.map(({ subject }) => subject), [
        'CN=client,O=Runtimes',
        'CN=Issuing,O=Runtimes',
        'CN=Root,O=Runtimes',
      ])
    },
    'verify: after warmUp'() {
      const store = buildTruststore(root + issuing)
      store.warmUp()
      equal(verifyChain(store, bytesOf(below)).ok, true)
    },
    'verify: at the given time'() {
      const { code, message } = verifyChain(buildTruststore(root), bytesOf(shown.der), { at: Date.UTC(2050, 0, 1) })
      equal(code, 'expired')
      includes(message, '2049-12-31T23:59:59Z')
    },
    'verify: a view into a larger buffer'() {
      const der = bytesOf(below)
      const larger = new Uint8Array(der.length + 100).fill(0xaa)
      larger.set(der, 50)
      equal(verifyChain(buildTruststore(root + issuing), larger.subarray(50, 50 + der.length)).ok, true)
    },
    'diff: issuers whose clients are rejected'() {
      const diff = diffTruststores(buildTruststore(root + issuing), buildTruststore(root))
      equal([diff.removed.length, diff.droppedIssuers], [1, ['CN=Issuing,O=Runtimes']])
    },
    'lint: a clean bundle'() {
      equal(lintTruststore(root).accepted, true)
    },
    'lint: a bundle with an error'() {
      const { accepted, findings } = lintTruststore(root + root + weak)
      const codes = findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code)
      equal([accepted, codes.includes('rsa_too_small'), codes.includes('duplicate_certificate')], [false, true, true])
    },
    'lint: a platform'() {
      equal(lintTruststore(root, { platform: 'api-gateway' }).accepted, true)
    },
    'lint: a client'() {
      equal(lintCertificate(shown.pem).counts.error, 0)
    },
    'explain: a code'() {
      includes(explain('unknown_issuer').summary, '.')
    },
  }
  return Object.entries(tests).map(([name, run]) => ({ name, run }))
}

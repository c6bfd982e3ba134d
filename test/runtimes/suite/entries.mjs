import { buildTruststore, parseCertificate, verifyChain } from 'portcullis'
import {
  formatAlbPassthrough,
  formatApiGatewayClientCert,
  formatClientCert,
  formatClientCertChain,
  formatCloudflareTlsClientAuth,
  matchIdentity,
  parseAlbPassthrough,
  parseApiGatewayEvent,
  parseClientCert,
  spiffeIdOf,
  verifyRequest,
} from 'portcullis/headers'
import { importBundle } from 'portcullis/import'
import { inspect, renderText } from 'portcullis/inspect'
import { bytesOf, equal, includes, throws } from './harness.mjs'

/** `portcullis/headers`, `portcullis/import` and `portcullis/inspect`. */
export function entryTests({ shown, root, issuingDer, below, list }) {
  const der = bytesOf(shown.der)
  const certificate = () => parseCertificate(der).value
  const store = () => buildTruststore(root)
  const trusted = { from: 'rfc9440', trustedProxy: true }
  const header = () => formatClientCert(der).value
  const tests = {
    'headers: RFC 9440 formatted and parsed'() {
      equal([...parseClientCert(header()).value], [...der])
      equal(parseClientCert(`${header()} `).code, 'malformed_header')
    },
    'headers: ALB formatted and parsed'() {
      const chain = [bytesOf(below), bytesOf(issuingDer)]
      const read = parseAlbPassthrough(formatAlbPassthrough(chain).value)
      equal(
        read.value.map((one) => one.length),
        chain.map((one) => one.length),
      )
    },
    'headers: an event of API Gateway'() {
      const clientCert = formatApiGatewayClientCert(certificate())
      const read = parseApiGatewayEvent({ requestContext: { identity: { clientCert } } })
      equal([read.value.leaf.fingerprint, read.value.subjectDN], [shown.fingerprint, 'C=US,O=Runtimes,CN=shown'])
      const altered = { ...clientCert, serialNumber: '00' }
      equal(parseApiGatewayEvent({ requestContext: { identity: { clientCert: altered } } }).code, 'inconsistent_headers')
    },
    'headers: a fetch Request is verified'() {
      const request = new Request('https://example.org/', { headers: { 'Client-Cert': header() } })
      const verdict = verifyRequest(request, store(), trusted)
      equal([verdict.ok, verdict.leaf?.fingerprint], [true, shown.fingerprint])
    },
    'headers: a chain is verified'() {
      const headers = new Headers({
        'Client-Cert': formatClientCert(bytesOf(below)).value,
        'Client-Cert-Chain': formatClientCertChain([bytesOf(issuingDer)]).value,
      })
      equal(verifyRequest(headers, store(), trusted).code, 'unknown_issuer')
    },
    'headers: a duplicate header is rejected'() {
      const headers = new Headers()
      headers.append('Client-Cert', header())
      headers.append('Client-Cert', header())
      equal(verifyRequest(headers, store(), trusted).code, 'malformed_header')
      equal(verifyRequest({ 'client-cert': [header(), header()] }, store(), trusted).code, 'duplicate_header')
    },
    'headers: no header'() {
      equal(verifyRequest(new Headers(), store(), trusted).code, 'no_certificate')
    },
    'headers: no proxy is trusted by default'() {
      throws('TypeError', () => verifyRequest(new Headers(), store(), { from: 'rfc9440' }))
    },
    'headers: Cloudflare'() {
      const auth = formatCloudflareTlsClientAuth(certificate()).value
      const verdict = verifyRequest({ cf: { tlsClientAuth: auth } }, store(), { from: 'cloudflare', trustedProxy: true })
      equal([verdict.ok, verdict.leaf?.fingerprint], [true, shown.fingerprint])
    },
    'identity: allow-lists and SPIFFE'() {
      const { leaf } = verifyChain(store(), der)
      equal(matchIdentity(leaf, { uri: 'spiffe://example.org/shown' }).ok, true)
      equal(matchIdentity(leaf, { uri: 'spiffe://example.org/other' }).ok, false)
      equal(matchIdentity(leaf, { dns: ['other.example.org', 'SHOWN.example.org'] }).ok, true)
      equal(matchIdentity(leaf, { fingerprint: shown.fingerprint }).ok, true)
      equal(spiffeIdOf(leaf).ok, true)
    },
    'import: certificates and lists one after another'() {
      const both = new Uint8Array([...der, ...bytesOf(list)])
      const { value } = importBundle(both)
      equal([value.certificates.length, value.revocationLists.length], [1, 1])
      equal([...value.certificates[0]], [...der])
      equal(importBundle(shown.pem).value.certificates.length, 1)
    },
    'inspect: a certificate as text'() {
      const text = renderText(shown.pem)
      for (const part of ['Serial Number', 'CN=shown', 'URI:spiffe://example.org/shown', 'id-ecPublicKey']) includes(text, part)
    },
    'inspect: a revocation list as text'() {
      includes(renderText(bytesOf(list)), 'Revoked Certificates')
    },
    'inspect: another ASN.1 structure'() {
      const { faults, text } = inspect('-----BEGIN THING-----\nMAMCAQU=\n-----END THING-----\n')
      equal(faults.length, 1)
      includes(text, 'INTEGER')
    },
  }
  return Object.entries(tests).map(([name, run]) => ({ name, run }))
}

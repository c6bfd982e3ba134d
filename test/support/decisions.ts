import { finish } from '../../src/bytes/steps.ts'
import { formats } from '../../src/headers/formats.ts'
import * as headers from '../../src/headers/index.ts'
import * as core from '../../src/index.ts'
import * as inspecting from '../../src/inspect/index.ts'
import { Admissions } from '../../src/node/gate/admission.ts'
import { ownOptions, readGateOptions } from '../../src/node/gate/gate-options.ts'
import * as node from '../../src/node/index.ts'
import { Versions } from '../../src/node/source/versions.ts'
import { described } from './described.ts'
import { flaws } from './flawed-bundles.ts'
import { headerParsers } from './header-parsers.ts'
import { keyPair, type Minted, mint, mintCrl } from './mint.ts'
import { parsed, valued } from './parsed.ts'
import { leafKey, presented, root } from './rejected-chain.ts'

/** Calls of every public function without optional fields, with outcomes that a setting could loosen. */

const day = 86_400_000
const at = Date.now()
const leaf = (spec: object = {}, issuer: Minted = root): Minted =>
  mint({ key: leafKey, subject: 'O=Verify,CN=Leaf', ...spec }, issuer)

const client = leaf()
const issuing = mint({ ca: true, key: keyPair('p256', 51), subject: 'O=Verify,CN=Issuing' }, root)
const server = leaf({ extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'a.example' }] })
const expired = leaf({ notBefore: new Date(at - 90 * day), notAfter: new Date(at - 30 * day) })
const elsewhere = mint({ ca: true, key: keyPair('p256', 53), subject: 'O=Elsewhere,CN=Root' })
const stranger = leaf({}, elsewhere)
const forged = leaf({ signWith: keyPair('p256', 52) })
const byClient = leaf({}, client)
const other = leaf({ subject: 'O=Verify,CN=Other' })
const below = leaf({}, issuing)
const weak = mint({ ca: true, key: keyPair('rsa1024', 1), subject: 'O=Verify,CN=Weak' })
const [certificate, foreign] = [parsed(client.der), parsed(stranger.der)]
const clearing = valued(core.parseRevocationList(mintCrl({ issuer: root }).der))
const dates = { thisUpdate: new Date(at - 9 * day), nextUpdate: new Date(at - day) }
const stale = valued(core.parseRevocationList(mintCrl({ issuer: root, ...dates }).der))

const store = core.buildTruststore([root.der, client.der])
const otherStore = core.buildTruststore(elsewhere.der)
const taking = core.buildTruststore(root.der, { policy: presented })
const p384 = mint({ ca: true, key: keyPair('p384', 1), subject: 'O=Verify,CN=P-384' })
const store384 = core.buildTruststore(p384.der)
const below384 = leaf({}, p384)
const forged384 = leaf({ signWith: keyPair('p384', 2) }, p384)
const [list, listOfPoint] = [mintCrl({ issuer: root }).pem, mintCrl({ issuer: root, idp: { uri: 'http://a.example/' } }).pem]
const requests = [new Headers(), new Request('https://a.example/')]
const request = { from: 'rfc9440', trustedProxy: true } as const

/** Values on `Object.prototype`. Each would loosen a decision if it were read as an option. */
export const loosening: readonly unknown[] = [
  ...[true, false, 0, 1, Infinity, at - 60 * day, new Date(at - 60 * day), '', '0', '1', 'SUCCESS', 'any', 'allow', 'leaf'],
  ...['every-certificate', 'presented', 'practical', 'TLSv1.2', 'api-gateway', 'a.example', [], {}, null],
  ...[client.der, [client.der], otherStore, { current: otherStore, truststore: otherStore }, [clearing], { lists: [clearing] }],
  { ...core.profiles.apiGateway, trust: 'every-certificate', enforceAnchorConstraints: false, minRsaBits: 0 },
  { name: 'yes', importKey: () => ({ verify: () => true }), verify: () => true },
  { isAuthorized: true, tlsClientAuth: valued(headers.formatCloudflareTlsClientAuth(certificate)) },
  valued(headers.formatClientCert(client.der)),
  { 'client-cert': valued(headers.formatClientCert(client.der)), raw: stranger.der },
  { clientCert: headers.formatApiGatewayClientCert(certificate) },
  () => true,
  () => valued(headers.formatClientCert(client.der)),
  (resolve?: (value: unknown) => void) => (typeof resolve === 'function' ? resolve(true) : { verify: () => true }),
]

const verify = (chain: core.Chain, options?: core.VerifyOptions): unknown => core.verifyChain(store, chain, options)
const judged = (input: core.TruststoreInput, der: Uint8Array, options?: core.TruststoreOptions): unknown =>
  core.verifyChain(core.buildTruststore(input, options), der)
const { minRsaBits: _, ...lacking } = core.profiles.apiGateway
const { signatures: __, ...unmetered } = core.profiles.apiGateway.budget

/** A connection with this certificate, with the fields that a gate reads. */
function admitted(options: object, der: Uint8Array, source?: (socket: object) => object): unknown {
  const given = ownOptions(options as node.MutualTlsOptions)
  const admissions = new Admissions(given, readGateOptions(given))
  const socket = {
    isSessionReused: () => false,
    getPeerX509Certificate: () => ({ raw: der }),
    servername: 'a.example',
    remoteAddress: '192.0.2.1',
    closed: false,
    destroyed: false,
    on: () => undefined,
    once: () => undefined,
    off: () => undefined,
  }
  const answers: unknown[] = []
  admissions.admitConnection(socket as never, false, (admission) => answers.push(admission.ok, admission))
  return [answers, node.getClientIdentity((source?.(socket) ?? socket) as never)?.certificate.subject]
}

/** The outcomes of a version of a source that drops every issuer. */
function offered(): unknown {
  const versions = new Versions({}, 3)
  finish(versions.decide({ bytes: root.der }, false))
  return finish(versions.decide({ bytes: elsewhere.der }, false))
}

/** By the name of the function. */
export const decisions: Readonly<Record<string, readonly (() => unknown)[]>> = {
  verifyChain: [
    () => verify(client.der),
    () => verify(server.der),
    () => verify(expired.der),
    () => verify([]),
    () => verify(stranger.der),
    () => verify(forged.der),
    () => verify(byClient.der),
    () => verify([below.der, issuing.der]),
    () => verify(other.der, { revocation: { lists: [] } }),
    () => verify(other.der, { revocation: { lists: [stale] } }),
    () => verify(other.der, { revocation: { lists: [clearing] } }),
    () => core.verifyChain(taking, [below.der, issuing.der], { revocation: { lists: [clearing] } }),
    () => verify(client.der, { certificatePolicies: { requireExplicitPolicy: true } }),
    () => verify(client.der, { certificatePolicies: { initialPolicies: ['1.2.3'] } }),
    () => verify(client.der, { certificatePolicies: {} }),
    () => verify(server.der, { purpose: 'server', serverName: 'b.example' }),
    () => verify(server.der, { purpose: 'server', serverName: '192.0.2.1' }),
    () => verify(server.der, { purpose: { anyOf: ['client', 'server'], until: new Date(8.64e15) } }),
    () => verify(server.der, { purpose: { anyOf: ['client', 'server'], until: 0 } }),
    () => core.verifyChain(store384, below384.der),
    () => core.verifyChain(store384, forged384.der),
  ],
  buildTruststore: [
    () => judged([root.der, client.der], byClient.der),
    () => judged(root.der, server.der),
    () => judged(root.der, forged.der),
    () => judged(root.der, client.der, { signatures: 'pure' as never }),
    () => judged(root.der, client.der, { policy: lacking as never }),
    () => judged(root.der, client.der, { policy: { ...core.profiles.apiGateway, budget: unmetered as never } }),
    () => core.buildTruststore(weak.der),
    () => core.buildTruststore([root.der, expired.der]).warnings,
    () => core.buildTruststore([root.der, 'junk'], { strict: true }),
  ],
  lintTruststore: [() => core.lintCertificate(expired.der)],
  checkOwnership: [
    () => core.checkOwnership('b.example', server.der, client.der, at),
    () => core.checkOwnership('192.0.2.1', server.der, client.der, at),
    () => core.checkOwnership('a.example', expired.der, server.der),
  ],
  lintCertificate: [() => core.lintCertificate(expired.der), () => core.lintCertificate(server.der, { at, as: 'ca' })],
  diffTruststores: [() => core.diffTruststores(store, otherStore), () => core.diffTruststores({} as never, store)],
  explain: [() => core.explain('expired'), () => core.explain('weak_key'), () => core.explain('nonsense' as never)],
  decodePem: [() => core.decodePem(client.pem), () => core.decodePem('')],
  parseCertificate: [() => core.parseCertificate(server.pem), () => core.parseCertificate('junk')],
  parseRevocationList: [() => core.parseRevocationList(list), () => core.parseRevocationList('junk')],
  pureSignatures: [() => core.pureSignatures.importKey(client.der), () => checked(core.pureSignatures)],
  nodeSignatures: [() => node.nodeSignatures.importKey(client.der), () => checked(node.nodeSignatures)],
  inspect: [() => inspecting.inspect(client.pem + weak.pem), () => inspecting.inspect(client.der.slice(2))],
  renderText: [() => inspecting.renderText(listOfPoint)],

  verifyRequest: [
    ...Object.keys(formats).map((from) => () => headers.verifyRequest({}, store, { from, trustedProxy: true } as never)),
    () => headers.verifyRequest(sent(client), store, request),
    () => headers.verifyRequest(sent(stranger), store, request),
    () => headers.verifyRequest(sent(server), store, request),
    () => headers.verifyRequest(sent(client), store, { from: 'rfc9440' } as never),
    () => headers.verifyRequest(sent(client), store, { trustedProxy: true } as never),
    ...requests.map((given) => () => headers.verifyRequest(given, store, request)),
    () => headers.verifyRequest({ headers: {} }, store, request),
    () => headers.verifyRequest({ cf: {} }, store, { ...request, from: 'cloudflare' }),
    () => headers.verifyRequest({ 'x-forwarded-client-cert': 'By=a;URI=b' }, store, { ...request, from: 'envoy' }),
  ],
  matchIdentity: [
    () => headers.matchIdentity(certificate, { uri: 'spiffe://a.example/b' }),
    () => headers.matchIdentity(certificate, { subject: certificate.subject }),
    () => headers.matchIdentity(certificate, { subject: [] }),
    () => headers.matchIdentity(certificate, {}),
  ],
  identityMatcher: [() => headers.identityMatcher({}), () => headers.identityMatcher({ dns: ['a.example'] })(foreign)],
  spiffeIdOf: [() => headers.spiffeIdOf(certificate)],
  parseSpiffeId: [() => headers.parseSpiffeId('spiffe://a.example'), () => headers.parseSpiffeId('spiffe://')],
  ...Object.fromEntries(Object.entries(headerParsers).map(([name, { sparse }]) => [name, sparse])),
  formatAlbPassthrough: [() => headers.formatAlbPassthrough([])],
  formatAlbVerify: [() => headers.formatAlbVerify(certificate)],
  formatApiGatewayClientCert: [() => headers.formatApiGatewayClientCert(certificate)],
  formatClientCert: [() => headers.formatClientCert(client.der)],
  formatClientCertChain: [() => headers.formatClientCertChain([client.der])],
  formatCloudFront: [() => headers.formatCloudFront(certificate)],
  formatCloudflareHeaders: [() => headers.formatCloudflareHeaders(certificate)],
  formatCloudflareTlsClientAuth: [() => headers.formatCloudflareTlsClientAuth(certificate)],
  formatGoogleCloud: [() => headers.formatGoogleCloud(certificate)],
  formatNginxEscapedCert: [() => headers.formatNginxEscapedCert(client.der)],
  formatNginxLegacyCert: [() => headers.formatNginxLegacyCert(client.der)],
  formatNginxVerify: [() => headers.formatNginxVerify({ status: 'none' })],
  formatXfcc: [() => headers.formatXfcc([{ by: [], uri: ['a:b'], dns: [] }])],

  mutualTls: [
    () => admitted({ truststore: store }, client.der),
    () => admitted({ truststore: store }, stranger.der),
    () => admitted({ truststore: store }, server.der),
    () => admitted({ truststore: {} }, client.der),
    () => admitted({}, client.der),
    () => admitted({ domains: { 'b.example': { truststore: store } } }, client.der),
    () => admitted({ domains: { 'a.example': {} } }, client.der),
    () => admitted({ truststore: store, revocation: () => ({ lists: [] }) }, other.der),
    () => admitted({ truststore: store, authorize: () => ({}) }, client.der),
    () => admitted({ truststore: store, authorize: () => ({ isAuthorized: false }) }, client.der),
    () => node.mutualTls({ truststore: store }).tlsOptions,
    () => node.mutualTls({ domains: { 'a.example': { truststore: store } } }).tlsOptions,
  ],
  getClientIdentity: [
    () => admitted({ truststore: store }, client.der, (socket) => ({ session: { socket } })),
    () => admitted({ truststore: store }, client.der, (socket) => ({ stream: { session: { socket } } })),
    () => admitted({ truststore: store }, client.der, () => ({})),
  ],
  portcullisServerIdentity: [
    () => node.portcullisServerIdentity(store)('a.example', { raw: server.der } as never)?.code,
    () => node.portcullisServerIdentity(store)('a.example', { raw: client.der } as never)?.code,
    () => node.portcullisServerIdentity(store)('b.example', { raw: server.der } as never)?.code,
    () => node.portcullisServerIdentity(store)('a.example', {} as never)?.code,
    () => node.portcullisServerIdentity(store, {})('a.example', { raw: stranger.der } as never)?.code,
    () => node.portcullisServerIdentity({} as never),
  ],
  selectServerCertificate: [() => node.selectServerCertificate('b.example', ['a.example'])],
  fileTruststore: [offered],
  urlTruststore: [offered],
}

function sent({ der }: Minted): object {
  return { headers: { 'client-cert': valued(headers.formatClientCert(der)) } }
}

/** Whether the root's key verifies signatures of another key, and invalid ones. */
function checked(backend: core.SignatureBackend): unknown {
  const key = backend.importKey(certificate.subjectPublicKeyInfo)
  const ecdsa = Buffer.from('300a06082a8648ce3d040302', 'hex')
  return [key?.verify(ecdsa, foreign.tbs, client.der.slice(-70)), key?.verify({} as never, foreign.tbs, foreign.tbs)]
}

/** Lints everything that a rule has an example of. */
export const lints: readonly (() => unknown)[] = flaws.map(
  ({ input }) =>
    () =>
      core.lintTruststore(input, { at }),
)

/** The result of a call, or its exception. */
export function outcome(call: () => unknown): string {
  try {
    return described(call())
  } catch (error) {
    return `throws ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
  }
}

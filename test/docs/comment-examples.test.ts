import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import https from 'node:https'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatAlbPassthrough, formatClientCert, formatNginxEscapedCert, formatXfcc } from '../../src/headers/index.ts'
import * as portcullis from '../../src/index.ts'
import * as portcullisNode from '../../src/node/index.ts'
import { typeFaults } from './compile.ts'
import { root } from './documents.ts'
import { fileText } from './files.ts'
import { entries, run } from './run.ts'

/** The `@example`s in comments of src compile and run, and every export has one. */

const comments = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => {
    const text = readFileSync(join(root, 'src', name), 'utf8')
    return [...text.matchAll(/^ \* @example\n((?: \*(?: .*)?\n)+?) \*(?:\/| @)/gm)].map((found) => ({
      name,
      code: (found[1] ?? '').replace(/^ \* ?/gm, ''),
    }))
  })

const store = portcullis.buildTruststore(fileText('truststore.pem'))
const client = fileText('client.der')
const header = `:${client.toString('base64')}:`

/** The headers of several proxies together. */
function headersOf({ raw }: portcullis.Certificate): Readonly<Record<string, string>> {
  const values = {
    'client-cert': formatClientCert(raw),
    'x-amzn-mtls-clientcert': formatAlbPassthrough([raw]),
    'x-forwarded-client-cert': formatXfcc([{ by: [], uri: [], dns: [], chain: [raw] }]),
    'x-ssl-client-cert': formatNginxEscapedCert(raw),
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.ok ? value.value : '']))
}

/** Names that examples may use besides the exports of the package: type and value. */
const surroundings: Readonly<Record<string, readonly [type: string, value: unknown]>> = {
  algorithmIdentifier: ['Uint8Array', Buffer.from('300d06092a864886f70d01010b0500', 'hex')],
  cert: ['Buffer', fileText('server.pem')],
  certificate: ['Certificate', store.certificates[0]],
  chain: ['readonly Uint8Array[]', [client]],
  createServer: ["typeof import('node:https').createServer", https.createServer],
  crlBytes: ['Uint8Array', fileText('clients.crl')],
  current: ['Truststore', store],
  data: ['Uint8Array', new Uint8Array(10)],
  event: ['object', { requestContext: { identity: { clientCert: {} } } }],
  gate: ['MutualTls', portcullisNode.mutualTls({ truststore: store })],
  headers: ['Record<string, string>', headersOf(store.certificates[0]!)],
  key: ['Buffer', fileText('server.key')],
  next: ['Truststore', portcullis.buildTruststore(fileText('next-truststore.pem'))],
  ownershipPem: ['string', fileText('server.pem').toString()],
  pem: ['string', fileText('client.pem').toString()],
  pemOfLeafAndIntermediates: ['string', fileText('client.pem').toString() + fileText('clients-ca.pem').toString()],
  readFileSync: ['(path: string) => Buffer', fileText],
  request: [
    'Request & { cf?: { tlsClientAuth: object } }',
    new Request('https://example.org/', { headers: { 'client-cert': header } }),
  ],
  serverPem: ['string', fileText('server.pem').toString()],
  signature: ['Uint8Array', new Uint8Array(256)],
  socket: ["import('node:tls').TLSSocket", { on: () => undefined, getPeerX509Certificate: () => new X509Certificate(client) }],
  spki: ['Uint8Array', fileText('spki')],
  store: ['Truststore', store],
  verdict: ['Verdict', portcullis.verifyChain(store, client)],
}

/** Every export of every entry, by its name. */
const exported = Object.assign({}, ...Object.values(entries).map(({ module }) => module)) as Readonly<Record<string, unknown>>

describe('examples in the comments of src', () => {
  it.each(Object.entries(entries))('%s: every export has one', (_entry, { module }) => {
    const isShown = (name: string): boolean => comments.some(({ code }) => new RegExp(`\\b${name}\\b`).test(code))
    expect(Object.keys(module).filter((name) => !isShown(name))).toEqual([])
  })

  it('compile', { timeout: 120_000 }, () => {
    const imports = Object.entries(entries).map(
      ([entry, { module }]) => `import { ${Object.keys(module).join(', ')} } from '${entry}'`,
    )
    const types =
      "import type { Certificate, Truststore, Verdict } from 'portcullis'\nimport type { MutualTls } from 'portcullis/node'"
    const declarations = Object.entries(surroundings).map(([name, [type]]) => `declare const ${name}: ${type}`)
    const prelude = [...imports, types, ...declarations].join('\n')
    const texts = comments.map(
      ({ name, code }, i) => [`${name.replaceAll('/', '-')}-${i}.ts`, `${prelude}\n{\n${code}\n}`] as const,
    )
    expect(typeFaults(new Map(texts), { noUncheckedIndexedAccess: false })).toEqual([])
  })

  it.each(comments)('$name', ({ code }) => {
    const values = Object.fromEntries(Object.entries(surroundings).map(([name, [, value]]) => [name, value]))
    expect(() => run(`{ ${code} }`, { ...exported, ...values })).not.toThrow()
  })
})

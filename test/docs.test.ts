import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { compileFunction } from 'node:vm'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as headers from '../src/headers/index.ts'
import * as portcullis from '../src/index.ts'
import * as inspect from '../src/inspect/index.ts'
import * as portcullisNode from '../src/node/index.ts'
import { keyPair, mint, mintCrl, privateKeyPem } from './support/mint.ts'

/**
 * What the documents say is true: TypeScript examples marked `run` compile and run, print what the `text output` block
 * after them shows, and do what is expected of them below; `@example`s in src run too; links and named tests exist.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function markdownFiles(): readonly string[] {
  const below = ['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  return [...readdirSync(root), ...below].filter((name) => name.endsWith('.md')).sort()
}

type Source = portcullisNode.TruststoreSource

interface Example {
  readonly file: string
  readonly name: string
  readonly line: number
  readonly code: string
  /** What it prints, where the document says. */
  readonly output: string | undefined
}

const fence = /^```(\S*) *(.*)\n([\s\S]*?)^```$/gm

function examplesIn(file: string): readonly Example[] {
  const text = readFileSync(join(root, file), 'utf8')
  const examples: Example[] = []
  let last: { -readonly [K in keyof Example]: Example[K] } | undefined
  for (const { 1: language, 2: info = '', 3: code = '', index } of text.matchAll(fence)) {
    const name = /^run=(\S+)$/.exec(info)?.[1]
    if (language === 'ts' && name !== undefined) {
      last = { file, name, line: text.slice(0, index).split('\n').length, code, output: undefined }
      examples.push(last)
    } else if (language === 'text' && info === 'output' && last !== undefined) last.output = code
  }
  return examples
}

const examples = markdownFiles().flatMap(examplesIn)

/** The files that examples read, made afresh; those whose dates are printed have fixed ones. */
function makeFiles(): Readonly<Record<string, string | Uint8Array>> {
  const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
  const rootCa = mint({ subject: 'O=Example,CN=Example Root', ca: true })
  const clients = mint({ subject: 'O=Example,CN=Example Clients', ca: true, pathLength: 0 }, rootCa)
  const rekeyed = mint({ subject: 'O=Example,CN=Example Clients', ca: true }, rootCa)
  const partners = mint({ subject: 'O=Partner,CN=Partner Root', ca: true })
  const client = mint({ subject: 'O=Example,CN=client-1' }, clients)
  const expiry = { notBefore: day('2023-01-01'), notAfter: new Date('2024-12-31T23:59:59Z') }
  const oldClient = mint({ subject: 'O=Example,CN=client-2', ...expiry }, clients)
  const server = mint(
    { subject: 'CN=localhost', extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'localhost' }] },
    clients,
  )
  const rsaRoot = mint({ subject: 'O=Example,CN=RSA Root', ca: true, key: keyPair('rsa2048', 1) })
  const weakRoot = mint({ subject: 'O=Example,CN=Old Root', ca: true, key: keyPair('rsa1024', 1) })
  const stolen = mint({ subject: 'O=Example,CN=stolen' }, clients)
  const stranger = mint({ subject: 'O=Example,CN=stranger' }, partners)
  const service = mint({ subjectAltNames: [{ uri: 'spiffe://example.org/service/a' }, { dns: 'a.example.org' }] }, clients)
  const modern = mint({ subject: 'O=Example,CN=Example Root', ca: true, notAfter: day('2049-01-01') })
  return {
    'root.pem': rootCa.pem,
    'clients-ca.pem': clients.pem,
    'clients-ca.der': clients.der,
    'truststore.pem': rootCa.pem + clients.pem,
    'next-truststore.pem': rootCa.pem + rekeyed.pem + partners.pem,
    'truststore-with-problems.pem': modern.pem + modern.pem + weakRoot.pem,
    'client.der': client.der,
    'client.pem': client.pem,
    'client.key': privateKeyPem(client.key),
    'stranger.der': stranger.der,
    'stranger.pem': stranger.pem,
    'stranger.key': privateKeyPem(stranger.key),
    'old-client.pem': oldClient.pem,
    'service.der': service.der,
    'server.pem': server.pem,
    'server.key': privateKeyPem(server.key),
    'rsa-root.pem': rsaRoot.pem,
    'rsa-client.der': mint({ subject: 'CN=rsa-client' }, rsaRoot).der,
    'stolen.der': stolen.der,
    'clients.crl': mintCrl({ issuer: clients, revoked: [{ serial: stolen.serial, date: new Date('2026-01-31T12:00:00Z') }] }).der,
    spki: rsaRoot.key.spki,
  }
}

const files = makeFiles()

function fileText(name: string): Buffer {
  const content = files[name]
  if (content === undefined) throw new Error(`no fixture is named ${name}`)
  return Buffer.from(content)
}

/** The entries of the package, by the names under which users import them. */
const entries: Readonly<Record<string, { readonly module: object; readonly source: string }>> = {
  portcullis: { module: portcullis, source: 'src/index.ts' },
  'portcullis/headers': { module: headers, source: 'src/headers/index.ts' },
  'portcullis/inspect': { module: inspect, source: 'src/inspect/index.ts' },
  'portcullis/node': { module: portcullisNode, source: 'src/node/index.ts' },
}

/** Modules as examples see them: portcullis from source, files from the fixtures, servers that do not listen by themselves. */
function requireFor(specifier: string): unknown {
  const entry = entries[specifier]
  if (entry !== undefined) return entry.module
  const module: object = createRequire(import.meta.url)(specifier)
  if (specifier === 'node:fs') return { ...module, readFileSync: fileText }
  if (specifier !== 'node:https') return module
  const createServer = (...args: Parameters<typeof https.createServer>): https.Server =>
    Object.assign(https.createServer(...args), { listen: () => undefined })
  return { ...module, createServer }
}

interface Outcome {
  readonly exports: Readonly<Record<string, unknown>>
  readonly output: string
  readonly exitCode: number | undefined
}

/** Runs TypeScript with these names defined besides those of the language. */
function run(code: string, names: Readonly<Record<string, unknown>> = {}): Outcome {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: false }
  const lines: string[] = []
  const print = (...values: unknown[]): void => void lines.push(`${format(...values)}\n`)
  const process: { exitCode?: number } = {}
  const exports: Record<string, unknown> = {}
  const console = { log: print, warn: print, error: print }
  const scope = { ...names, exports, require: requireFor, process, console, setInterval }
  const { outputText } = ts.transpileModule(code, { compilerOptions })
  compileFunction(outputText, Object.keys(scope))(...Object.values(scope))
  return { exports, output: lines.join(''), exitCode: process.exitCode }
}

/** Of the gate, for the example that writes them. */
let metricsOf: portcullisNode.GateCounters | undefined

/** What is expected of an example beyond its output. */
const expectations: Readonly<Record<string, (outcome: Outcome) => void | Promise<void>>> = {
  judge({ exports }) {
    const judge = exports['judge'] as (certificate: Uint8Array) => string
    expect(judge(fileText('client.der'))).toBe('200 CN=client-1,O=Example')
    expect(judge(fileText('stranger.der'))).toMatch(/^403 unknown_issuer: leaf certificate CN=stranger,O=Example: /)
  },
  async server({ exports }) {
    const server = exports['server'] as https.Server
    Reflect.apply(https.Server.prototype.listen, server, [0, '127.0.0.1'])
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      expect(await get(port, 'client')).toEqual([200, 'hello CN=client-1,O=Example\n'])
      const refused = async (client: string | undefined): Promise<unknown> => JSON.parse((await get(port, client))[1]).code
      expect(await refused('stranger')).toBe('unknown_issuer')
      expect(await refused(undefined)).toBe('no_certificate')
    } finally {
      server.closeAllConnections()
      server.close()
    }
  },
  async gate({ exports }) {
    const server = exports['server'] as https.Server
    Reflect.apply(https.Server.prototype.listen, server, [0, '127.0.0.1'])
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      expect(await get(port, 'client')).toEqual([200, 'hello CN=client-1,O=Example\n'])
      const [status, body] = await get(port, 'stranger')
      expect([status, JSON.parse(body).code]).toEqual([403, 'unknown_issuer'])
      expect((await get(port, undefined))[0]).toBe(403)
      metricsOf = (exports['gate'] as portcullisNode.MutualTls).counters()
    } finally {
      server.closeAllConnections()
      server.close()
    }
  },
  'gate-metrics'({ exports }) {
    const metrics = exports['metrics'] as (counters: portcullisNode.GateCounters) => string
    expect(metrics(metricsOf!)).toContain(`mtls_connections_total{code="ok"} 1
mtls_connections_total{code="unknown_issuer"} 1
mtls_connections_total{code="no_certificate"} 1
mtls_pending 0
`)
    expect(metrics(metricsOf!)).toMatch(/_bucket{le="\+Inf"} 2\nmtls_verify_microseconds_sum \d/)
  },
  async source({ exports }) {
    const directory = mkdtempSync(join(tmpdir(), 'portcullis-docs-'))
    const path = join(directory, 'truststore.pem')
    writeFileSync(path, fileText('truststore.pem'))
    const start = exports['start'] as (path: string, credentials: object) => Promise<{ server: tls.Server; source: Source }>
    const { server, source } = await start(path, { key: fileText('server.key'), cert: fileText('server.pem') })
    try {
      const { port } = server.address() as AddressInfo
      expect(await hear(port, 'client')).toBe('CN=client-1,O=Example')
      writeFileSync(path, fileText('next-truststore.pem'))
      expect(await source.refresh()).toMatchObject({ status: 'updated' })
      expect(await hear(port, 'client')).not.toBe('CN=client-1,O=Example')
      expect(await hear(port, 'stranger')).toBe('CN=stranger,O=Example')
    } finally {
      server.close()
      await once(server, 'close')
      rmSync(directory, { recursive: true })
    }
    expect(await source.refresh()).toMatchObject({ status: 'closed' })
  },
  async headers({ exports }) {
    const handle = exports['handle'] as (request: Request) => Response
    const answer = async (value?: string): Promise<readonly [number, string]> => {
      const response = handle(new Request('https://a.example/', { headers: value === undefined ? {} : { 'Client-Cert': value } }))
      return [response.status, await response.text()]
    }
    expect(await answer(`:${fileText('client.der').toString('base64')}:`)).toEqual([200, 'hello CN=client-1,O=Example\n'])
    expect(await answer(`:${fileText('stranger.der').toString('base64')}:`)).toEqual([403, 'unknown_issuer\n'])
    expect(await answer()).toEqual([403, 'no_certificate\n'])
    expect(await answer('junk')).toEqual([403, 'malformed_header\n'])
  },
  lint({ exitCode }) {
    expect(exitCode).toBe(1)
  },
  backend({ exports }) {
    const backend = exports['nativeRsa'] as portcullis.SignatureBackend
    const store = portcullis.buildTruststore(fileText('rsa-root.pem'), { signatures: backend })
    const altered = Uint8Array.from(fileText('rsa-client.der'))
    altered[altered.length - 1]! ^= 1
    expect(portcullis.verifyChain(store, altered)).toMatchObject({ ok: false, code: 'signature_mismatch' })
    expect(backend.importKey(new Uint8Array(3))).toBeUndefined()
  },
}

/** What a TLS server says to this client. */
async function hear(port: number, client: string): Promise<string> {
  const credentials = { cert: fileText(`${client}.pem`), key: fileText(`${client}.key`) }
  const socket = tls.connect({ ...credentials, host: '127.0.0.1', port, rejectUnauthorized: false })
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

/** One HTTPS request with this client's certificate: status and body. */
function get(port: number, client: string | undefined): Promise<readonly [number | undefined, string]> {
  const credentials = client === undefined ? {} : { cert: fileText(`${client}.pem`), key: fileText(`${client}.key`) }
  const options = { ...credentials, host: '127.0.0.1', port, agent: false, rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    const request = https.get(options, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve([response.statusCode, body]))
    })
    request.on('error', reject)
  })
}

/** Faults that the compiler finds in examples, as seen by a strict user of the package. */
function typeFaults(): readonly string[] {
  const texts = new Map(examples.map(({ file, name, code }) => [join(root, 'test', `${basename(file, '.md')}-${name}.ts`), code]))
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: Object.fromEntries(Object.entries(entries).map(([name, { source }]) => [name, [join(root, source)]])),
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.getCurrentDirectory = () => root
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  const { getSourceFile } = host
  host.getSourceFile = (path, ...rest) => {
    const text = texts.get(path)
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    return `${basename(file?.fileName ?? '')}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

describe('examples in the documents', () => {
  it('are found', () => {
    const names = examples.map(({ name }) => name)
    expect(names).toContain('judge')
    expect(new Set(names).size).toBe(names.length)
    for (const name of Object.keys(expectations)) expect(names).toContain(name)
  })

  it('compile for a strict user', { timeout: 120_000 }, () => {
    expect(typeFaults()).toEqual([])
  })

  it.each(examples)('$file, line $line: $name', async ({ name, code, output }) => {
    const outcome = run(code)
    if (output !== undefined) expect(outcome.output).toBe(output)
    await expectations[name]?.(outcome)
  })

  it('are marked to run wherever they are TypeScript', () => {
    const unmarked = markdownFiles().flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(fence)]
        .filter(([, language, info]) => language === 'ts' && !/^run=/.test(info ?? ''))
        .map(([, , , code]) => `${file}: ${code?.split('\n')[0]}`),
    )
    expect(unmarked).toEqual([])
  })
})

describe('examples in the comments of src', () => {
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
  const names = {
    ...portcullis,
    ...portcullisNode,
    ...headers,
    ...inspect,
    event: { requestContext: { identity: { clientCert: {} } } },
    certificate: store.certificates[0],
    request: { headers: { 'client-cert': `:${client.toString('base64')}:` } },
    verdict: portcullis.verifyChain(store, client),
    readFileSync: fileText,
    createServer: https.createServer,
    key: fileText('server.key'),
    cert: fileText('server.pem'),
    gate: portcullisNode.mutualTls({ truststore: store }),
    store,
    current: store,
    next: portcullis.buildTruststore(fileText('next-truststore.pem')),
    chain: [client],
    pem: fileText('client.pem').toString(),
    pemOfLeafAndIntermediates: fileText('client.pem').toString() + fileText('clients-ca.pem').toString(),
    socket: { getPeerX509Certificate: () => new X509Certificate(client) },
    spki: fileText('spki'),
    algorithmIdentifier: Buffer.from('300d06092a864886f70d01010b0500', 'hex'),
    data: new Uint8Array(10),
    signature: new Uint8Array(256),
    crlBytes: fileText('clients.crl'),
    serverPem: fileText('server.pem').toString(),
    ownershipPem: fileText('server.pem').toString(),
  }

  it('are found', () => expect(comments.length).toBeGreaterThan(8))

  it.each(comments)('$name', ({ code }) => {
    expect(() => run(`{ ${code} }`, names)).not.toThrow()
  })
})

describe('references in the documents', () => {
  it.each(markdownFiles())('%s: every relative link leads somewhere', (file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(fence, '')
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g)].map(([, target = '']) => target)
    const broken = targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(file), target)))
    expect(broken).toEqual([])
  })

  it('every constant in docs/architecture.md has the value it has in src', () => {
    const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    const rows = [...text.matchAll(/\| `(\w+)` in `(\S+)` +\| ([\d,]+) /g)]
    expect(rows.length).toBeGreaterThan(5)
    for (const [, name = '', file = '', value = ''] of rows) {
      const source = readFileSync(join(root, 'src', file), 'utf8')
      const factors = new RegExp(`const ${name} = ([\\d_* ]+)\n`).exec(source)?.[1]?.replaceAll('_', '').split('*').map(Number)
      expect([name, factors?.reduce((product, factor) => product * factor)]).toEqual([name, Number(value.replaceAll(',', ''))])
    }
  })

  it('every test named in docs/guarantees.md exists', () => {
    const text = readFileSync(join(root, 'docs/guarantees.md'), 'utf8')
    const named = [...text.matchAll(/`(test\/[^`]+)` “([^”]+)”/g)]
    const missing = named.filter(([, file = '', title = '']) => {
      return !existsSync(join(root, file)) || !readFileSync(join(root, file), 'utf8').includes(title)
    })
    expect(named.length).toBeGreaterThan(10)
    expect(missing.map(([reference]) => reference)).toEqual([])
  })
})

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildTruststore } from '../../src/index.ts'
import { mutualTls } from '../../src/node/index.ts'
import { listen } from '../../test/support/listen.ts'
import { type Client, makePki } from './pki.ts'
import { type Answer, type Way, ways } from './tools.ts'

/** The answer to a client that connects in one way. */
export interface Cell extends Answer {
  readonly client: Client
  readonly way: string
  readonly right: boolean
}

export interface EndToEnd {
  readonly ways: readonly string[]
  readonly rows: readonly { readonly client: Client; readonly cells: readonly Cell[] }[]
  /** Requests that reached the application. Only valid clients may reach it. */
  readonly reached: number
}

/** Required programs that are not installed. */
export function missingTools(): readonly string[] {
  const present = (tool: string, argument: string): boolean => spawnSync(tool, [argument]).status === 0
  const missing = [present('curl', '--version') ? undefined : 'curl', present('openssl', 'version') ? undefined : 'openssl']
  return missing.filter((tool) => tool !== undefined)
}

/** Connects every client in every way to the same gate. */
export async function runEndToEnd(): Promise<EndToEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-e2e-'))
  const { truststore, lists, clients, server: credentials } = makePki(folder)
  const gate = mutualTls({ truststore: buildTruststore(truststore), revocation: { lists, depth: 'leaf' } })
  let reached = 0
  const server = createSecureServer({ ...credentials, ...gate.tlsOptions, allowHTTP1: true }, (_request, response) => {
    reached++
    response.end('hello')
  })
  const port = await listen(gate.protect(server))
  try {
    const rows = []
    for (const client of clients) {
      const cells: Cell[] = []
      for (const way of ways) cells.push(await connect(client, way, port, folder))
      rows.push({ client, cells })
    }
    return { ways: ways.map(({ name }) => name), rows, reached }
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
}

async function connect(client: Client, way: Way, port: number, folder: string): Promise<Cell> {
  const answer = await way.ask(client, port, folder)
  return { ...answer, client, way: way.name, right: answer.asIntended && answer.result === client.expected }
}

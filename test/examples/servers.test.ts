import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { writeCertificates } from '../../examples/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { ask } from '../support/gate.ts'

/** The servers under examples/, each in a process of its own and by the built package, with clients that connect. */

const running: ChildProcess[] = []
const places: string[] = []

interface Started {
  readonly port: number
  readonly place: string
  readonly server: ChildProcess
  /** Its lines on both outputs. */
  readonly lines: readonly string[]
}

async function start(name: string): Promise<Started> {
  const place = mkdtempSync(join(tmpdir(), 'portcullis-example-'))
  places.push(place)
  writeCertificates(place)
  const file = fileURLToPath(new URL(`../../examples/${name}/server.ts`, import.meta.url))
  const server = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
    cwd: place,
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(server)
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    for (const output of [server.stdout!, server.stderr!]) {
      createInterface(output).on('line', (line) => {
        lines.push(line)
        const port = /^listening on https:\S+:(\d+)$/.exec(line)?.[1]
        if (port !== undefined) resolve(Number(port))
      })
    }
    server.once('exit', (status) => reject(new Error(`${name} ended with ${status}: ${lines.join('\n')}`)))
  })
  return { port, place, server, lines }
}

afterEach(async () => {
  for (const server of running.splice(0)) {
    if (server.exitCode === null && server.kill('SIGTERM')) await once(server, 'exit')
    // It ends by itself: nothing keeps it alive.
    expect(server.exitCode).toBe(0)
  }
  for (const place of places.splice(0)) rmSync(place, { recursive: true })
})

/** Who asks, and what is answered: the status, and a body or the code of a refusal. */
async function asked({ port, place }: Started, client: string | undefined, path = '/'): Promise<readonly [unknown, unknown]> {
  const file = (kind: string): string => readFileSync(join(place, `${client}.${kind}`), 'utf8')
  const credentials = client === undefined ? {} : { cert: file('pem'), key: file('key') }
  const { status, body, code } = await ask(port, credentials, { host: 'localhost', path })
  return [status, code ?? body]
}

async function hears(started: Started, client: string, status: number): Promise<void> {
  await eventually(async () => (await asked(started, client))[0] === status)
}

describe('examples', () => {
  it('https-server', async () => {
    const started = await start('https-server')
    expect(await asked(started, 'client')).toEqual([200, 'hello CN=client,O=Example\n'])
    expect(await asked(started, 'other')).toEqual([403, 'not_authorized'])
    expect(await asked(started, 'revoked')).toEqual([403, 'revoked'])
    expect(await asked(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    expect(await asked(started, undefined)).toEqual([403, 'no_certificate'])
    const [, counters] = await asked(started, 'client', '/counters')
    expect(JSON.parse(String(counters))).toMatchObject({ accepted: 2, refused: { revoked: 1, no_certificate: 1 } })
    expect(started.lines.some((line) => /^refused \S+: revoked: leaf certificate CN=revoked/.test(line))).toBe(true)
  })

  it('fastify', async () => {
    const started = await start('fastify')
    const [status, body] = await asked(started, 'client')
    expect([status, JSON.parse(String(body))]).toMatchObject([200, { hello: 'CN=client,O=Example' }])
    expect(await asked(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    expect(await asked(started, undefined)).toEqual([403, 'no_certificate'])
  })

  it('api-gateway', async () => {
    const started = await start('api-gateway')
    const [status, body] = await asked(started, 'client')
    expect([status, JSON.parse(String(body))]).toMatchObject([200, { client: 'CN=client,O=Example' }])
    for (const client of ['other', 'revoked']) {
      expect([client, await asked(started, client)]).toEqual([client, [403, '{"message":"Forbidden"}']])
    }
    expect(await asked(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    expect(started.lines.some((line) => line.startsWith('refused: revoked: leaf certificate CN=revoked'))).toBe(true)
  })

  it('rotating-truststore', async () => {
    const started = await start('rotating-truststore')
    const { place, server, lines } = started
    expect(await asked(started, 'client')).toEqual([200, 'hello CN=client,O=Example\n'])
    expect(await asked(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    copyFileSync(join(place, 'next-truststore.pem'), join(place, 'truststore.pem'))
    server.kill('SIGHUP')
    await hears(started, 'stranger', 200)
    // What is no truststore replaces nothing.
    copyFileSync(join(place, 'client.key'), join(place, 'truststore.pem'))
    server.kill('SIGHUP')
    await eventually(() => lines.some((line) => line.startsWith('the truststore is not replaced: ')))
    expect(await asked(started, 'stranger')).toEqual([200, 'hello CN=stranger,O=Elsewhere\n'])
    server.kill('SIGUSR2')
    await hears(started, 'stranger', 403)
    expect(lines.some((line) => line === 'clients of CN=Root,O=Elsewhere are rejected from now on')).toBe(true)
  })
})

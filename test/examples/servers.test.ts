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

/** The servers in examples/, each in a separate process with the built package, and clients that connect to them. */

const running: ChildProcess[] = []
const places: string[] = []

interface Started {
  readonly port: number
  readonly place: string
  readonly server: ChildProcess
  /** Lines of its standard output and standard error. */
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
    // The server must exit without being killed: nothing may keep it alive.
    expect(server.exitCode).toBe(0)
  }
  for (const place of places.splice(0)) rmSync(place, { recursive: true })
})

/** Sends a request as this client and returns the status, and the body or the code of the rejection. */
async function answerTo({ port, place }: Started, client: string | undefined, path = '/'): Promise<readonly [unknown, unknown]> {
  const file = (kind: string): string => readFileSync(join(place, `${client}.${kind}`), 'utf8')
  const credentials = client === undefined ? {} : { cert: file('pem'), key: file('key') }
  const { status, body, code } = await ask(port, credentials, { host: 'localhost', path })
  return [status, code ?? body]
}

async function eventuallyAnswers(started: Started, client: string, status: number): Promise<void> {
  await eventually(async () => (await answerTo(started, client))[0] === status)
}

describe('examples', () => {
  it('https-server', async () => {
    const started = await start('https-server')
    expect(await answerTo(started, 'client')).toEqual([200, 'hello CN=client,O=Example\n'])
    expect(await answerTo(started, 'other')).toEqual([403, 'not_authorized'])
    expect(await answerTo(started, 'revoked')).toEqual([403, 'revoked'])
    expect(await answerTo(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    expect(await answerTo(started, undefined)).toEqual([403, 'no_certificate'])
    const [, counters] = await answerTo(started, 'client', '/counters')
    expect(JSON.parse(String(counters))).toMatchObject({ accepted: 2, refused: { revoked: 1, no_certificate: 1 } })
    expect(started.lines.some((line) => /^refused \S+: revoked: leaf certificate CN=revoked/.test(line))).toBe(true)
  })

  it('fastify', async () => {
    const started = await start('fastify')
    const [status, body] = await answerTo(started, 'client')
    expect([status, JSON.parse(String(body))]).toMatchObject([200, { hello: 'CN=client,O=Example' }])
    expect(await answerTo(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    expect(await answerTo(started, undefined)).toEqual([403, 'no_certificate'])
  })

  it('api-gateway', async () => {
    const started = await start('api-gateway')
    const [status, body] = await answerTo(started, 'client')
    expect([status, JSON.parse(String(body))]).toMatchObject([200, { client: 'CN=client,O=Example' }])
    for (const client of ['other', 'revoked']) {
      expect([client, await answerTo(started, client)]).toEqual([client, [403, '{"message":"Forbidden"}']])
    }
    expect(await answerTo(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    expect(started.lines.some((line) => line.startsWith('refused: revoked: leaf certificate CN=revoked'))).toBe(true)
  })

  it('rotating-truststore', async () => {
    const started = await start('rotating-truststore')
    const { place, server, lines } = started
    expect(await answerTo(started, 'client')).toEqual([200, 'hello CN=client,O=Example\n'])
    expect(await answerTo(started, 'stranger')).toEqual([403, 'unknown_issuer'])
    copyFileSync(join(place, 'next-truststore.pem'), join(place, 'truststore.pem'))
    server.kill('SIGHUP')
    await eventuallyAnswers(started, 'stranger', 200)
    // A file without certificates must not replace the truststore.
    copyFileSync(join(place, 'client.key'), join(place, 'truststore.pem'))
    server.kill('SIGHUP')
    await eventually(() => lines.some((line) => line.startsWith('the truststore is not replaced: ')))
    expect(await answerTo(started, 'stranger')).toEqual([200, 'hello CN=stranger,O=Elsewhere\n'])
    server.kill('SIGUSR2')
    await eventuallyAnswers(started, 'stranger', 403)
    expect(lines.some((line) => line === 'clients of CN=Root,O=Elsewhere are rejected from now on')).toBe(true)
  })
})

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTruststore } from '../../src/index.ts'
import { type TruststoreSource, type UrlTruststoreOptions, urlTruststore } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import { keyPair, mint } from '../support/mint.ts'

/** `urlTruststore` with nginx as the web server. */

const nginx = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0)
const title = nginx === undefined ? 'a truststore behind nginx (skipped: nginx is not installed)' : 'a truststore behind nginx'

const a = mint({ ca: true, subject: 'CN=A', key: keyPair('p256', 0) })
const b = mint({ ca: true, subject: 'CN=B', key: keyPair('p256', 1) })
const fingerprints = { a: buildTruststore(a.pem).fingerprint, ab: buildTruststore(a.pem + b.pem).fingerprint }

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  return port
}

function configuration(directory: string, port: number): string {
  return `
daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http {
  access_log ${directory}/access.log combined;
  client_body_temp_path ${directory}/t1; proxy_temp_path ${directory}/t2; fastcgi_temp_path ${directory}/t3;
  uwsgi_temp_path ${directory}/t4; scgi_temp_path ${directory}/t5;
  server {
    listen 127.0.0.1:${port};
    root ${directory}/www;
    location /zipped/ { alias ${directory}/www/; gzip on; gzip_types *; gzip_min_length 1; gzip_http_version 1.0; }
    location /trickle/ { alias ${directory}/www/; limit_rate 100; }
    location /moved/ { return 307 /ca.pem; }
    location /busy/ { add_header Retry-After 7 always; return 503; }
    location /page/ { default_type text/html; return 200 '<html><body>maintenance</body></html>'; }
  }
}`
}

describe.skipIf(nginx === undefined)(title, () => {
  let server: ChildProcess
  let directory: string
  let base: string
  const open: TruststoreSource[] = []

  const publish = (pem: string): void => {
    writeFileSync(join(directory, 'www', 'new'), pem)
    renameSync(join(directory, 'www', 'new'), join(directory, 'www', 'ca.pem'))
  }
  const sourceOf = async (path: string, options: UrlTruststoreOptions = {}): Promise<TruststoreSource> => {
    const source = await urlTruststore(`${base}${path}`, { pollMs: 20, timeoutMs: 5000, ...options })
    open.push(source)
    return source
  }

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'portcullis-nginx-'))
    chmodSync(directory, 0o755)
    mkdirSync(join(directory, 'www'))
    publish(a.pem)
    const port = await freePort()
    base = `http://127.0.0.1:${port}`
    writeFileSync(join(directory, 'nginx.conf'), configuration(directory, port))
    server = spawn(nginx!, ['-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')], { stdio: 'ignore' })
    for (let i = 0; i < 200 && !(await accepts(port)); i++) await new Promise((resolve) => setTimeout(resolve, 25))
  })
  afterAll(async () => {
    for (const source of open) source.close()
    server.kill()
    await once(server, 'exit')
    rmSync(directory, { recursive: true })
  })

  it('is polled with its ETag, and replaced when the file changes', async () => {
    publish(a.pem)
    const source = await sourceOf('/ca.pem')
    expect(source.current.fingerprint).toBe(fingerprints.a)
    expect(source.versions[0]?.etag).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/)
    publish(a.pem + b.pem)
    await eventually(() => source.current.fingerprint === fingerprints.ab)
    const { etag } = source.versions[0]!
    publish((a.pem + b.pem).slice(0, -200))
    await eventually(() => source.failure?.reason === 'invalid')
    expect(source.current.fingerprint).toBe(fingerprints.ab)
    publish(a.pem)
    await eventually(() => source.current.fingerprint === fingerprints.a)
    expect(source.versions[0]?.etag).not.toBe(etag)
    expect(source.failure).toBeUndefined()
    const log = (): string => readFileSync(join(directory, 'access.log'), 'utf8')
    await eventually(() => log().includes('"GET /ca.pem HTTP/1.1" 304 '))
  })

  it('can be compressed, and behind a redirect', async () => {
    publish(a.pem + b.pem)
    expect((await sourceOf('/zipped/ca.pem')).current.fingerprint).toBe(fingerprints.ab)
    expect((await sourceOf('/moved/')).current.fingerprint).toBe(fingerprints.ab)
  })

  it.each<readonly [string, string, RegExp]>([
    ['is missing', '/absent.pem', /got 404/],
    ['is on a busy server', '/busy/', /got 503/],
    ['is an HTML page', '/page/', /HTML or XML/],
    ['arrives too slowly', '/trickle/ca.pem', /no complete response within 400 ms/],
  ])('that %s causes an error that says so', async (_what, path, message) => {
    await expect(sourceOf(path, { timeoutMs: 400 })).rejects.toMatchObject({ message })
  })
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

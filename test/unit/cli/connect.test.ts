import { once } from 'node:events'
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { Workplace } from '../../support/cli.ts'
import { keyPair, mint, privateKeyPem } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Example,CN=Root' })
const issuing = mint({ ca: true, subject: 'O=Example,CN=Servers', extendedKeyUsage: ['serverAuth'] }, root)
const server = mint(
  {
    subject: 'CN=server',
    subjectAltNames: [{ dns: 'localhost' }, { dns: 'api.example.com' }, { ip: '127.0.0.1' }],
    extendedKeyUsage: ['serverAuth'],
  },
  issuing,
)
const place = new Workplace({ 'root.pem': root.pem, 'ca.pem': root.pem + issuing.pem })

const servers: Server[] = []
afterAll(() => {
  for (const each of servers) each.close()
})

async function listening(listener: Server): Promise<number> {
  servers.push(listener)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return (listener.address() as AddressInfo).port
}

function tlsServer(options: TlsOptions): Promise<number> {
  const listener = createServer({ key: privateKeyPem(server.key), cert: server.pem + issuing.pem, ...options })
  listener.on('tlsClientError', () => undefined)
  return listening(listener)
}

function verify(port: number, ...more: readonly string[]): ReturnType<Workplace['start']> {
  const options = more.includes('--profile') ? more : ['--profile', 'rfc5280', ...more]
  return place.start(['verify', '--truststore', 'root.pem', '--connect', `127.0.0.1:${port}`, ...options])
}

describe('portcullis verify --connect', () => {
  it('verifies the chain that a server presents, for its address', async () => {
    const port = await tlsServer({})
    const { exitCode, output, errors } = await verify(port, '--format', 'json')
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(JSON.parse(output)).toMatchObject({
      file: `127.0.0.1:${port}`,
      ok: true,
      path: [{ subject: 'CN=server' }, { subject: 'CN=Servers,O=Example' }, { subject: 'CN=Root,O=Example' }],
    })
  })

  it('sends and checks the name that is given instead', async () => {
    const names: unknown[] = []
    const port = await tlsServer({
      SNICallback: (name, callback) => {
        names.push(name)
        callback(null)
      },
    })
    expect((await verify(port, '--name', 'api.example.com')).exitCode).toBe(0)
    expect(names).toEqual(['api.example.com'])
    const { exitCode, output } = await verify(port, '--name', 'www.example.com')
    expect(exitCode).toBe(1)
    expect(output).toContain('name_mismatch')
  })

  it('is strict by default as for public servers, and checks the purpose of a server', async () => {
    const port = await tlsServer({})
    expect((await verify(port, '--profile', 'web-server')).output).toContain('nonconforming')
    const byDefault = await place.start(['verify', '--truststore', 'root.pem', '--connect', `127.0.0.1:${port}`])
    expect(byDefault).toMatchObject({ exitCode: 1, output: expect.stringContaining('nonconforming') })
    expect((await verify(port, '--purpose', 'client')).output).toContain('extended_key_usage_violation')
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('needs no client certificate, even if the server does: %s', async (version) => {
    const port = await tlsServer({ requestCert: true, rejectUnauthorized: true, maxVersion: version })
    expect(await verify(port)).toMatchObject({ exitCode: 0, errors: '' })
  })

  it('rejects a server of another CA', async () => {
    const stranger = mint({ ...{ subjectAltNames: [{ ip: '127.0.0.1' }] }, subject: 'CN=stranger' })
    const port = await tlsServer({ key: privateKeyPem(stranger.key), cert: stranger.pem })
    expect(await verify(port)).toMatchObject({ exitCode: 1, errors: '' })
  })

  it('is 2 with the reason if there is no certificate to verify', async () => {
    const port = await listening(createPlainServer((socket) => socket.end('220 mail\r\n')))
    expect(await verify(port)).toMatchObject({
      exitCode: 2,
      output: '',
      errors: `portcullis verify: cannot get a certificate from 127.0.0.1, port ${port}: the server does not speak TLS there\nSee portcullis verify --help.\n`,
    })
    const closing = await listening(createPlainServer((socket) => socket.destroy()))
    expect((await verify(closing)).errors).toContain('the server closed the connection')
    const gone = await listening(createPlainServer())
    servers.pop()?.close()
    expect((await verify(gone)).errors).toContain('the connection was refused')
  })
})

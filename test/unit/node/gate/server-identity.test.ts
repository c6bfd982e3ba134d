import { once } from 'node:events'
import { type ConnectionOptions, connect, createServer, type PeerCertificate } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore, profiles, type Truststore } from '../../../../src/index.ts'
import { portcullisServerIdentity, type ServerIdentityError } from '../../../../src/node/index.ts'
import { authority, type Credentials, closeServers, credentialsOf, elsewhere, issuing, listen } from '../../../support/gate.ts'
import { type CertificateSpec, mint } from '../../../support/mint.ts'

afterEach(closeServers)

const policy = { ...profiles.webServer, conformance: 'practical' } as const
const web: Truststore = buildTruststore(authority.pem, { policy })

function serving(spec: CertificateSpec = {}): Credentials {
  const names = { subjectAltNames: [{ dns: 'api.example.com' }], extendedKeyUsage: ['serverAuth'] }
  return credentialsOf(mint({ subject: 'CN=server', ...names, ...spec }, issuing), issuing)
}

/** The client's result with this check: `ok` or the error's code. */
async function dial(credentials: Credentials, check: ConnectionOptions['checkServerIdentity'], servername = 'api.example.com') {
  const server = createServer(credentials, (socket) => void socket.on('error', () => undefined).end())
  const port = await listen(server)
  const socket = connect({ host: '127.0.0.1', port, servername, ca: authority.pem, checkServerIdentity: check })
  try {
    await once(socket, 'secureConnect')
    return 'ok'
  } catch (error) {
    return (error as ServerIdentityError).code
  } finally {
    socket.destroy()
  }
}

describe('portcullisServerIdentity', () => {
  it('lets the right server through, with the intermediates that it presents', async () => {
    expect(await dial(serving(), portcullisServerIdentity(web))).toBe('ok')
  })

  it('returns an error with a code', async () => {
    const day = 86_400_000
    expect(await dial(serving(), portcullisServerIdentity(web), 'www.example.com')).toBe('name_mismatch')
    expect(await dial(serving(), portcullisServerIdentity(web, { at: Date.now() + 500 * day }))).toBe('expired')
    const other = buildTruststore(elsewhere.pem, { policy })
    // OpenSSL's chain ends in its root, which this truststore does not list.
    expect(await dial(serving(), portcullisServerIdentity(other))).toBe('self_signed_untrusted')
    expect(await dial(serving(), portcullisServerIdentity({ current: other }))).toBe('self_signed_untrusted')
  })

  it('verifies a server under a policy of any purpose', async () => {
    const clients = buildTruststore([authority.pem, issuing.pem])
    const clientOnly = serving({ extendedKeyUsage: ['clientAuth'] })
    const check = portcullisServerIdentity(clients)
    const { X509Certificate } = await import('node:crypto')
    const peer = new X509Certificate(clientOnly.cert!).toLegacyObject() as PeerCertificate
    expect(check('api.example.com', peer)).toMatchObject({ code: 'extended_key_usage_violation', host: 'api.example.com' })
    expect(await dial(serving(), check)).toBe('ok')
  })

  it('never throws, and never says yes to what it cannot read', () => {
    const check = portcullisServerIdentity(web)
    for (const peer of [undefined, null, {}, { raw: 'x' }, { raw: new Uint8Array(3) }]) {
      expect(check('api.example.com', peer as never)).toBeInstanceOf(Error)
    }
    const circle: { raw: Uint8Array; issuerCertificate?: object } = { raw: new Uint8Array(3) }
    circle.issuerCertificate = circle
    expect(check('api.example.com', circle as never)).toMatchObject({ code: 'malformed' })
    const source = { current: web }
    const swapped = portcullisServerIdentity(source)
    source.current = undefined as never
    expect(swapped('api.example.com', {} as never)).toMatchObject({ code: 'internal_error' })
    const get = (): never => {
      throw Object.create(null)
    }
    Object.defineProperty(source, 'current', { get })
    expect(swapped('api.example.com', {} as never)).toMatchObject({ code: 'internal_error' })
  })

  it('finds wrong options before the first connection', () => {
    expect(() => portcullisServerIdentity(web, { serverName: 'a' } as never)).toThrow(/serverName is not an option/)
    expect(() => portcullisServerIdentity(web, { purpose: 'x' } as never)).toThrow(TypeError)
    expect(() => portcullisServerIdentity({} as never)).toThrow(TypeError)
    expect(() => portcullisServerIdentity(null as never)).toThrow(TypeError)
  })
})

import { createServer as createHttpsServer } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore, profiles } from '../../../../src/index.ts'
import { mutualTls } from '../../../../src/node/index.ts'
import {
  ask,
  authority,
  closeServers,
  credentialsOf,
  good,
  issuing,
  listen,
  open,
  otherStore,
  own,
  startGate,
  store,
} from '../../../support/gate.ts'
import { mint } from '../../../support/mint.ts'

afterEach(closeServers)

const day = 86_400_000

describe('TLS sessions that are resumed', () => {
  /** A client that connects twice, the second time with the session of the first. */
  async function twice(port: number, maxVersion: 'TLSv1.2' | 'TLSv1.3', between: () => unknown = () => undefined) {
    const first = await open(port, good, { maxVersion })
    const before = await ask(port, good, { socket: first })
    // TLS 1.3 sends it before the answer, TLS 1.2 in the handshake; a session without a ticket cannot be resumed.
    const ticket = first.getSession()
    first.destroy()
    await between()
    const second = await open(port, good, { maxVersion, session: ticket })
    const after = await ask(port, good, { socket: second })
    const reused = second.isSessionReused()
    second.destroy()
    return { before, after, reused }
  }

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
    it('are rebuilt and verified again', async () => {
      const { port, gate } = await startGate({ truststore: store })
      const { before, after, reused } = await twice(port, version)
      expect([before.status, after.status, after.body, reused]).toEqual([200, 200, 'hello CN=client,O=Gate', true])
      expect(gate.counters()).toMatchObject({ accepted: 2, resumed: 1, verifyMicroseconds: { count: 2 } })
    })

    it('are refused once the truststore no longer lists the issuer', async () => {
      const source = { current: store }
      const { port } = await startGate({ truststore: source })
      const { after, reused } = await twice(port, version, () => {
        source.current = otherStore
      })
      expect([after.status, after.code, reused]).toEqual([403, 'unknown_issuer', true])
    })

    it('are refused once the certificate has expired', async () => {
      let now = Date.now()
      const { port } = await startGate({ truststore: store, clock: () => now })
      const { after, reused } = await twice(port, version, () => {
        now += 400 * day
      })
      expect([after.status, after.code, reused]).toEqual([403, 'expired', true])
    })

    it('are not used if the client presents intermediates, which a session loses', async () => {
      const presented = buildTruststore(authority.pem, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
      const { port, gate } = await startGate({ truststore: presented })
      expect((await twice(port, version)).reused).toBe(false)
      expect(gate.counters().resumed).toBe(0)
      expect(() => mutualTls({ truststore: presented, resumption: true })).toThrow(/a session loses the presented intermediates/)
    })

    it('are refused if a server resumes them anyway', async () => {
      const presented = buildTruststore(authority.pem, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
      const gate = mutualTls({ truststore: presented })
      const leaf = credentialsOf(mint({}, issuing), issuing)
      const server = gate.protect(
        createHttpsServer({ ...own, ...gate.tlsOptions, secureOptions: 0 }, (_request, response) => void response.end('in')),
      )
      const port = await listen(server)
      const first = await open(port, leaf, { maxVersion: version })
      expect(await ask(port, leaf, { socket: first })).toMatchObject({ status: 200 })
      const second = await open(port, leaf, { maxVersion: version, session: first.getSession() })
      expect(second.isSessionReused()).toBe(true)
      expect(await ask(port, leaf, { socket: second })).toMatchObject({ status: 403, code: 'unknown_issuer' })
    })

    it('are disabled by option', async () => {
      const { port } = await startGate({ truststore: store, resumption: false })
      expect((await twice(port, version)).reused).toBe(false)
    })
  })
})

import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import { type HttpBindings, serve } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { getClientIdentity, mutualTls } from '../../src/node/index.ts'
import { ask, closeServers, good, listen, noCertificate, own, portOf, store, unknownClient } from '../support/gate.ts'

/** The gate with web frameworks, as shown in docs/guides/gate.md. */

afterEach(closeServers)

async function expectProtected(port: number, reached: () => number): Promise<void> {
  expect(await ask(port, good, { path: '/who' })).toMatchObject({ status: 200, body: 'hello CN=client,O=Gate' })
  expect(await ask(port, unknownClient, { path: '/who' })).toMatchObject({ status: 403, code: 'unknown_issuer' })
  expect(await ask(port, noCertificate, { path: '/who', method: 'POST', body: 'x' })).toMatchObject({
    status: 403,
    code: 'no_certificate',
  })
  expect(await ask(port, good, { path: '/none' })).toMatchObject({ status: 404 })
  expect(reached()).toBe(2)
}

describe('the gate', () => {
  it('protects Express', async () => {
    let reached = 0
    const app = express()
    app.use((_request, _response, next) => {
      reached++
      next()
    })
    app.get('/who', (request, response) => {
      response.send(`hello ${getClientIdentity(request)?.certificate.subject}`)
    })
    const gate = mutualTls({ truststore: store })
    const port = await listen(gate.protect(createServer({ ...own, ...gate.tlsOptions }, app)))
    await expectProtected(port, () => reached)
  })

  it('protects Fastify', async () => {
    let reached = 0
    const gate = mutualTls({ truststore: store })
    const app = fastify({ https: { ...own, ...gate.tlsOptions } })
    gate.protect(app.server)
    app.addHook('onRequest', async () => {
      reached++
    })
    app.get('/who', async (request) => `hello ${getClientIdentity(request.raw)?.certificate.subject}`)
    await app.listen({ port: 0, host: '127.0.0.1' })
    await expectProtected(portOf(app.server), () => reached)
    await app.close()
  })

  it('protects Hono', async () => {
    let reached = 0
    const gate = mutualTls({ truststore: store })
    const app = new Hono<{ Bindings: HttpBindings }>()
    app.use(async (_context, next) => {
      reached++
      await next()
    })
    app.get('/who', (context) => context.text(`hello ${getClientIdentity(context.env.incoming)?.certificate.subject}`))
    const server = serve({
      fetch: app.fetch,
      port: 0,
      hostname: '127.0.0.1',
      createServer,
      serverOptions: { ...own, ...gate.tlsOptions },
    }) as Server
    gate.protect(server)
    if (!server.listening) await once(server, 'listening')
    await expectProtected(portOf(server), () => reached)
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { equal, runTests } from '../suite/harness.mjs'
import { outputOf, root } from './command.mjs'
import { bundle } from './install.mjs'

/**
 * Runs the examples for Deno and Cloudflare Workers in their runtimes, with the packed package. Each gets the same requests:
 * from a valid client, from a client of an unknown CA, and without a certificate.
 *
 * @typedef {{ passed: number, failures: string[] }} Outcome
 */

/** Copies an example into the folder in which the package is installed. */
function place(name, consumer) {
  cpSync(join(root, 'examples', name), join(consumer, 'examples', name), { recursive: true })
  return join(consumer, 'examples', name)
}

/** Tests of the answers. `ask` takes the name of a client's certificate, or `undefined` for none. */
function answers(name, ask) {
  const expected = [
    ['client', [200, 'hello CN=client,O=Example\n']],
    ['stranger', [403, '{"code":"unknown_issuer"}']],
    [undefined, [403, '{"code":"no_certificate"}']],
  ]
  return expected.map(([client, answer]) => ({
    name: `examples/${name}: ${client ?? 'no certificate'}`,
    run: async () => equal(await ask(client), answer),
  }))
}

/** The value of `Client-Cert` (RFC 9440) for a client: base64 between colons, taken from the lines of a PEM file. */
function clientCert(certificates, client) {
  const pem = readFileSync(join(certificates, `${client}.pem`), 'utf8')
  return `:${pem.replace(/-----[^\n]*\n|\n/g, '')}:`
}

/**
 * Checks types, starts the server with the least permissions, and sends a request as each client.
 *
 * @returns {Promise<Outcome>}
 */
export async function denoExample(deno, { consumer, certificates }) {
  const file = join(place('deno-server', consumer), 'server.ts')
  const options = { cwd: certificates, env: { ...process.env, NO_COLOR: '1' } }
  const server = spawn(
    deno,
    ['run', '--cached-only', '--no-lock', '--allow-net', '--allow-read=truststore.pem', file, '0'],
    options,
  )
  const ended = once(server, 'exit')
  try {
    const port = await Promise.race([listening(server), ended.then(([status]) => `it ended with ${status}`)])
    const ask = async (client) => {
      const headers = client === undefined ? {} : { 'Client-Cert': clientCert(certificates, client) }
      const [response] = await once(request({ port, host: '127.0.0.1', headers, agent: false }).end(), 'response')
      return [response.statusCode, await text(response)]
    }
    const check = () => outputOf(deno, ['check', '--no-lock', '--quiet', file], { cwd: consumer })
    return await runTests([{ name: 'examples/deno-server: types', run: check }, ...answers('deno-server', ask)])
  } finally {
    server.kill()
    await ended
  }
}

/** The port that Deno prints when it starts to listen. */
function listening(server) {
  return new Promise((resolve) => {
    for (const output of [server.stdout, server.stderr]) {
      createInterface(output).on('line', (line) => {
        const port = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
        if (port !== undefined) resolve(port)
      })
    }
  })
}

/** `request.cf.tlsClientAuth` as Cloudflare writes it for a client whose CA it does not know. */
function tlsClientAuth(certificates, client) {
  if (client === undefined) return { certPresented: '0' }
  const certVerified = 'FAILED:unable to get local issuer certificate'
  const certRFC9440 = clientCert(certificates, client)
  return { certPresented: '1', certVerified, certRevoked: '0', certRFC9440, certChainRFC9440: '' }
}

/**
 * Runs the Worker in workerd. `dispatch` sends requests with these `cf` values and bindings, and returns the answers.
 *
 * @returns {Promise<Outcome>}
 */
export async function workerExample(dispatch, { work, consumer, certificates }) {
  const worker = await bundle(join(place('cloudflare-worker', consumer), 'worker.ts'), join(work, 'example-worker.mjs'))
  const clients = ['client', 'stranger', undefined]
  const bindings = { TRUSTSTORE: readFileSync(join(certificates, 'truststore.pem'), 'utf8') }
  const requests = clients.map((client) => ({ tlsClientAuth: tlsClientAuth(certificates, client) }))
  const received = dispatch(worker, { bindings, requests })
  return runTests(answers('cloudflare-worker', (client) => received[clients.indexOf(client)]))
}

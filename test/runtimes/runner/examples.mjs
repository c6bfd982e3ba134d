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
 * The examples that need a runtime of their own, run in it by the packed package. What is asked of them is the same: a good
 * client, one of a stranger's CA, and nobody.
 *
 * @typedef {{ passed: number, failures: string[] }} Outcome
 */

/** Copies an example to where the package is installed. */
function place(name, consumer) {
  cpSync(join(root, 'examples', name), join(consumer, 'examples', name), { recursive: true })
  return join(consumer, 'examples', name)
}

/** What every example answers; `ask` takes the name of a client's certificate, `undefined` for none. */
function answers(name, ask) {
  const expected = [
    ['client', [200, 'hello CN=client,O=Example\n']],
    ['stranger', [403, '{"code":"unknown_issuer"}']],
    [undefined, [403, '{"code":"no_certificate"}']],
  ]
  return expected.map(([client, answer]) => ({
    name: `examples/${name}: ${client ?? 'nobody'}`,
    run: async () => equal(await ask(client), answer),
  }))
}

/** The value of `Client-Cert` (RFC 9440) for a client: base64 between colons is PEM without its first and last line. */
function clientCert(certificates, client) {
  const pem = readFileSync(join(certificates, `${client}.pem`), 'utf8')
  return `:${pem.replace(/-----[^\n]*\n|\n/g, '')}:`
}

/**
 * Types, the least permissions, and a request for each client.
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

/** The port that Deno says it listens on. */
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

/** `request.cf.tlsClientAuth` as Cloudflare writes it: of the CAs that it was given, it knows none of these clients. */
function tlsClientAuth(certificates, client) {
  if (client === undefined) return { certPresented: '0' }
  const certVerified = 'FAILED:unable to get local issuer certificate'
  const certRFC9440 = clientCert(certificates, client)
  return { certPresented: '1', certVerified, certRevoked: '0', certRFC9440, certChainRFC9440: '' }
}

/**
 * The Worker in workerd; `dispatch` hands it the requests' `cf`, with these bindings, and gives their answers.
 *
 * @returns {Promise<Outcome>}
 */
export async function workerExample(dispatch, { work, consumer, certificates }) {
  const worker = await bundle(join(place('cloudflare-worker', consumer), 'worker.ts'), join(work, 'example-worker.mjs'))
  const clients = ['client', 'stranger', undefined]
  const bindings = { TRUSTSTORE: readFileSync(join(certificates, 'truststore.pem'), 'utf8') }
  const requests = clients.map((client) => ({ tlsClientAuth: tlsClientAuth(certificates, client) }))
  const heard = dispatch(worker, { bindings, requests })
  return runTests(answers('cloudflare-worker', (client) => heard[clients.indexOf(client)]))
}

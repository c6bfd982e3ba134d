import { get } from 'node:https'
import { type Answer, everybody } from './gateway.ts'
import type { DemoClient } from './pki.ts'

/** Connects a client with mutual TLS and returns the HTTP status and the gateway's answer. */
export function connect(client: DemoClient, port: number, authority: string): Promise<Answer & { readonly status: number }> {
  return new Promise((resolve, reject) => {
    const options = {
      ...everybody,
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca: authority,
      agent: false,
      timeout: 10_000,
      ...(client.certificates !== undefined && { cert: client.certificates, key: client.privateKey }),
    }
    const request = get(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(parts).toString('utf8')) as Answer
        resolve({ ...answer, status: response.statusCode! })
      })
    })
    request.on('timeout', () => request.destroy(new Error(`${client.title}: no answer`)))
    request.on('error', reject)
  })
}

import { once } from 'node:events'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { listen } from './listen.ts'

/** The CA names that a server sends in its CertificateRequest, as DER in hexadecimal. */
export async function requestedAuthorities(port: number, servername = 'localhost'): Promise<readonly string[]> {
  const chunks: Buffer[] = []
  const relay = createServer((near) => {
    const far = connectTcp(port, '127.0.0.1')
    far.on('data', (chunk: Buffer) => chunks.push(chunk))
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far).pipe(near)
  })
  const near: Socket = connectTcp(await listen(relay), '127.0.0.1')
  // TLS 1.2 sends it in the clear.
  const client = connect({ socket: near, servername, rejectUnauthorized: false, maxVersion: 'TLSv1.2' })
  await once(client, 'secureConnect')
  client.destroy()
  relay.close()
  return namesOf(handshakeOf(Buffer.concat(chunks)))
}

/** The handshake messages of a TLS 1.2 server, up to the first record of another kind (RFC 5246 6.2.1). */
function handshakeOf(stream: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; stream[at] === 22; at += 5 + stream.readUInt16BE(at + 3))
    parts.push(stream.subarray(at + 5, at + 5 + stream.readUInt16BE(at + 3)))
  return Buffer.concat(parts)
}

/** The names of the CertificateRequest (RFC 5246 7.4.4). */
function namesOf(messages: Buffer): readonly string[] {
  let at = 0
  while (messages[at] !== 13) {
    if (at >= messages.length) throw new Error('no certificate is asked for')
    at += 4 + messages.readUIntBE(at + 1, 3)
  }
  const types = at + 4
  const algorithms = types + 1 + messages[types]!
  let name = algorithms + 2 + messages.readUInt16BE(algorithms)
  const end = name + 2 + messages.readUInt16BE(name)
  const names: string[] = []
  for (name += 2; name < end; name += 2 + messages.readUInt16BE(name))
    names.push(messages.subarray(name + 2, name + 2 + messages.readUInt16BE(name)).toString('hex'))
  return names
}

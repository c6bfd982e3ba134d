import { once } from 'node:events'
import { connect, createSecureContext } from 'node:tls'

/** Connects with one certificate after the other, a few at a time, and reports how many were accepted. */
const concurrency = 8
const [{ key, clients }] = await once(process, 'message')
const contexts = clients.map((cert) => createSecureContext({ key, cert }))
let next = 0
process.on('message', async ({ port, maxVersion, count }) => {
  let left = count
  let accepted = 0
  const line = async () => {
    while (left-- > 0) if (await isAccepted(port, maxVersion)) accepted++
  }
  await Promise.all(Array.from({ length: concurrency }, line))
  process.send({ accepted })
})
process.send({ ready: true })

function isAccepted(port, maxVersion) {
  const secureContext = contexts[next++ % contexts.length]
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({
      host: '127.0.0.1',
      port,
      secureContext,
      minVersion: maxVersion,
      maxVersion,
      rejectUnauthorized: false,
    })
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(answer === 'accepted'))
  })
}

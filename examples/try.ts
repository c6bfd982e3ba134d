import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeCertificates } from './certificates.ts'

/** `npm run example -- NAME`: creates certificates in a temporary folder, starts the server there, and prints a curl command. */
const folder = fileURLToPath(new URL('.', import.meta.url))
const serverOf = (name: string): string => join(folder, name, 'server.ts')
const names = readdirSync(folder).filter((name) => name !== 'deno-server' && existsSync(serverOf(name)))
const [name = ''] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`usage: npm run example -- ${names.join(' | ')}`)
  process.exit(2)
}

const place = mkdtempSync(join(tmpdir(), 'portcullis-example-'))
writeCertificates(place)
console.log(`In another shell, in ${place} (client, other, revoked, stranger):`)
console.log('  curl --cacert truststore.pem --cert client.pem --key client.key https://localhost:8443/\n')
const server = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), serverOf(name)], { cwd: place, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.kill('SIGTERM'))
server.once('exit', (status) => {
  rmSync(place, { recursive: true })
  process.exitCode = status ?? 0
})

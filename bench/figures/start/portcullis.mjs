import { readFileSync } from 'node:fs'
import { buildTruststore, verifyChain } from '../../../dist/index.js'

/** Exits with 0 if the client is accepted, with 1 if it is rejected. */
const { authorities, client } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const store = buildTruststore(authorities.map(bytes))
process.exitCode = verifyChain(store, bytes(client)).ok ? 0 : 1

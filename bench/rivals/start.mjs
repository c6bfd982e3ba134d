import { readFileSync } from 'node:fs'
import { Certificate, CertificateChainValidationEngine } from 'pkijs'

/** Exits with 0 if the client is accepted, with 1 if it is rejected. */
const { authorities, client } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const trustedCerts = authorities.map((text) => Certificate.fromBER(bytes(text)))
const certs = [Certificate.fromBER(bytes(client))]
const { result } = await new CertificateChainValidationEngine({ trustedCerts, certs }).verify()
process.exitCode = result ? 0 : 1

import { rootCertificates } from 'node:tls'
import { interleave } from '../harness/interleave.mjs'
import { faster } from '../harness/rows.mjs'
import { portcullis } from '../portcullis.mjs'
import { jsrsasign } from '../rivals/jsrsasign.mjs'
import { node } from '../rivals/node.mjs'
import { peculiar } from '../rivals/peculiar.mjs'
import { pkijs } from '../rivals/pkijs.mjs'

const rivals = [node, pkijs, peculiar, jsrsasign]

/** Building a truststore of the Mozilla roots that ship with Node: parse every certificate, check every self-signature. */
export async function measure({ blocks }) {
  const ders = rootCertificates.map((pem) => new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')))
  const input = { bundle: rootCertificates, ders }
  const lanes = [portcullis, ...rivals].map((contestant) => ({ name: contestant.name, call: contestant.build }))
  for (const { name, call } of lanes) {
    const good = (await call(input)).filter((result) => result === true).length
    if (good < ders.length) throw new Error(`${name} accepts only ${good} of ${ders.length} self-signatures`)
  }
  const results = await interleave(lanes, [input], { blocks, most: 100 })
  return rivals.map(({ name }) =>
    faster(name, `building a truststore of ${ders.length} public roots, compared with ${name}`, results, 'portcullis', name),
  )
}

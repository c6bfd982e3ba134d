import { fixture } from '../harness/fixture.mjs'
import { interleave } from '../harness/interleave.mjs'
import { faster } from '../harness/rows.mjs'
import { portcullis } from '../portcullis.mjs'
import { asn1js } from '../rivals/asn1js.mjs'
import { nodeForge } from '../rivals/forge.mjs'
import { jsrsasign } from '../rivals/jsrsasign.mjs'
import { node } from '../rivals/node.mjs'
import { peculiar } from '../rivals/peculiar.mjs'
import { pkijs } from '../rivals/pkijs.mjs'

const works = [
  { method: 'parse', kind: 'P-256', what: 'parsing a P-256 leaf', rivals: [asn1js, node, pkijs, peculiar, jsrsasign] },
  { method: 'parse', kind: 'RSA-2048', what: 'parsing an RSA-2048 leaf', rivals: [asn1js, node, nodeForge] },
  {
    method: 'read',
    kind: 'P-256',
    what: 'parsing a P-256 leaf and reading six fields',
    rivals: [node, pkijs, peculiar, jsrsasign],
  },
]

/** Parsing a leaf, the first step of every handshake. */
export async function measure({ blocks }) {
  const rows = []
  for (const { method, kind, what, rivals } of works) {
    const leaves = fixture(`clients-${kind}`)
      .clients.slice(0, 64)
      .map(({ der }) => der)
    const lanes = [portcullis, ...rivals].map((contestant) => ({ name: contestant.name, call: contestant[method] }))
    for (const { name, call } of lanes) {
      if (!leaves.every((leaf) => call(leaf))) throw new Error(`${name} does not parse every leaf`)
    }
    const results = await interleave(lanes, leaves, { blocks, most: 100_000 })
    for (const { name } of rivals) {
      rows.push(faster(`${method}/${kind}/${name}`, `${what}, compared with ${name}`, results, 'portcullis', name))
    }
  }
  return rows
}

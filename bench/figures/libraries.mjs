import { fixture } from '../harness/fixture.mjs'
import { interleave } from '../harness/interleave.mjs'
import { faster } from '../harness/rows.mjs'
import { requireWholeWork } from '../harness/whole-work.mjs'
import { portcullis } from '../portcullis.mjs'
import { nodeForge } from '../rivals/forge.mjs'
import { jsrsasign } from '../rivals/jsrsasign.mjs'
import { peculiar } from '../rivals/peculiar.mjs'
import { pkijs } from '../rivals/pkijs.mjs'

const rivalsOf = { 'P-256': [pkijs, peculiar, jsrsasign], 'RSA-2048': [nodeForge, pkijs, peculiar] }

/** A whole chain, from DER to yes or no: a new client and its intermediate as the peer sent them, below a trusted root. */
export async function measure({ blocks }) {
  const rows = []
  for (const [kind, rivals] of Object.entries(rivalsOf)) {
    const { root, intermediates, clients, warm, refused } = fixture(`clients-${kind}`)
    const lanes = []
    for (const contestant of [portcullis, ...rivals]) {
      const judge = await contestant.chain(root)
      lanes.push({ name: contestant.name, call: ({ der, issuer }) => judge(der, intermediates[issuer]) })
    }
    for (const lane of lanes) await requireWholeWork(lane, warm.slice(0, 6), Object.entries(refused))
    const results = await interleave(lanes, clients, { blocks, most: 600 })
    for (const { name } of rivals) {
      rows.push(faster(`${kind}/${name}`, `a whole ${kind} chain, against ${name}`, results, 'portcullis', name))
    }
  }
  return rows
}

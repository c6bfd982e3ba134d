import { fixture } from '../harness/fixture.mjs'
import { interleave } from '../harness/interleave.mjs'
import { faster } from '../harness/rows.mjs'
import { requireWholeWork } from '../harness/whole-work.mjs'
import { portcullis } from '../portcullis.mjs'
import { node } from '../rivals/node.mjs'

/** A hundred clients in a loop. Their signatures are in the memo; everything else is checked in every call. */
export async function measure({ blocks }) {
  const rows = []
  for (const kind of ['P-256', 'P-384', 'RSA-2048']) {
    const { authorities, clients, refused } = fixture(`clients-${kind}`)
    const returning = clients.slice(0, 100)
    const lanes = [
      { name: 'portcullis', call: portcullis.gate(authorities) },
      { name: 'Node', call: node.gate(authorities) },
    ]
    for (const lane of lanes) await requireWholeWork(lane, returning, Object.entries(refused))
    const results = await interleave(lanes, returning, { blocks, most: 100_000 })
    rows.push(faster(kind, `returning client, ${kind}, compared with Node`, results, 'portcullis', 'Node'))
  }
  return rows
}

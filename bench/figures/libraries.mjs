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

/** From DER to verdict: a new client and its presented intermediate, below a trusted root. */
export async function measure({ blocks }) {
  const rows = []
  for (const [kind, rivals] of Object.entries(rivalsOf)) {
    const { root, intermediates, clients, warm, refused } = fixture(`clients-${kind}`)
    const laneOf = async (contestant) => {
      const judge = await contestant.chain(root)
      const lane = { name: contestant.name, call: ({ der, issuer }) => judge(der, intermediates[issuer]) }
      await requireWholeWork(lane, warm.slice(0, 6), Object.entries(refused))
      return lane
    }
    for (const rival of rivals) {
      // One pair at a time, because some rivals need a tenth of a second for a call. Each pair has its own truststore, which
      // has not seen the clients.
      const results = await interleave([await laneOf(portcullis), await laneOf(rival)], clients, { blocks, most: 600 })
      const title = `${kind} leaf and intermediate, compared with ${rival.name}`
      rows.push(faster(`${kind}/${rival.name}`, title, results, 'portcullis', rival.name))
    }
  }
  return rows
}

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
    const laneOf = async (contestant) => {
      const judge = await contestant.chain(root)
      const lane = { name: contestant.name, call: ({ der, issuer }) => judge(der, intermediates[issuer]) }
      await requireWholeWork(lane, warm.slice(0, 6), Object.entries(refused))
      return lane
    }
    for (const rival of rivals) {
      // In pairs, so that a rival's calls of a tenth of a second do not come between all others; each with a truststore of
      // its own, which has met none of the clients.
      const results = await interleave([await laneOf(portcullis), await laneOf(rival)], clients, { blocks, most: 600 })
      const title = `a whole ${kind} chain, against ${rival.name}`
      rows.push(faster(`${kind}/${rival.name}`, title, results, 'portcullis', rival.name))
    }
  }
  return rows
}

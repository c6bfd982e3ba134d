import { buildTruststore, pureSignatures, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { interleave } from '../harness/interleave.mjs'
import { faster, skipped } from '../harness/rows.mjs'
import { requireWholeWork } from '../harness/whole-work.mjs'
import { nodeSignatures, portcullis } from '../portcullis.mjs'
import { node } from '../rivals/node.mjs'

/** Calls per block: few enough that many blocks of all lanes fit into one pass over the clients. */
const most = 600

/** From DER to verdict for new clients, with three CAs in a warm truststore. */
export async function measure({ blocks }) {
  const rows = []
  for (const kind of ['P-256', 'P-384', 'RSA-2048']) rows.push(...(await measureKind(kind, blocks)))
  return rows
}

async function measureKind(kind, blocks) {
  const { authorities, clients, warm, refused } = fixture(`clients-${kind}`)
  requireNoMemoHits(authorities, clients)
  const lanes = [
    { name: 'portcullis', call: portcullis.gate(authorities) },
    { name: 'Node', call: node.gate(authorities) },
  ]
  const signatures = kind === 'RSA-2048' ? await nodeSignatures() : undefined
  const native = 'portcullis with nodeSignatures'
  if (signatures !== undefined) lanes.push({ name: native, call: portcullis.gate(authorities, { signatures }) })
  for (const lane of lanes) await requireWholeWork(lane, warm, Object.entries(refused))
  const results = await interleave(lanes, clients, { blocks, most })
  const title = `new client, ${kind}`
  const rows = [
    faster(kind, `${title}${kind === 'RSA-2048' ? ', pure TypeScript' : ''}, compared with Node`, results, 'portcullis', 'Node'),
  ]
  if (kind !== 'RSA-2048') return rows
  const name = 'RSA-2048-native'
  const nativeTitle = `${title} with \`nodeSignatures\`, compared with Node`
  if (signatures === undefined) return [...rows, skipped(name, nativeTitle, 'this build has no portcullis/node')]
  return [...rows, faster(name, nativeTitle, results, native, 'Node')]
}

/** Checks that a second pass over the clients computes their signatures again: the memo must not hold all of them. */
function requireNoMemoHits(authorities, clients) {
  let computed = 0
  const counting = {
    name: 'counting',
    importKey(spki, tables) {
      const key = pureSignatures.importKey(spki, tables)
      const verify = (...signed) => {
        computed++
        return key.verify(...signed)
      }
      return { verify, warmUp: () => key.warmUp?.() }
    },
  }
  const store = buildTruststore(authorities, { signatures: counting })
  store.warmUp()
  computed = 0
  const turn = [...clients, ...clients.slice(0, most)]
  for (const { der } of turn) verifyChain(store, der)
  if (computed !== turn.length) throw new Error(`${turn.length} clients, but only ${computed} signatures were computed`)
}

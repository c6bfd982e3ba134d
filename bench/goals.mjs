import { readFileSync } from 'node:fs'

const { 'size-limit': bundles } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/**
 * The bars, by figure and row: `atLeast` or `atMost` must be reached, `aim` should be. `in` names the runtime that a goal
 * applies to; rows measured in another runtime have no goal.
 */
export const goals = {
  'new-client/P-256': [
    { in: 'Node 20', atLeast: 2.2, aim: 3 },
    { in: 'Node 24', atLeast: 1.1, aim: 1.5 },
  ],
  'new-client/P-384': [
    { in: 'Node 20', atLeast: 2.2, aim: 3 },
    { in: 'Node 24', atLeast: 1.7, aim: 2.2 },
  ],
  'new-client/RSA-2048': [{ in: 'Node 20', atLeast: 1.5, aim: 1.8 }],
  'new-client/RSA-2048-native': [
    { in: 'Node 20', atLeast: 3, aim: 4 },
    { in: 'Node 24', atLeast: 1, aim: 1.3 },
  ],
  'runtime/signature': [
    { in: 'Deno', atLeast: 8, aim: 15 },
    { in: 'Bun', atLeast: 8, aim: 15 },
  ],
  'returning-client/P-256': [{ in: 'Node 20', atLeast: 20, aim: 40 }],
  'libraries/P-256/pkijs': [{ in: 'Node 20', atLeast: 40, aim: 60 }],
  'libraries/P-256/@peculiar/x509': [{ in: 'Node 20', atLeast: 20, aim: 30 }],
  'libraries/RSA-2048/node-forge': [{ in: 'Node 20', atLeast: 15, aim: 20 }],
  'parse/parse/P-256/asn1js': [{ in: 'Node 20', atLeast: 80, aim: 150 }],
  'parse/parse/P-256/Node': [{ in: 'Node 20', atLeast: 25, aim: 40 }],
  'unknown-key/P-256': [{ in: 'Node 20', atLeast: 5, aim: 8 }],
  'unknown-key/P-384': [{ in: 'Node 20', atLeast: 5, aim: 8 }],
  'many-authorities/verify': [{ in: 'Node 20', atMost: 1.15, aim: 1.05 }],
  'build/time': [{ in: 'Node 20', atMost: 11 }],
  'build/heap': [{ in: 'Node 20', atMost: 1536 }],
  'handshakes/TLSv1.3': [{ in: 'Node 20', atLeast: 0.97, aim: 1 }],
  'handshakes/TLSv1.2': [{ in: 'Node 20', atLeast: 0.97, aim: 1 }],
  'allocation/returning': [{ in: 'Node 20', atMost: 1024 }],
  'bundle-size/core': [{ atMost: Number.parseFloat(bundles[1].limit), aim: 35 }],
  'start/pkijs': [{ in: 'Node 20', atLeast: 1.5, aim: 3 }],
  'slowest-call/warm': [{ in: 'Node 20', atMost: 5 }],
}

/**
 * Compares a row with its goal.
 *
 * @param module of the figure
 * @param runtime in which it was measured, such as `Node 20.20.2`
 * @returns the bar and the aim as text, and whether they are met; undefined for a row without a goal
 */
export function judge(module, runtime, row) {
  const goal = goals[`${module}/${row.name}`]?.find((candidate) => isIn(runtime, candidate.in))
  if (goal === undefined || row.skipped !== undefined) return undefined
  const { atLeast, atMost, aim } = goal
  const reaches = (bar) => (atLeast !== undefined ? row.value >= bar : row.value <= bar)
  return {
    bar: atLeast !== undefined ? `≥ ${atLeast}` : `≤ ${atMost}`,
    aim: aim === undefined ? undefined : `${atLeast !== undefined ? '≥' : '≤'} ${aim}`,
    met: reaches(atLeast ?? atMost),
    aimMet: aim === undefined ? undefined : reaches(aim),
  }
}

function isIn(runtime, wanted) {
  return wanted === undefined || runtime.startsWith(`${wanted}.`) || runtime.startsWith(`${wanted} `)
}

/** What the design demands of parsing on Node 20, in one run. */
const parseGoals = { asn1js: 20, Node: 8 }

/**
 * Compares the parse row with its goals.
 *
 * @returns a line for each, and whether all were met
 */
export function judgeGoals(rows, own) {
  const row = rows.find(({ work }) => work.method === 'parse' && work.kind === 'P-256')
  if (row === undefined || !process.version.startsWith('v20.')) return { lines: [], met: true }
  let met = true
  const lines = Object.entries(parseGoals).map(([name, goal]) => {
    const ratio = row.medians.get(name) / row.medians.get(own)
    met &&= ratio >= goal
    return `goal: a leaf is parsed at least ${goal} × as fast as by ${name}: ${ratio.toFixed(1)} ×, ${ratio >= goal ? 'met' : 'MISSED'}`
  })
  return { lines, met }
}

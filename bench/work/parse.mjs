/** Reading a leaf: what every handshake starts with. */
export function parseWorks({ kinds }) {
  return ['P-256', 'RSA-2048'].flatMap((kind) => [
    work(kind, 'parse', `parse a leaf, ${kind}`, kinds[kind].leaves),
    work(kind, 'read', `parse a leaf and read six fields, ${kind}`, kinds[kind].leaves),
  ])
}

function work(kind, method, title, leaves) {
  return {
    group: 'parse',
    title,
    kind,
    method,
    tags: [method, kind],
    inputs: leaves,
    repeats: true,
    start: (contestant) => contestant[method],
    check(call, name) {
      if (!leaves.every((leaf) => call(leaf))) throw new Error(`${name} does not parse every leaf`)
    },
  }
}

/**
 * Judging a new client: from its DER to yes or no, against a truststore of three CAs that is built and warm. Every call of
 * a block is for another certificate, and every block has a truststore of its own, so no result can be remembered.
 */
export function verifyWorks({ kinds }) {
  return ['P-256', 'P-384', 'RSA-2048'].map((kind) => {
    const { authorities, leaves, warm, refused } = kinds[kind]
    return {
      group: 'verify',
      title: `verify a new client, ${kind}`,
      kind,
      method: 'gate',
      tags: ['verify', kind],
      inputs: leaves,
      warm,
      repeats: false,
      start: (contestant) => contestant.gate(authorities),
      async check(call, name) {
        for (const leaf of leaves.slice(0, 6))
          if ((await call(leaf)) !== true) throw new Error(`${name} refuses a good ${kind} client`)
        for (const [fault, leaf] of Object.entries(refused)) {
          if ((await call(leaf)) === true) throw new Error(`${name} does not do the whole work: ${fault} passes`)
        }
      },
    }
  })
}

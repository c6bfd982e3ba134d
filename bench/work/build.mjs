import { rootCertificates } from 'node:tls'

/** Making a truststore of the Mozilla roots that Node carries: every certificate parsed, every self-signature checked. */
export function buildWorks() {
  const ders = rootCertificates.map((pem) => Uint8Array.from(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')))
  return [
    {
      group: 'build',
      title: `build a truststore of ${ders.length} public roots`,
      method: 'build',
      tags: ['build'],
      inputs: [{ bundle: rootCertificates, ders }],
      repeats: true,
      start: (contestant) => contestant.build.bind(contestant),
      async check(call, name) {
        const results = await call({ bundle: rootCertificates, ders })
        const good = results.filter((result) => result === true).length
        if (good < ders.length) throw new Error(`${name} finds only ${good} of ${ders.length} self-signatures right`)
      },
    },
  ]
}

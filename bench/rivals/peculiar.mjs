// The library needs this polyfill to be loaded first where the runtime has no decorator metadata.
import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'

/**
 * The issuer is found by name among the trusted certificates, whose keys are imported once; `verify` then checks the
 * signature and the dates. That is a shorter way to the answer than X509ChainBuilder, which starts from the bytes of the key.
 */
export const peculiar = {
  name: '@peculiar/x509',
  package: '@peculiar/x509',
  parse: (der) => new X509Certificate(der),
  read(der) {
    const { subject, issuer, serialNumber, notBefore, notAfter, extensions } = new X509Certificate(der)
    const altNames = extensions.find(({ type }) => type === '2.5.29.17')
    return [subject, issuer, serialNumber, notBefore, notAfter, altNames?.names.items.map(({ value }) => value)]
  },
  async gate(authorities) {
    const known = new Map()
    for (const der of authorities) {
      const ca = new X509Certificate(der)
      const key = await ca.publicKey.export({ ...ca.publicKey.algorithm, ...ca.signatureAlgorithm }, ['verify'])
      known.set(ca.subject, key)
    }
    return async (der) => {
      const leaf = new X509Certificate(der)
      const publicKey = known.get(leaf.issuer)
      return publicKey !== undefined && (await leaf.verify({ publicKey }))
    }
  },
  async build({ ders }) {
    const results = []
    for (const der of ders) results.push(await new X509Certificate(der).verify({ signatureOnly: true }))
    return results
  },
}

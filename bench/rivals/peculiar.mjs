// The library needs this polyfill in runtimes without decorator metadata. It must be loaded first.
import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'

/**
 * The root's key is imported once, and `verify` checks signature and dates. This is faster than X509ChainBuilder, which
 * imports the key for every chain.
 */
export const peculiar = {
  name: '@peculiar/x509',
  parse: (der) => new X509Certificate(der),
  read(der) {
    const { subject, issuer, serialNumber, notBefore, notAfter, extensions } = new X509Certificate(der)
    const altNames = extensions.find(({ type }) => type === '2.5.29.17')
    return [subject, issuer, serialNumber, notBefore, notAfter, altNames?.names.items.map(({ value }) => value)]
  },
  async chain(root) {
    const ca = new X509Certificate(root)
    const rootKey = await ca.publicKey.export({ ...ca.publicKey.algorithm, ...ca.signatureAlgorithm }, ['verify'])
    return async (leafDer, intermediateDer) => {
      const leaf = new X509Certificate(leafDer)
      const intermediate = new X509Certificate(intermediateDer)
      if (intermediate.issuer !== ca.subject || leaf.issuer !== intermediate.subject) return false
      return (await intermediate.verify({ publicKey: rootKey })) && (await leaf.verify({ publicKey: intermediate.publicKey }))
    }
  },
  async build({ ders }) {
    const results = []
    for (const der of ders) results.push(await new X509Certificate(der).verify({ signatureOnly: true }))
    return results
  },
}

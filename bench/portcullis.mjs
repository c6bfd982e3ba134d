import { buildTruststore, parseCertificate, profiles, verifyChain } from '../dist/index.js'

/** The library, used as in its README. Imported by path, because some runtimes cannot resolve a package from inside itself. */
export const portcullis = {
  name: 'portcullis',
  parse(der) {
    const parsed = parseCertificate(der)
    return parsed.ok ? parsed.value : undefined
  },
  read(der) {
    const parsed = parseCertificate(der)
    if (!parsed.ok) return undefined
    const { subject, issuer, serialNumber, notBefore, notAfter, subjectAltNames } = parsed.value
    return [subject, issuer, serialNumber, notBefore, notAfter, subjectAltNames.map(({ value }) => value)]
  },
  gate(authorities, options = {}) {
    const store = buildTruststore(authorities, options)
    store.warmUp()
    return ({ der }) => verifyChain(store, der).ok
  },
  chain(root) {
    const store = buildTruststore(root, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
    store.warmUp()
    return (leaf, intermediate) => verifyChain(store, [leaf, intermediate]).ok
  },
  build({ bundle }) {
    const store = buildTruststore(bundle)
    return store.certificates.map(() => true)
  },
}

/** The backend that uses node:crypto; `undefined` if the build has no `portcullis/node`. */
export async function nodeSignatures() {
  try {
    const entry = await import('../dist/node/index.js')
    return entry.nodeSignatures
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

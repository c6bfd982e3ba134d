import { buildTruststore, parseCertificate, verifyChain } from 'portcullis'

/** The library, as its README uses it. */
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
  gate(authorities) {
    const store = buildTruststore(authorities)
    store.warmUp()
    return (der) => verifyChain(store, der).ok
  },
  build({ bundle }) {
    const store = buildTruststore(bundle)
    return store.certificates.map(() => true)
  },
}

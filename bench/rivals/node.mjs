import { X509Certificate } from 'node:crypto'

/** Node's own X509Certificate (OpenSSL), used as a careful gateway would: CA objects and their keys are made once. */
export const node = {
  name: 'Node',
  parse: (der) => new X509Certificate(der),
  read(der) {
    const certificate = new X509Certificate(der)
    const { subject, issuer, serialNumber, validFrom, validTo, subjectAltName } = certificate
    return [subject, issuer, serialNumber, validFrom, validTo, subjectAltName]
  },
  gate(authorities) {
    const cas = authorities.map((der) => new X509Certificate(der))
    const known = cas.map((ca) => ({ ca, key: ca.publicKey }))
    return (der) => {
      const leaf = new X509Certificate(der)
      const now = Date.now()
      if (now < Date.parse(leaf.validFrom) || now > Date.parse(leaf.validTo)) return false
      return known.some(({ ca, key }) => leaf.checkIssued(ca) && leaf.verify(key))
    }
  },
  build({ bundle }) {
    return bundle.map((pem) => {
      const ca = new X509Certificate(pem)
      return ca.checkIssued(ca) && ca.verify(ca.publicKey)
    })
  },
}

import { X509Certificate } from 'node:crypto'

/** Node 22.10 and later have the dates as `Date`, so their text need not be parsed. */
const hasDates = 'validFromDate' in X509Certificate.prototype

/**
 * Node's X509Certificate (OpenSSL), as an efficient gateway would use it: CA objects and their keys are created once, and the
 * CA of each client is known, so nothing searches for it.
 */
export const node = {
  name: 'Node',
  parse: (der) => new X509Certificate(der),
  read(der) {
    const certificate = new X509Certificate(der)
    const { subject, issuer, serialNumber, validFrom, validTo, subjectAltName } = certificate
    return [subject, issuer, serialNumber, validFrom, validTo, subjectAltName]
  },
  gate(authorities) {
    const known = authorities.map((der) => {
      const ca = new X509Certificate(der)
      return { ca, key: ca.publicKey }
    })
    return ({ der, issuer }) => {
      const leaf = new X509Certificate(der)
      const { ca, key } = known[issuer]
      return isCurrent(leaf) && leaf.checkIssued(ca) && leaf.verify(key)
    }
  },
  build({ bundle }) {
    return bundle.map((pem) => {
      const ca = new X509Certificate(pem)
      return ca.checkIssued(ca) && ca.verify(ca.publicKey)
    })
  },
}

function isCurrent(leaf) {
  const now = Date.now()
  if (hasDates) return now >= leaf.validFromDate.getTime() && now <= leaf.validToDate.getTime()
  return now >= Date.parse(leaf.validFrom) && now <= Date.parse(leaf.validTo)
}

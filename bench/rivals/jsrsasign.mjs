import jsrsasignModule from 'jsrsasign'

const { KEYUTIL, X509, zulutodate } = jsrsasignModule

/** Compares issuer names by their bytes. The root's public key is imported once. */
export const jsrsasign = {
  name: 'jsrsasign',
  parse: read,
  read(der) {
    const certificate = read(der)
    return [
      certificate.getSubjectString(),
      certificate.getIssuerString(),
      certificate.getSerialNumberHex(),
      certificate.getNotBefore(),
      certificate.getNotAfter(),
      certificate.getExtSubjectAltName()?.array,
    ]
  },
  chain(root) {
    const ca = read(root)
    const rootKey = KEYUTIL.getKey(ca.getPublicKeyHex(), null, 'pkcs8pub')
    return (leafDer, intermediateDer) => {
      const leaf = read(leafDer)
      const intermediate = read(intermediateDer)
      if (intermediate.getIssuerHex() !== ca.getSubjectHex() || leaf.getIssuerHex() !== intermediate.getSubjectHex()) return false
      if (!isCurrent(leaf) || !isCurrent(intermediate)) return false
      return intermediate.verifySignature(rootKey) && leaf.verifySignature(intermediate.getPublicKey())
    }
  },
  build({ ders }) {
    return ders.map((der) => {
      const ca = read(der)
      return ca.verifySignature(ca.getPublicKey())
    })
  },
}

function isCurrent(certificate) {
  const now = new Date()
  return now >= zulutodate(certificate.getNotBefore()) && now <= zulutodate(certificate.getNotAfter())
}

function read(der) {
  const certificate = new X509()
  certificate.readCertHex(Buffer.from(der.buffer, der.byteOffset, der.length).toString('hex'))
  return certificate
}

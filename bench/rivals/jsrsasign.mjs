import jsrsasignModule from 'jsrsasign'

const { KEYUTIL, X509, zulutodate } = jsrsasignModule

/** The issuer is found by the bytes of its name; public keys of the trusted certificates are made once. */
export const jsrsasign = {
  name: 'jsrsasign',
  package: 'jsrsasign',
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
  gate(authorities) {
    const known = new Map(
      authorities.map((der) => {
        const ca = read(der)
        return [ca.getSubjectHex(), KEYUTIL.getKey(ca.getPublicKeyHex(), null, 'pkcs8pub')]
      }),
    )
    return (der) => {
      const leaf = read(der)
      const key = known.get(leaf.getIssuerHex())
      const now = new Date()
      if (key === undefined || now < zulutodate(leaf.getNotBefore()) || now > zulutodate(leaf.getNotAfter())) return false
      return leaf.verifySignature(key)
    }
  },
  build({ ders }) {
    return ders.map((der) => {
      const ca = read(der)
      return ca.verifySignature(ca.getPublicKey())
    })
  },
}

function read(der) {
  const certificate = new X509()
  certificate.readCertHex(Buffer.from(der.buffer, der.byteOffset, der.length).toString('hex'))
  return certificate
}

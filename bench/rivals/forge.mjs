import forge from 'node-forge'

const { asn1, pki, util } = forge

/** A CA store is made once; `verifyCertificateChain` parses nothing, so a leaf is read first. */
export const nodeForge = {
  name: 'node-forge',
  package: 'node-forge',
  cannot: { 'P-256': 'reads RSA certificates', 'P-384': 'reads RSA certificates', build: 'reads RSA certificates' },
  parse: read,
  read(der) {
    const { subject, issuer, serialNumber, validity, getExtension } = read(der)
    return [textOf(subject), textOf(issuer), serialNumber, validity.notBefore, validity.notAfter, altNamesOf(getExtension)]
  },
  gate(authorities) {
    const store = pki.createCaStore(authorities.map(read))
    return (der) => {
      try {
        return pki.verifyCertificateChain(store, [read(der)])
      } catch {
        return false
      }
    }
  },
}

function read(der) {
  return pki.certificateFromAsn1(asn1.fromDer(util.createBuffer(der)))
}

function textOf({ attributes }) {
  return attributes.map(({ shortName, type, value }) => `${shortName ?? type}=${value}`).join(',')
}

function altNamesOf(getExtension) {
  return getExtension('subjectAltName')?.altNames.map(({ value }) => value)
}

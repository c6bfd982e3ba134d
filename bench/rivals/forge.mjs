import forge from 'node-forge'

const { asn1, pki, util } = forge

/** The CA store is built once. `verifyCertificateChain` takes parsed certificates, so parsing the chain counts as well. */
export const nodeForge = {
  name: 'node-forge',
  parse: read,
  read(der) {
    const { subject, issuer, serialNumber, validity, getExtension } = read(der)
    return [textOf(subject), textOf(issuer), serialNumber, validity.notBefore, validity.notAfter, altNamesOf(getExtension)]
  },
  chain(root) {
    const store = pki.createCaStore([read(root)])
    return (leaf, intermediate) => {
      try {
        return pki.verifyCertificateChain(store, [read(leaf), read(intermediate)])
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

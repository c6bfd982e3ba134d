import { Certificate, CertificateChainValidationEngine } from 'pkijs'

/** Trusted certificates are parsed once. The chain engine takes the chain in its constructor, so each chain needs a new one. */
export const pkijs = {
  name: 'pkijs',
  parse: (der) => Certificate.fromBER(der),
  read(der) {
    const { subject, issuer, serialNumber, notBefore, notAfter, extensions } = Certificate.fromBER(der)
    const altNames = extensions.find(({ extnID }) => extnID === '2.5.29.17')?.parsedValue?.altNames ?? []
    return [
      textOf(subject),
      textOf(issuer),
      serialNumber.toString(),
      notBefore.value,
      notAfter.value,
      altNames.map(({ value }) => value),
    ]
  },
  chain(root) {
    const trustedCerts = [Certificate.fromBER(root)]
    return async (leaf, intermediate) => {
      const certs = [Certificate.fromBER(intermediate), Certificate.fromBER(leaf)]
      const { result } = await new CertificateChainValidationEngine({ trustedCerts, certs }).verify()
      return result
    }
  },
  async build({ ders }) {
    const results = []
    for (const der of ders) {
      const ca = Certificate.fromBER(der)
      results.push(await ca.verify(ca))
    }
    return results
  },
}

function textOf(name) {
  return name.typesAndValues.map(({ type, value }) => `${type}=${value.valueBlock.value}`).join(',')
}

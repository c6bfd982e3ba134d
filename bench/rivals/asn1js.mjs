import { fromBER } from 'asn1js'

/** Reads DER into a tree of ASN.1 objects; X.509 is not its subject. */
export const asn1js = {
  name: 'asn1js',
  package: 'asn1js',
  cannot: { read: 'decodes ASN.1, not X.509', verify: 'decodes ASN.1, not X.509', build: 'decodes ASN.1, not X.509' },
  parse(der) {
    const { offset, result } = fromBER(der)
    return offset < 0 ? undefined : result
  },
}

import { fromBER } from 'asn1js'

/** Reads DER into a tree of ASN.1 objects. It does not know X.509. */
export const asn1js = {
  name: 'asn1js',
  parse(der) {
    const { offset, result } = fromBER(der)
    return offset < 0 ? undefined : result
  },
}

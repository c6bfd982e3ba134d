/**
 * Names of algorithms and curves that are not supported, for messages. A name says more than an OID about a key that another tool
 * made: `Ed25519`, not `1.3.101.112`.
 */

/** Names by the last number of the OID, from `first` on, separated by spaces; `-` has none. */
interface Arc {
  readonly prefix: string
  readonly first: number
  readonly names: string
}

const arcs: readonly Arc[] = [
  // RFC 8410
  { prefix: '1.3.101.', first: 110, names: 'X25519 X448 Ed25519 Ed448' },
  // NIST: RFC 5758, RFC 9881 (ML-DSA), RFC 9909 (SLH-DSA)
  {
    prefix: '2.16.840.1.101.3.4.3.',
    first: 1,
    names:
      'dsa-with-sha224 dsa-with-sha256 dsa-with-sha384 dsa-with-sha512 - - - - ' +
      'ecdsa-with-SHA3-224 ecdsa-with-SHA3-256 ecdsa-with-SHA3-384 ecdsa-with-SHA3-512 ' +
      'RSA-SHA3-224 RSA-SHA3-256 RSA-SHA3-384 RSA-SHA3-512 ML-DSA-44 ML-DSA-65 ML-DSA-87 ' +
      'SLH-DSA-SHA2-128s SLH-DSA-SHA2-128f SLH-DSA-SHA2-192s SLH-DSA-SHA2-192f SLH-DSA-SHA2-256s SLH-DSA-SHA2-256f ' +
      'SLH-DSA-SHAKE-128s SLH-DSA-SHAKE-128f SLH-DSA-SHAKE-192s SLH-DSA-SHAKE-192f SLH-DSA-SHAKE-256s SLH-DSA-SHAKE-256f',
  },
  // RFC 3279
  { prefix: '1.2.840.10040.4.', first: 1, names: 'DSA - dsa-with-sha1' },
  { prefix: '1.2.840.113549.1.1.', first: 2, names: 'md2WithRSAEncryption' },
  // RFC 5639
  {
    prefix: '1.3.36.3.3.2.8.1.1.',
    first: 1,
    names:
      'brainpoolP160r1 brainpoolP160t1 brainpoolP192r1 brainpoolP192t1 brainpoolP224r1 brainpoolP224t1 brainpoolP256r1 ' +
      'brainpoolP256t1 brainpoolP320r1 brainpoolP320t1 brainpoolP384r1 brainpoolP384t1 brainpoolP512r1 brainpoolP512t1',
  },
  // RFC 5480
  { prefix: '1.2.840.10045.3.1.', first: 1, names: 'P-192' },
  // GM/T 0006
  { prefix: '1.2.156.10197.1.', first: 301, names: 'SM2' },
  { prefix: '1.2.156.10197.1.', first: 501, names: 'SM2-with-SM3' },
  // RFC 9215
  { prefix: '1.2.643.7.1.1.1.', first: 1, names: 'GOST-R-34.10-2012-256 GOST-R-34.10-2012-512' },
]

/** `name (OID)` of a known algorithm or curve. Any other text is returned unchanged. */
export function algorithmName(oid: string): string {
  for (const { prefix, first, names } of arcs) {
    if (!oid.startsWith(prefix)) continue
    const name = names.split(' ')[Number(oid.slice(prefix.length)) - first] ?? '-'
    if (name !== '-') return `${name} (${oid})`
  }
  return oid
}

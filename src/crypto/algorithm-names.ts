/**
 * Names of algorithms and curves that are not supported, for messages. A name says more than an OID about a key that another tool
 * made: `Ed25519`, not `1.3.101.112`.
 */

/** The names below each OID, by its last number. Computed where the numbers have a system, which takes less of a bundle. */
const arcs: readonly (readonly [prefix: string, nameOf: (last: number) => string | undefined])[] = [
  // RFC 8410
  ['1.3.101.', (last) => ['X25519', 'X448', 'Ed25519', 'Ed448'][last - 110]],
  // RFC 9881 (ML-DSA), RFC 9909 (SLH-DSA)
  ['2.16.840.1.101.3.4.3.', (last) => (last < 20 ? ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'][last - 17] : slhDsa(last - 20))],
  // RFC 5639
  [
    '1.3.36.3.3.2.8.1.1.',
    (last) => {
      const size = [160, 192, 224, 256, 320, 384, 512][(last - 1) >> 1]
      return size === undefined ? undefined : `brainpoolP${size}${last % 2 > 0 ? 'r' : 't'}1`
    },
  ],
  // RFC 3279
  ['1.2.840.10040.4.', (last) => (last === 1 ? 'DSA' : undefined)],
]

function slhDsa(index: number): string | undefined {
  if (!(index < 12)) return undefined
  return `SLH-DSA-${index < 6 ? 'SHA2' : 'SHAKE'}-${128 + 64 * ((index % 6) >> 1)}${index % 2 > 0 ? 'f' : 's'}`
}

/** `name (OID)` of a known algorithm or curve. Any other text is returned unchanged. */
export function algorithmName(oid: string): string {
  for (const [prefix, nameOf] of arcs) {
    const last = oid.slice(prefix.length)
    const name = oid.startsWith(prefix) && /^\d{1,3}$/.test(last) && nameOf(Number(last))
    if (name) return `${name} (${oid})`
  }
  return oid
}

import type { Policy } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, mint } from '../mint.ts'
import { type Growing, type Judging, judged, presented, type Sized } from './growing.ts'
import { bare, caKey, filler, leafKey, root, rsaKey, times } from './material.ts'

/** Many presented certificates with one subject. */

/** Certificates of a subject, each of its own issuer, that share what `spec` says. */
function group(count: number, spec: (i: number) => CertificateSpec, judging: Judging = {}, isSigned = false): Sized {
  const signed = isSigned ? { signWith: caKey } : { signature: new Uint8Array(64).fill(1) }
  const members = times(count, (i) =>
    mint({ ...bare, key: caKey, subject: 'CN=Group', issuer: 'CN=Group', serial: BigInt(i + 1), ...signed, ...spec(i) }),
  )
  const client = mint({ key: leafKey, subject: 'CN=leaf', issuer: 'CN=Group', signWith: caKey, authorityKeyId: false })
  return judged([root], [client, ...members], judging)
}

const roomy: Policy = { ...presented, budget: { ...presented.budget, presentedCertificates: 48 } }

export const sameSubjectCases: readonly Growing[] = [
  { name: 'presented certificates that nobody asked for', at: (size) => group(size / 1000, () => ({ subject: 'CN=Other' })) },
  { name: 'presented copies', at: (size) => copies(size / 1000, 900, false) },
  { name: 'presented certificates that differ at their end', at: (size) => copies(size / 1000, 900, true) },
  {
    name: 'presented certificates of a name and key, signed by nobody',
    at: (size) => group(12, () => ({ extensions: filler(size / 12) })),
  },
  {
    name: 'presented certificates of a name and key, that signed one another',
    at: (size) => group(12, () => ({ extensions: filler(size / 12) }), {}, true),
  },
  {
    name: 'presented certificates of one name whose keys differ late',
    at: (size) => group(12, (i) => ({ spki: rsaKey(Math.min(2048, size / 12), i) })),
  },
  {
    name: 'presented certificates of long key identifiers',
    at: (size) =>
      group(12, (i) => ({
        subjectKeyId: Uint8Array.from([...new Uint8Array(size / 12), i]),
        authorityKeyId: new Uint8Array(size / 12),
      })),
  },
  {
    name: 'presented certificates of one name, more and more',
    at: (size) => group(Math.min(46, size / 1000), (i) => ({ key: keyPair('p256', 100 + i) }), { policy: roomy }),
  },
  { name: 'a client that each of many CAs may have signed', at: (size) => suspects(30, size) },
]

/** Certificates beside the leaf that are the same, or differ in the last octet of their signatures. */
function copies(count: number, size: number, differ: boolean): Sized {
  const serial = 7n
  const key = caKey
  const chain = times(Math.min(46, count), (i) => {
    const signature = new Uint8Array(64).fill(1)
    if (differ) signature[63] = i
    return mint({ ...bare, key, subject: 'CN=Group', issuer: 'CN=Group', serial, signature, extensions: filler(size) })
  })
  return judged(
    [root],
    [mint({ key: leafKey, subject: 'CN=leaf', issuer: 'CN=Group', signWith: caKey, authorityKeyId: false }), ...chain],
  )
}

/** A client of a given size, and CAs of one name and different keys, of which none has signed it. */
function suspects(count: number, size: number): Sized {
  const cas = times(count, (i) => mint({ ...bare, key: keyPair('p256', 200 + i), subject: 'CN=Group' }))
  const client = mint({
    key: leafKey,
    subject: 'CN=leaf',
    issuer: 'CN=Group',
    signWith: caKey,
    authorityKeyId: false,
    extensions: filler(size),
  })
  return judged([root], [client, ...cas])
}

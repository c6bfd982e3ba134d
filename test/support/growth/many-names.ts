import { profiles } from '../../../src/index.ts'
import { type CertificateSpec, type GeneralNameSpec, mint } from '../mint.ts'
import { type Growing, judged, read, type Sized } from './growing.ts'
import { caKey, everyReader, leaf, root, times } from './material.ts'

/** Many names of each form, alone and under many name constraints. */

function under(caSpec: CertificateSpec, leafSpec: CertificateSpec): Sized {
  const issuer = mint({ ca: true, key: caKey, subject: 'CN=CA', ...caSpec }, root)
  return judged([root], [leaf(issuer, leafSpec), issuer])
}

/** Names of each form: outside the subtrees, as close to them as can be. */
interface Form {
  readonly bytes: number
  readonly name: (i: number) => GeneralNameSpec
  readonly subtree: (i: number) => GeneralNameSpec
}

const long = 'l'.repeat(60)
const forms: Readonly<Record<string, Form>> = {
  'DNS names': { bytes: 22, name: (i) => ({ dns: `n${i}.a.example` }), subtree: (i) => ({ dns: `s${i}.a.example` }) },
  'DNS names that are one label longer than subtrees': {
    bytes: 22,
    name: (i) => ({ dns: `x.${i}.a.example` }),
    subtree: (i) => ({ dns: `y.${i}.a.example` }),
  },
  'DNS names of many labels': {
    bytes: 250,
    name: (i) => ({ dns: `${i}.${'a.'.repeat(116)}b` }),
    subtree: (i) => ({ dns: `s${i}.${'a.'.repeat(116)}b` }),
  },
  'DNS names of long labels': {
    bytes: 250,
    name: (i) => ({ dns: `${i}.${long}.${long}.${long}` }),
    subtree: (i) => ({ dns: `s${i}.${long}.${long}.${long}` }),
  },
  wildcards: { bytes: 22, name: (i) => ({ dns: `*.n${i}.example` }), subtree: (i) => ({ dns: `x.s${i}.example` }) },
  'e-mail addresses of one host': {
    bytes: 22,
    name: (i) => ({ email: `n${i}@a.example` }),
    subtree: (i) => ({ email: `s${i}@a.example` }),
  },
  'e-mail addresses of many hosts': {
    bytes: 22,
    name: (i) => ({ email: `n@n${i}.a.example` }),
    subtree: (i) => ({ email: `.s${i}.a.example` }),
  },
  URIs: { bytes: 30, name: (i) => ({ uri: `spiffe://n${i}.a.example/x` }), subtree: (i) => ({ uri: `s${i}.a.example` }) },
  'IPv4 addresses': {
    bytes: 10,
    name: (i) => ({ ip: Uint8Array.of(10, 1, i >> 8, i) }),
    subtree: (i) => ({ ip: Uint8Array.of(10, 2, i >> 8, i, 255, 255, 255, 255) }),
  },
  'IPv6 addresses in blocks of all sizes': {
    bytes: 30,
    name: (i) => ({ ip: address(0x20, i) }),
    subtree: (i) => ({ ip: Uint8Array.from([...address(0x30, i), ...mask(i % 129)]) }),
  },
  'directory names': { bytes: 40, name: (i) => ({ directory: `O=a,CN=n${i}` }), subtree: (i) => ({ directory: `O=a,CN=s${i}` }) },
  'forms that are not supported': {
    bytes: 12,
    name: (i) => ({ registeredId: `1.2.${i}` }),
    subtree: (i) => ({ registeredId: `1.3.${i}` }),
  },
}

function address(first: number, i: number): Uint8Array {
  return Uint8Array.of(first, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i >> 8, i)
}

function mask(bits: number): readonly number[] {
  return times(16, (i) => (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff)
}

function formCases([form, { bytes, name, subtree }]: readonly [string, Form]): readonly Growing[] {
  const count = (size: number): number => size / bytes / 2
  const spec = (names: readonly GeneralNameSpec[]): CertificateSpec => ({ subject: '', subjectAltNames: names })
  return [
    {
      name: `many ${form} under many excluded`,
      at: (size) => under({ nameConstraints: { excluded: times(count(size), subtree) } }, spec(times(count(size), name))),
    },
    {
      name: `many ${form} under many permitted`,
      at: (size) =>
        under(
          { nameConstraints: { permitted: [...times(count(size), subtree), ...times(count(size), name)] } },
          spec(times(count(size), name)),
        ),
    },
    {
      name: `many ${form}, read and printed`,
      at: (size) => read(leaf(root, spec(times(2 * count(size), name))).der, everyReader),
    },
    {
      name: `many ${form}, another server wanted`,
      at: (size) =>
        judged([root], [leaf(root, { ...spec(times(2 * count(size), name)), extendedKeyUsage: ['serverAuth'] })], {
          policy: profiles.webServer,
          options: { serverName: 'wanted.example' },
        }),
    },
  ]
}

export const manyNameCases: readonly Growing[] = [
  ...Object.entries(forms).flatMap(formCases),
  {
    name: 'many common names under many DNS subtrees',
    at: (size) =>
      under(
        {
          nameConstraints: { permitted: [{ dns: 'a.example' }], excluded: times(size / 44, (i) => ({ dns: `s${i}.a.example` })) },
        },
        { subject: times(size / 60, (i) => ['CN', `n${i}.a.example`] as const) },
      ),
  },
]

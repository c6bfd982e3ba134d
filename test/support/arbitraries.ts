import fc from 'fast-check'
import { encode } from './asn1.ts'
import { type CertificateSpec, type GeneralNameSpec, type KeyKind, keyPair, type Minted, mint } from './mint.ts'
import { type AttributeSpec, type NameSpec, stringNode } from './names.ts'

/** Random valid certificates and chains, which tests then change. */

/** Text as people write it, in any script: no control characters, no lone surrogates. */
export const text: fc.Arbitrary<string> = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value))

const asciiText = fc.stringMatching(/^[A-Za-z0-9 '()+,./:=?-]{1,20}$/)

const attribute: fc.Arbitrary<AttributeSpec> = fc.oneof(
  fc.tuple(fc.constantFrom('CN', 'O', 'OU', 'L', 'ST', 'UID'), text, fc.constantFrom('utf8' as const, 'universal' as const)),
  fc.tuple(
    fc.constantFrom('CN', 'O', 'OU', 'title'),
    asciiText,
    fc.constantFrom('printable' as const, 'bmp' as const, 't61' as const),
  ),
  fc.tuple(fc.constant('C'), fc.stringMatching(/^[A-Z]{2}$/)),
  fc.tuple(fc.constantFrom('DC', 'emailAddress'), asciiText, fc.constant('ia5' as const)),
)

/** Up to four RDNs, some of several attributes. */
export const name: fc.Arbitrary<NameSpec> = fc.array(
  fc.oneof({ weight: 5, arbitrary: attribute }, { weight: 1, arbitrary: fc.array(attribute, { minLength: 2, maxLength: 3 }) }),
  { minLength: 1, maxLength: 4 },
)

const dnsName = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/), { minLength: 2, maxLength: 4 })
  .map((labels) => labels.join('.'))

export const generalName: fc.Arbitrary<GeneralNameSpec> = fc.oneof(
  dnsName.map((dns) => ({ dns })),
  dnsName.map((host) => ({ dns: `*.${host}` })),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((ip) => ({ ip })),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((ip) => ({ ip })),
  fc.tuple(fc.stringMatching(/^[a-z][a-z0-9.]{0,8}$/), dnsName).map(([local, host]) => ({ email: `${local}@${host}` })),
  fc.tuple(dnsName, fc.stringMatching(/^[a-z/]{0,10}$/)).map(([host, path]) => ({ uri: `spiffe://${host}/${path}` })),
  name.map((directory) => ({ directory })),
  text.map((value) => ({ other: { oid: '1.3.6.1.4.1.311.20.2.3', value: encode(stringNode(value, 'utf8')) } })),
)

export const keyKind: fc.Arbitrary<KeyKind> = fc.constantFrom('p256', 'p256', 'p384', 'rsa2048')
const hash = fc.constantFrom('sha256' as const, 'sha384' as const, 'sha512' as const)

/** A CA's spec without its key, which depends on its place in the chain. */
const authority = fc.record({
  kind: keyKind,
  spec: fc.record(
    {
      subject: name,
      hash,
      pss: fc.boolean(),
      subjectKeyId: fc.boolean(),
      authorityKeyId: fc.boolean(),
      keyUsage: fc.constantFrom(['keyCertSign'], ['keyCertSign', 'cRLSign'], ['digitalSignature', 'keyCertSign'], []),
      extendedKeyUsage: fc.constantFrom([], ['clientAuth', 'serverAuth'], ['any']),
      serial: fc.bigInt({ min: 1n, max: 2n ** 159n - 1n }),
    },
    { requiredKeys: ['subject'] },
  ),
  /** How much larger than needed the path length is; undefined: none. */
  slack: fc.option(fc.nat(3), { nil: undefined }),
})

const client = fc.record({
  kind: keyKind,
  spec: fc.record(
    {
      subject: name,
      hash,
      pss: fc.boolean(),
      subjectKeyId: fc.boolean(),
      authorityKeyId: fc.boolean(),
      keyUsage: fc.constantFrom(['digitalSignature'], ['digitalSignature', 'keyEncipherment'], []),
      extendedKeyUsage: fc.constantFrom(['clientAuth'], ['serverAuth', 'clientAuth'], ['any'], []),
      subjectAltNames: fc.array(generalName, { minLength: 1, maxLength: 5 }),
      serial: fc.bigInt({ min: 1n, max: 2n ** 159n - 1n }),
      ca: fc.constant(false),
    },
    { requiredKeys: ['subject'] },
  ),
})

export interface ChainRecipe {
  readonly authorities: readonly { readonly kind: KeyKind; readonly spec: CertificateSpec; readonly slack: number | undefined }[]
  readonly leaf: { readonly kind: KeyKind; readonly spec: CertificateSpec }
}

/** A root, up to three intermediates and a leaf. */
export const chainRecipe: fc.Arbitrary<ChainRecipe> = fc.record({
  authorities: fc.array(authority, { minLength: 1, maxLength: 4 }),
  leaf: client,
})

/** Root first, leaf last. Keys are shared between chains, but within one they differ. */
export function mintChain({ authorities, leaf }: ChainRecipe): readonly Minted[] {
  const chain: Minted[] = []
  for (const [i, { kind, spec, slack }] of authorities.entries()) {
    const pathLength = slack === undefined ? {} : { pathLength: authorities.length - 1 - i + slack }
    chain.push(mint({ ca: true, ...spec, ...pathLength, key: keyPair(kind, i) }, chain.at(-1)))
  }
  chain.push(mint({ ...leaf.spec, key: keyPair(leaf.kind, 10) }, chain.at(-1)))
  return chain
}

/** A chain in a failure report: its recipe and its result. */
export function describeChain(chain: readonly Minted[]): string {
  return chain.map(({ pem }) => pem).join('')
}

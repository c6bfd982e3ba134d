import { buildTruststore, parseCertificate } from '../../../src/index.ts'
import { encode, octets } from '../asn1.ts'
import { valueIn } from '../refusal.ts'
import { bentCa, bentClient, bentRoot, type Flaw, root } from './flaw.ts'

/** Certificates of public CAs, and truststores that list such CAs for clients. */

const domainValidated = '2.23.140.1.2.1'
const ownPolicy = '1.3.6.1.4.1.99999.1'
const timestamps = { oid: '1.3.6.1.4.1.11129.2.4.2', value: encode(octets(Uint8Array.of(0, 0))) }
const bare = bentRoot({})
const fingerprint = (der: Uint8Array): string => valueIn(parseCertificate(der)).fingerprint

export const publicCaFlaws: readonly Flaw[] = [
  {
    code: 'client_of_public_ca',
    name: 'a client with a policy of the CA/Browser Forum',
    as: 'leaf',
    input: bentClient({ certificatePolicies: [domainValidated] }).der,
    mended: ['a client with a policy of its own CA', bentClient({ certificatePolicies: [ownPolicy] }).der],
  },
  {
    code: 'client_of_public_ca',
    name: 'a client with signed certificate timestamps',
    as: 'leaf',
    input: bentClient({ extensions: [timestamps] }).der,
    mended: ['the same without them', bentClient({}).der],
  },
  {
    code: 'public_ca_for_clients',
    name: 'a root that publicRoots has',
    input: bare.der,
    options: { publicRoots: [fingerprint(bare.der)] },
    mended: ['another root', root.der, { publicRoots: [fingerprint(bare.der)] }],
  },
  {
    code: 'public_ca_for_clients',
    name: 'a root with the key of one in publicRoots',
    input: bare.der,
    options: { publicRoots: buildTruststore(bentRoot({ serial: 77n }).der) },
  },
  {
    code: 'public_ca_for_clients',
    name: 'an intermediate with a policy of the CA/Browser Forum, and its root',
    input: [root.der, bentCa({ certificatePolicies: [domainValidated] }).der],
    also: ['public_ca_for_clients'],
    mended: ['an intermediate with a policy of its own', [root.der, bentCa({ certificatePolicies: [ownPolicy] }).der]],
  },
]

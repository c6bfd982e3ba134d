import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  explain,
  type LintOptions,
  lintCertificate,
  lintTruststore,
  type Policy,
  profiles,
} from '../../../src/index.ts'
import { encode, octets } from '../../support/asn1.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'

const forum = '2.23.140.1.2.2'
const timestamps = { oid: '1.3.6.1.4.1.11129.2.4.2', value: encode(octets(Uint8Array.of(0, 0))) }
function ca(key: number, name: string, issuer?: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, key: keyPair('p256', key), subject: `CN=${name}`, ...spec }, issuer)
}
const root = ca(1, 'Public Root')
const issuing = ca(2, 'Public Issuing', root)
const deep = ca(3, 'Public Deep', issuing)
const privateRoot = ca(4, 'Private Root')
const marked = ca(5, 'Marked', privateRoot, { certificatePolicies: [forum] })
const sibling = ca(6, 'Sibling', privateRoot)
const leaf = (issuer: Minted, spec: CertificateSpec): Minted =>
  mint({ key: keyPair('p256', 7), subject: 'CN=leaf', ...spec }, issuer)
const pinning: Policy = { ...profiles.apiGateway, trust: 'every-certificate' }

/** The public CAs that lint reports, with what it says of them. */
function publicCas(listed: readonly Minted[], options: LintOptions = {}): readonly string[] {
  const { findings } = lintTruststore(
    listed.map(({ der }) => der),
    options,
  )
  return findings.filter(({ code }) => code === 'public_ca_for_clients').map(({ subject, message }) => `${subject}: ${message}`)
}

describe('public CAs in a truststore for clients', () => {
  const publicRoots = buildTruststore(root.der)

  it('are those of publicRoots, and the CAs below them', () => {
    const all = [
      'CN=Public Root: is a root of a public CA',
      'CN=Public Issuing: was issued by CN=Public Root, a root of a public CA',
      'CN=Public Deep: was issued by CN=Public Issuing, a public CA',
    ]
    expect(publicCas([root, issuing, deep, privateRoot, sibling], { publicRoots })).toEqual(all)
    expect(publicCas([deep, issuing, root], { publicRoots })).toEqual(all.toReversed())
    expect(publicCas([issuing, deep], { publicRoots, policy: profiles.rfc5280 })).toEqual(all.slice(1))
    expect(publicCas([root, issuing, deep, privateRoot, sibling])).toEqual([])
  })

  it('are found by fingerprints however they are written', () => {
    const { fingerprint } = publicRoots.certificates[0]!
    const colons = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')
    for (const listed of [fingerprint, colons])
      expect(publicCas([root, issuing], { publicRoots: [listed] })).toEqual([
        'CN=Public Root: is a root of a public CA',
        'CN=Public Issuing: was issued by CN=Public Root, a public CA',
      ])
  })

  it('are those with policies of the CA/Browser Forum, and the CAs above them, but not beside them', () => {
    expect(publicCas([privateRoot, marked, sibling])).toEqual([
      'CN=Private Root: issued CN=Marked, which is of a public CA',
      'CN=Marked: certificatePolicies has 2.23.140.1.2.2 of the CA/Browser Forum',
    ])
  })

  it('are those that issued a listed client with such a policy or with timestamps', () => {
    for (const spec of [{ certificatePolicies: [forum] }, { extensions: [timestamps] }])
      expect(publicCas([privateRoot, sibling, leaf(sibling, spec)], { policy: pinning })).toEqual([
        'CN=Private Root: issued CN=Sibling, which is of a public CA',
        'CN=Sibling: issued CN=leaf, which is of a public CA',
      ])
  })

  it('do not include CAs that only have the name, or a similar policy', () => {
    expect(publicCas([ca(8, 'Public Root')], { publicRoots })).toEqual([])
    for (const policy of ['2.23.140.2.1', '2.23.140.10.1', '2.23.140', '2.5.29.32.0'])
      expect(publicCas([privateRoot, ca(5, 'Marked', privateRoot, { certificatePolicies: [policy] })])).toEqual([])
  })

  it('are no problem for servers', () => {
    expect(publicCas([root], { publicRoots, purpose: 'server' })).toEqual([])
    expect(publicCas([root], { publicRoots, policy: profiles.webServer })).toEqual([])
    expect(publicCas([root], { publicRoots, policy: profiles.webServer, purpose: 'client' })).toHaveLength(1)
  })

  it("are all of Node's, which Node itself names", () => {
    const nodes = buildTruststore([...rootCertificates])
    const { findings } = lintTruststore([...rootCertificates], { publicRoots: nodes })
    expect(findings.filter(({ code }) => code === 'public_ca_for_clients')).toHaveLength(nodes.certificates.length)
  })

  it.each<[string, unknown, string]>([
    ['text', 'roots.pem', 'options.publicRoots must be a Truststore'],
    ['a fingerprint that is none', ['ab'], 'options.publicRoots[0] must be a SHA-256 fingerprint'],
    ['certificates', [root.der], 'options.publicRoots[0] must be a SHA-256 fingerprint'],
  ])('%s is a TypeError', (_, publicRoots, message) => {
    expect(() => lintTruststore(root.der, { publicRoots } as LintOptions)).toThrow(TypeError)
    expect(() => lintTruststore(root.der, { publicRoots } as LintOptions)).toThrow(message)
  })
})

describe('a client of a public CA', () => {
  it('is found by a policy or by timestamps', () => {
    const messages = [{ certificatePolicies: ['2.23.140.1.1'] }, { extensions: [timestamps] }].map(
      (spec) => lintCertificate(leaf(root, spec).der).findings.find(({ code }) => code === 'client_of_public_ca')?.message,
    )
    expect(messages).toEqual([
      'certificatePolicies has 2.23.140.1.1 of the CA/Browser Forum',
      'has signed certificate timestamps (SCTs)',
    ])
    expect(
      lintCertificate(leaf(root, { extensions: [timestamps] }).der, { purpose: 'server' }).findings.map(({ code }) => code),
    ).toEqual(['no_san'])
  })
})

describe('remedies', () => {
  const codes = [
    'client_of_public_ca',
    'public_ca_for_clients',
    'eku_missing_client_auth',
    'ca_eku_excludes_client_auth',
    'issuer_eku_excludes_client_auth',
    'extended_key_usage_violation',
  ] as const

  it.each(codes)('of %s ask no public CA for what it no longer issues', (code) => {
    expect(explain(code).remedy).toMatch(/private/)
  })
})

describe('a report in a transition', () => {
  const until = new Date('2027-03-15T00:00:00Z')
  const at = new Date('2026-12-01T00:00:00Z')
  const purpose = { anyOf: ['client', 'server'], until } as const
  const dates = { notBefore: new Date('2026-01-01'), notAfter: new Date('2040-01-01') }
  const server = { extendedKeyUsage: ['serverAuth'], ...dates }
  const strict = { ...profiles.apiGateway, requireEku: true }
  const delay = '; a transition accepts serverAuth until 2027-03-15T00:00:00Z'

  it('names its end, and demands no more than verifyChain', () => {
    const client = leaf(root, { ...server, subjectAltNames: [{ dns: 'a.example' }] }).der
    const found = (options: object): unknown =>
      lintCertificate(client, { at, ...options })
        .findings.filter(({ code }) => code === 'eku_missing_client_auth')
        .map(({ severity, message }) => [severity, message])
    const problem = 'extendedKeyUsage is serverAuth, without clientAuth'
    expect(found({ purpose })).toEqual([['warning', problem + delay]])
    expect(found({ purpose, policy: strict })).toEqual([['warning', problem + delay]])
    expect(found({ policy: strict })).toEqual([['error', problem]])
    expect(found({ purpose, policy: strict, at: until })).toEqual([['error', problem]])
    expect(found({ purpose: 'server' })).toEqual([])
  })

  it('names its end for CAs', () => {
    const top = ca(1, 'Top', undefined, dates)
    const forServers = ca(2, 'For Servers', top, server)
    const below = ca(3, 'Below', forServers, dates)
    const messages = (options: LintOptions): readonly string[] =>
      lintTruststore(
        [top, forServers, below].map(({ der }) => der),
        { at, ...options },
      )
        .findings.filter(({ code }) => code.includes('eku'))
        .map(({ message }) => message)
    expect(messages({ purpose })).toEqual([
      `extendedKeyUsage of the CA is serverAuth, without clientAuth${delay}`,
      `is below CAs whose extendedKeyUsage excludes clientAuth, the nearest CN=For Servers${delay}`,
    ])
    expect(messages({ purpose, at: until }).join()).not.toContain('transition')
  })

  it('needs an end', () => {
    expect(() => lintTruststore(root.der, { purpose: { anyOf: ['client', 'server'] } as never })).toThrow(
      'lintTruststore: options.purpose.until must be the date when the transition ends',
    )
    expect(() => lintCertificate(root.der, { purpose: 'clients' as never })).toThrow('lintCertificate: options.purpose must be')
  })
})

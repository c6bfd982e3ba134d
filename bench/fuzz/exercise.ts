import {
  buildTruststore,
  type Certificate,
  decodePem,
  lintTruststore,
  type Policy,
  parseCertificate,
  parseRevocationList,
  profiles,
  type RevocationList,
  type Truststore,
  type TruststoreInput,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'
import type { FuzzInput } from './inputs.ts'
import type { Random } from './random.ts'
import type { Seeds } from './seeds.ts'
import type { Stopwatch } from './stopwatch.ts'

/** The default profile, but it accepts the small RSA keys of most seeds. */
const gateway: Policy = { ...profiles.apiGateway, minRsaBits: 1024 }
const webServer: Policy = { ...profiles.webServer, minRsaBits: 1024, conformance: 'practical' }

/** A truststore, and the intermediates and options to verify inputs with. */
interface Setting {
  readonly store: Truststore
  readonly rest: readonly Uint8Array[]
  readonly options: VerifyOptions
}

/**
 * Passes an input to every function that takes untrusted bytes, and checks what must hold for any input.
 *
 * The main rule: every certificate of an accepted path, and every list that lets a path pass, equals one that was minted,
 * byte for byte. This holds because the signature protects every byte of a certificate or list: DER has one encoding of the
 * outer lengths, the outer algorithm must equal the signed one, and nobody can compute another signature without the key.
 * Parts of a PEM text (armour, comments, line ends) are unprotected, but they do not change the decoded bytes. Truststores
 * built from mutated input use the apiGateway policy only: it checks the self-signatures of roots, so it rejects an altered
 * root. Other policies trust whatever the operator lists.
 */
export class Exercise {
  readonly counts = { parsed: 0, built: 0, accepted: 0, refused: 0 }
  private readonly watch: Stopwatch
  private readonly seeds: Seeds
  private readonly originals: ReadonlySet<string>
  private readonly settings: readonly Setting[]

  constructor(seeds: Seeds, watch: Stopwatch) {
    this.seeds = seeds
    this.watch = watch
    const { root, intermediate, curveRoots, pinned, client, server, revoked } = seeds.pki
    const known = [...seeds.certificates, ...seeds.lists].map(({ der }) => der)
    this.originals = new Set([...known, ...[client, server, revoked].map(({ der }) => der)].map(identity))
    const roots = [root, ...curveRoots].map(({ der }) => der)
    const rest = [intermediate.der]
    this.settings = [
      { store: buildTruststore([...roots, intermediate.der, pinned.der], { policy: gateway }), rest: [], options: {} },
      {
        store: buildTruststore(roots, { policy: profiles.rfc5280 }),
        rest,
        options: { certificatePolicies: { requireExplicitPolicy: true, inhibitAnyPolicy: true } },
      },
      {
        store: buildTruststore(roots, { policy: webServer }),
        rest,
        options: { serverName: 'www.example.com' },
      },
    ]
  }

  /**
   * Checks that valid chains are accepted: if everything were rejected, fuzzing could not find a wrong accept.
   *
   * @throws Error naming the chain and the verdict
   */
  requireValidChains(): void {
    const { client, server, revoked } = this.seeds.pki
    const list = parseRevocationList(this.seeds.lists[0]!.der)
    if (!list.ok) throw new Error(`the first list was not parsed: ${list.message}`)
    const revocation = { lists: [list.value] }
    const expected: readonly [number, Uint8Array, VerifyOptions, string][] = [
      [0, client.der, {}, 'ok'],
      [0, server.der, {}, 'ok'],
      [0, client.der, { revocation }, 'ok'],
      [0, revoked.der, { revocation }, 'revoked'],
      [1, server.der, {}, 'ok'],
      [2, server.der, {}, 'ok'],
    ]
    for (const [number, leaf, more, wanted] of expected) {
      const { store, rest, options } = this.settings[number]!
      const verdict = verifyChain(store, [leaf, ...rest], { ...options, ...more })
      const got = verdict.ok ? 'ok' : verdict.code
      if (got !== wanted) throw new Error(`setting ${number}: expected ${wanted}, got ${verdict.ok ? got : verdict.message}`)
    }
  }

  run(input: FuzzInput, random: Random): void {
    if (input.kind === 'text') this.exerciseText(input.text, random)
    else if (input.kind === 'list') this.exerciseList(input.bytes, random)
    else this.exerciseCertificate(input.bytes, random)
  }

  private exerciseCertificate(bytes: Uint8Array, random: Random): void {
    this.parse(bytes)
    const { client, server, root } = this.seeds.pki
    const { store, rest, options } = random.pick(this.settings)
    // As the leaf, and sometimes as a presented intermediate.
    this.verify(store, [bytes, ...rest], options)
    if (random.oneIn(4)) this.verify(store, [server.der, bytes], options)
    this.trust(random.oneIn(8) ? [root.der, bytes] : bytes, [client.der])
  }

  private exerciseList(bytes: Uint8Array, random: Random): void {
    const parsed = this.watch.run('parseRevocationList', () => parseRevocationList(bytes))
    if (parsed?.ok === true) {
      this.counts.parsed++
      this.watch.run('RevocationList', () => readList(parsed.value))
      const { client, revoked } = this.seeds.pki
      const leaf = random.oneIn(2) ? client.der : revoked.der
      const revocation = { lists: [parsed.value] }
      const passed = this.verify(this.settings[0]!.store, [leaf], { revocation })
      if (passed && !this.isOriginal(bytes)) this.watch.report('verifyChain', 'an altered revocation list was accepted')
    }
    this.trust(bytes, [])
    this.verify(this.settings[0]!.store, [bytes], {})
  }

  private exerciseText(text: string, random: Random): void {
    const given = random.oneIn(2) ? text : Buffer.from(text, 'latin1')
    const chain = this.watch.run('decodePem', () => decodePem(given))
    if (chain?.ok === true) {
      const { store, options } = random.pick(this.settings)
      this.verify(store, chain.value, options)
    }
    this.parse(given)
    this.watch.run('parseRevocationList', () => parseRevocationList(given))
    const { client, server } = this.seeds.pki
    this.trust(given, [client.der, server.der])
  }

  private parse(given: Uint8Array | string): void {
    const parsed = this.watch.run('parseCertificate', () => parseCertificate(given))
    if (parsed?.ok !== true) return
    this.counts.parsed++
    this.watch.run('Certificate', () => readCertificate(parsed.value))
  }

  /** Builds and lints a truststore from the input, and verifies valid clients with it. */
  private trust(bundle: TruststoreInput, leaves: readonly Uint8Array[]): void {
    this.watch.run('lintTruststore', () => lintTruststore(bundle, { policy: gateway }))
    const store = this.watch.run('buildTruststore', () => buildTruststore(bundle, { policy: gateway }))
    if (store === undefined) return
    this.counts.built++
    for (const leaf of leaves) this.verify(store, [leaf], {})
  }

  /** Whether the chain is accepted. Reports an accepted path with an altered certificate. */
  private verify(store: Truststore, chain: readonly Uint8Array[], options: VerifyOptions): boolean {
    const verdict = this.watch.run('verifyChain', () => verifyChain(store, chain, options))
    if (verdict === undefined) return false
    this.counts[verdict.ok ? 'accepted' : 'refused']++
    if (!verdict.ok) return false
    const altered = verdict.path.find(({ raw }) => !this.isOriginal(raw))
    if (altered !== undefined) {
      const anchors = store.certificates.map(({ raw }) => Buffer.from(raw).toString('base64'))
      this.watch.report(
        'verifyChain',
        `accepted the altered certificate ${altered.toPem()}with the truststore ${anchors.join(' ')}`,
      )
    }
    return true
  }

  private isOriginal(bytes: Uint8Array): boolean {
    return this.originals.has(identity(bytes))
  }
}

/** A string that is equal only for equal bytes. */
function identity(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

const nameFormats = ['rfc4514', 'der', 'openssl'] as const

/** Reads every field, because fields are decoded on first use. */
function readCertificate(certificate: Certificate): void {
  for (const field of certificateFields) void certificate[field]
  for (const format of nameFormats) {
    certificate.formatSubject(format)
    certificate.formatIssuer(format)
  }
  certificate.toPem()
}

const certificateFields = [
  'raw',
  'tbs',
  'version',
  'serialNumber',
  'subject',
  'issuer',
  'notBefore',
  'notAfter',
  'publicKey',
  'subjectPublicKeyInfo',
  'signatureAlgorithm',
  'subjectAltNames',
  'basicConstraints',
  'keyUsage',
  'extendedKeyUsage',
  'subjectKeyId',
  'authorityKeyId',
  'fingerprint',
  'isSelfIssued',
] as const satisfies readonly (keyof Certificate)[]

const listFields = [
  'raw',
  'tbs',
  'version',
  'issuer',
  'thisUpdate',
  'nextUpdate',
  'authorityKeyId',
  'crlNumber',
  'isDelta',
  'isIndirect',
  'entryCount',
  'fingerprint',
] as const satisfies readonly (keyof RevocationList)[]

function readList(list: RevocationList): void {
  for (const field of listFields) void list[field]
  for (const serial of ['', '07', '00', 'zz', '03e9']) list.find(serial)
  list.toPem()
}

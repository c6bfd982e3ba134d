import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as headers from '../../src/headers/index.ts'
import * as core from '../../src/index.ts'
import {
  buildTruststore,
  parseCertificate,
  parseRevocationList,
  pureSignatures,
  type SignatureBackend,
  type Verdict,
  verifyChain,
} from '../../src/index.ts'
import * as inspecting from '../../src/inspect/index.ts'
import * as node from '../../src/node/index.ts'
import { bytesIn, described } from '../support/described.ts'
import { headerParsers } from '../support/header-parsers.ts'
import { keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valued } from '../support/parsed.ts'
import { leafKey, presented, root, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/**
 * The library copies what it keeps or returns. Buffers that are reused, that another thread writes to, or that report a wrong
 * length change no verdict, certificate or list.
 */

const names = (name: string): readonly [{ uri: string }, { directory: string }] => [
  { uri: `spiffe://a/${name}` },
  { directory: `CN=${name}` },
]
const alice = mint({ key: leafKey, subject: 'O=Verify,CN=alice', subjectAltNames: names('alice') }, root)
const admin = mint({ key: leafKey, subject: 'O=Verify,CN=admin', subjectAltNames: names('admin') }, root)
const issuing = mint({ ca: true, key: keyPair('p256', 41), subject: 'O=Verify,CN=Issuing' }, root)
const below = mint({ key: leafKey, subject: 'O=Verify,CN=below' }, issuing)
const forged = mint({ key: leafKey, subject: 'O=Verify,CN=alice', signWith: keyPair('p256', 42) }, root)
const revoking = mintCrl({ issuer: root, revoked: [{ serial: alice.serial, reason: 1 }] })
const clearing = mintCrl({ issuer: root, revoked: [] })
const store = storeFor(presented, root)

const computed = new Map<string, boolean>()

/** The default backend with a cache, because many truststores here check the same few signatures. */
const signatures: SignatureBackend = {
  name: 'computing once',
  importKey(spki, tables) {
    const key = pureSignatures.importKey(spki, tables)
    const of = Buffer.from(spki).toString('hex')
    const verify: core.VerifyingKey['verify'] = (...signed) => {
      const slot = [of, ...signed.map((part) => Buffer.from(part).toString('hex'))].join()
      const known = computed.get(slot) ?? key?.verify(...signed) ?? false
      computed.set(slot, known)
      return known
    }
    return key && { verify }
  },
}

function freshStore(): core.Truststore {
  return buildTruststore(root.der, { policy: presented, signatures })
}

/** Puts bytes into memory of the caller. */
type Give = (bytes: Uint8Array) => Uint8Array

interface Case {
  readonly value: unknown
  /** The results of later calls. */
  readonly later?: () => unknown
}

const pem = ({ pem }: { readonly pem: string }): Uint8Array => new TextEncoder().encode(pem)
const certificate = valued(parseCertificate(alice.der))

function verified(chain: Uint8Array | readonly Uint8Array[], times: number): Case {
  const fresh = freshStore()
  const value: Verdict[] = []
  for (let i = 0; i < times; i++) value.push(verifyChain(fresh, chain))
  const judged = (): unknown => [[alice], [admin], [below, issuing], [forged], [below]].map((given) => judge(fresh, given))
  return { value, later: () => [judged(), judged()] }
}

function listed(bytes: Uint8Array): Case {
  const list = valued(parseRevocationList(bytes))
  const fresh = freshStore()
  const judged = (): unknown => [alice, admin].map((one) => judge(fresh, [one], { revocation: { lists: [list] } }))
  // Once before, so that the list's signature is remembered and its entries are indexed.
  judged()
  return {
    value: list,
    later: () => [judged(), list.find(certificate.serialNumber), judge(freshStore(), [alice], { revocation: { lists: [list] } })],
  }
}

function built(input: core.TruststoreInput): Case {
  const fresh = buildTruststore(input, { policy: presented, signatures })
  return { value: [fresh, fresh.certificates, fresh.findings], later: () => [judge(fresh, [alice]), judge(fresh, [forged])] }
}

function keyed(backend: SignatureBackend, give: Give): Case {
  const { tbs, subjectPublicKeyInfo } = valued(parseCertificate(root.der))
  const signed = new Uint8Array(tbs)
  const key = backend.importKey(give(subjectPublicKeyInfo))
  const [algorithm, signature] = [signatureOf(root), root.der.slice(-signatureLength(root))]
  return { value: undefined, later: () => key?.verify(algorithm, signed, signature) }
}

/** The AlgorithmIdentifier of the root's signature, ecdsa-with-SHA256. */
function signatureOf(_: Minted): Uint8Array {
  return Uint8Array.from(Buffer.from('300a06082a8648ce3d040302', 'hex'))
}

/** The length of the DER of r and s, which follows the unused-bits octet of the last BIT STRING. */
function signatureLength({ der }: Minted): number {
  const identifier = Buffer.from(der).lastIndexOf(Buffer.from('300a06082a8648ce3d040302', 'hex'))
  return der.length - identifier - 12 - 3
}

/** Every public function that takes bytes: its result, and results of later calls. */
const takingBytes: Readonly<Record<string, (give: Give) => Case>> = {
  'parseCertificate, DER': (give) => ({ value: parseCertificate(give(alice.der)) }),
  'parseCertificate, PEM': (give) => ({ value: parseCertificate(give(pem(alice))) }),
  'parseRevocationList, DER': (give) => listed(give(revoking.der)),
  'parseRevocationList, PEM': (give) => listed(give(pem(revoking))),
  decodePem: (give) => ({ value: core.decodePem(give(pem(alice))) }),
  'verifyChain, a new client': (give) => verified(give(alice.der), 1),
  'verifyChain, a returning client': (give) => verified(give(alice.der), 4),
  'verifyChain, presented intermediates': (give) => verified([give(below.der), give(issuing.der)], 1),
  'verifyChain, returning presented intermediates': (give) => verified([give(below.der), give(issuing.der)], 4),
  'verifyChain, a forged leaf': (give) => verified(give(forged.der), 2),
  'verifyChain, a malformed leaf': (give) => verified(give(alice.der.slice(1)), 2),
  'verifyChain, a CA at fault': (give) => verified([give(mint({ key: leafKey }, alice).der), give(alice.der)], 2),
  'buildTruststore, DER': (give) => built(give(root.der)),
  'buildTruststore, PEM': (give) => built(give(pem(root))),
  'buildTruststore, several': (give) => built([give(root.der), give(pem(issuing))]),
  lintTruststore: (give) => ({ value: core.lintTruststore([give(root.der), give(pem(issuing))], { platform: 'alb', at: 0 }) }),
  lintCertificate: (give) => ({ value: core.lintCertificate(give(alice.der), { at: 0 }) }),
  checkOwnership: (give) => ({ value: core.checkOwnership('a.example', give(alice.der), give(pem(admin)), 0) }),
  pureSignatures: (give) => keyed(pureSignatures, give),
  nodeSignatures: (give) => keyed(node.nodeSignatures, give),
  'inspect, DER': (give) => ({ value: inspecting.inspect(give(alice.der)) }),
  'inspect, PEM': (give) => ({ value: inspecting.inspect(give(Buffer.concat([pem(alice), pem(revoking)]))) }),
  'inspect, a list': (give) => ({ value: inspecting.inspect(give(revoking.der)) }),
  'inspect, neither': (give) => ({ value: inspecting.inspect(give(alice.der.slice(4))) }),
  renderText: (give) => ({ value: inspecting.renderText(give(alice.der)) }),
  formatAlbPassthrough: (give) => ({ value: headers.formatAlbPassthrough([give(alice.der)]) }),
  formatClientCert: (give) => ({ value: headers.formatClientCert(give(alice.der)) }),
  formatClientCertChain: (give) => ({ value: headers.formatClientCertChain([give(alice.der)]) }),
  formatCloudflareTlsClientAuth: (give) => ({ value: headers.formatCloudflareTlsClientAuth(certificate, [give(root.der)]) }),
  formatGoogleCloud: (give) => ({ value: headers.formatGoogleCloud(certificate, [give(root.der)]) }),
  formatNginxEscapedCert: (give) => ({ value: headers.formatNginxEscapedCert(give(alice.der)) }),
  formatNginxLegacyCert: (give) => ({ value: headers.formatNginxLegacyCert(give(alice.der)) }),
  formatXfcc: (give) => ({
    value: headers.formatXfcc([{ by: [], uri: [], dns: [], cert: give(alice.der), chain: [give(alice.der), give(root.der)] }]),
  }),
  portcullisServerIdentity: (give) => {
    const server = mint({ key: leafKey, subjectAltNames: [{ dns: 'a.example' }], extendedKeyUsage: ['serverAuth'] }, root)
    const check = node.portcullisServerIdentity(store, { purpose: 'server' })
    const asked = (raw: Uint8Array): unknown => check('a.example', { raw } as never)?.code
    return { value: asked(give(server.der)), later: () => [asked(server.der), asked(forged.der)] }
  },
}

/** Every public function that decodes bytes from text. */
const takingText: Readonly<Record<string, () => unknown>> = {
  ...Object.fromEntries(Object.entries(headerParsers).map(([name, { genuine }]) => [name, genuine])),
  verifyRequest: () => {
    const from = { from: 'rfc9440', trustedProxy: true } as const
    return headers.verifyRequest({ 'client-cert': valued(headers.formatClientCert(alice.der)) }, store, from)
  },
  diffTruststores: () => core.diffTruststores(store, storeFor(presented, issuing)),
}

/** Public functions that take no bytes, except in certificates that other functions returned. */
const withoutBytes = [
  ...['explain', 'formatAlbVerify', 'formatApiGatewayClientCert', 'formatCloudFront', 'formatCloudflareHeaders'],
  ...['formatNginxVerify', 'identityMatcher', 'matchIdentity', 'parseSpiffeId', 'spiffeIdOf'],
  // These read sockets and files.
  ...['fileTruststore', 'getClientIdentity', 'mutualTls', 'selectServerCertificate', 'urlTruststore'],
]

/** Kinds of memory that a caller may use. */
const guises: Readonly<Record<string, Give>> = {
  'an array of its own': (bytes) => new Uint8Array(bytes),
  'a Buffer': (bytes) => Buffer.from(bytes),
  'part of a pool': (bytes) => {
    const pool = Buffer.alloc(bytes.length + 100, 0x30)
    pool.set(bytes, 50)
    return pool.subarray(50, 50 + bytes.length)
  },
  'memory that is shared between threads': (bytes) => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    return shared
  },
}

/** How the memory is changed afterwards. */
const uses: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  zeros: (bytes) => void bytes.fill(0),
  ones: (bytes) => void bytes.fill(0xff),
  'another client': (bytes) => bytes.set(admin.der.subarray(0, bytes.length)),
  'a list that revokes nobody': (bytes) => bytes.set(clearing.der.subarray(0, bytes.length)),
  'one serial number more': (bytes) => {
    const at = Buffer.from(bytes).indexOf(Buffer.from(alice.serial))
    bytes[Math.max(at, 0)]! ^= 1
  },
}

describe('bytes that their owner reuses', () => {
  it('are tested for every public function', () => {
    const tested = [...Object.keys(takingBytes), ...Object.keys(takingText)].map((name) => name.replace(/,.*/, ''))
    const isClass = (value: object): boolean => /^class /.test(Function.prototype.toString.call(value))
    const entries = { ...core, ...headers, ...inspecting, ...node }
    const exported = Object.entries(entries).filter(([name, value]) => {
      return name.endsWith('Signatures') || (typeof value === 'function' && !isClass(value))
    })
    expect([...new Set([...tested, ...withoutBytes])].sort()).toEqual(exported.map(([name]) => name).sort())
  })

  it.each(Object.entries(takingBytes))('change no result of %s, nor of later calls', (_name, call) => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(guises)), fc.constantFrom(...Object.values(uses)), (guise, use) => {
        const given: Uint8Array[] = []
        const { value, later } = call((bytes) => {
          const memory = guise(bytes)
          given.push(memory)
          return memory
        })
        const before = [described(value), described(later?.())]
        for (const memory of given) use(memory)
        expect([described(value), described(later?.())]).toEqual(before)
        expect(given.length).toBeGreaterThan(0)
      }),
      { numRuns: 12 },
    )
  })

  const handingOut: readonly (readonly [string, () => Case])[] = [
    ...Object.entries(takingText).map(([name, call]) => [name, () => ({ value: call() })] as const),
    ...Object.entries(takingBytes).map(([name, call]) => [name, () => call((bytes) => bytes.slice())] as const),
  ]
  it.each(handingOut)('that %s returned belong to the caller and are independent', (_name, call) => {
    const { value, later } = call()
    const said = (): readonly string[] => [described(value, false), described(later?.())]
    const before = said()
    const all = bytesIn(value)
    for (const bytes of all) {
      const others = all.filter((other) => other !== bytes)
      const [own, told] = [bytes.slice(), described(others)]
      bytes.fill(0xff)
      expect([...said(), described(others)]).toEqual([...before, told])
      bytes.set(own)
    }
  })
})

describe('bytes that change during a verification', () => {
  /** A verification during which `write` is called at each signature check, as another thread might do. */
  function judgedDuring(write: () => void, chain: core.Chain): Verdict {
    let during = false
    const signatures: SignatureBackend = {
      name: 'writing',
      importKey: (...given) => {
        const key = pureSignatures.importKey(...given)
        const verify: core.VerifyingKey['verify'] = (...signed) => {
          const isGood = key?.verify(...signed) === true
          if (during) write()
          return isGood
        }
        return { verify }
      },
    }
    const writing = buildTruststore(root.der, { policy: presented, signatures })
    during = true
    return verifyChain(writing, chain)
  }

  it.each(Object.entries(uses))('to %s: the verdict is about those that were passed', (_name, use) => {
    for (const given of [alice.der, forged.der]) {
      const memory = given.slice()
      const verdict = judgedDuring(() => use(memory), memory)
      expect(verdict.ok).toBe(given === alice.der)
      expect(described(verdict)).toBe(described(verifyChain(storeFor(presented, root), given)))
    }
    const chain = [below.der, issuing.der].map((der) => der.slice())
    const verdict = judgedDuring(() => chain.forEach(use), chain)
    expect(described(verdict)).toBe(described(verifyChain(storeFor(presented, root), [below.der, issuing.der])))
  })

  it('in an array with changing elements are read once', () => {
    for (const [first, second] of [
      [alice.der, forged.der],
      [forged.der, alice.der],
    ] as const) {
      let looks = 0
      const chain: Uint8Array[] = []
      Object.defineProperty(chain, 0, { get: () => (looks++ === 0 ? first : second) })
      const verdict = verifyChain(storeFor(presented, root), chain)
      expect(verdict.ok).toBe(first === alice.der)
    }
  })
})

describe('bytes that are not what they claim to be', () => {
  class Lying extends Uint8Array {
    override get length(): number {
      return 10
    }
  }

  it('have their real length, whatever they report', () => {
    const { budget } = presented
    const tight = storeFor({ ...presented, budget: { ...budget, presentedBytes: alice.der.length - 1 } }, root)
    expect(judge(tight, [alice])).toBe('budget_exhausted 0')
    const lying = new Lying(alice.der)
    expect(lying.length).toBe(10)
    expect(verifyChain(tight, lying)).toMatchObject({ code: 'budget_exhausted' })
    const chain = [new Lying(below.der), new Lying(issuing.der)]
    expect(verifyChain(store, chain)).toMatchObject({ ok: true })
    const small = { ...budget, presentedBytes: below.der.length + issuing.der.length - 1 }
    expect(verifyChain(storeFor({ ...presented, budget: small }, root), chain)).toMatchObject({ code: 'budget_exhausted' })
    const huge = new Lying(new Uint8Array(70_000).fill(0x30))
    expect(verifyChain(store, huge)).toMatchObject({ ok: false, code: 'too_large' })
    expect(parseCertificate(huge)).toMatchObject({ ok: false })
  })

  it.each<[string, () => unknown]>([
    ['a proxy', () => new Proxy(alice.der, {})],
    ['an object with the right prototype', () => Object.create(Uint8Array.prototype)],
    ['an object with the right prototype and a length', () => Object.create(Uint8Array.prototype, { length: { value: 3 } })],
  ])('%s is a TypeError', (_name, make) => {
    const bytes = make() as Uint8Array
    expect(() => verifyChain(store, bytes)).toThrow(TypeError)
    expect(() => verifyChain(store, [alice.der, bytes])).toThrow(TypeError)
    expect(() => parseCertificate(bytes)).toThrow(TypeError)
    expect(() => parseRevocationList(bytes)).toThrow(TypeError)
    expect(() => buildTruststore(bytes)).toThrow(TypeError)
  })

  it('of a transferred buffer are empty', () => {
    const bytes = alice.der.slice()
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
    expect(verifyChain(store, bytes)).toMatchObject({ ok: false, code: 'malformed' })
    expect(parseCertificate(bytes)).toMatchObject({ ok: false, code: 'empty_input' })
    expect(parseRevocationList(bytes)).toMatchObject({ ok: false, code: 'empty_input' })
  })
})

import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import {
  type Budget,
  buildTruststore,
  parseRevocationList,
  profiles,
  pureSignatures,
  type RevocationCheck,
  type SignatureBackend,
  type Truststore,
  type TruststoreOptions,
  type Verdict,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'
import { pssPadding } from '../support/keys.ts'
import { valueIn } from '../support/refusal.ts'
import { algorithmOf, derOf, ShortMemory, withNull } from './encode.ts'
import { listDer } from './encode-lists.ts'
import type { RevocationInputs } from './list-model.ts'
import { anyPolicy, type Call, type Certificate, type Hash, type Key, type PolicyInputs } from './model.ts'

/** Asks the library about what the specification judges as plain data. Signatures are node:crypto's. */

const publicKeys = new Map<string, KeyObject>()

function publicKeyOf(spki: Uint8Array): KeyObject {
  const name = Buffer.from(spki).toString('latin1')
  const known = publicKeys.get(name) ?? createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  publicKeys.set(name, known)
  return known
}

const hashes: readonly Hash[] = ['sha1', 'sha256', 'sha384', 'sha512']

/** The algorithms that the certificates of the model have, by DER, and how node:crypto is told of them. */
const algorithms = new Map(
  (['p256', 'rsa2048'] as const satisfies readonly Key['kind'][]).flatMap((kind) =>
    hashes.flatMap((hash) =>
      [false, true].flatMap((pss) => {
        const identifier = algorithmOf([kind, hash, pss && kind === 'rsa2048'])
        const all = kind === 'p256' ? [identifier, withNull(identifier)] : [identifier]
        return all.map((one) => [latin1(one), { hash, pss }] as const)
      }),
    ),
  ),
)

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

const verified = new ShortMemory<boolean>()

/** Refuses the keys that the library's own backend refuses, and lets node:crypto compute, which is ten times as fast. */
const nodeCrypto: SignatureBackend = {
  name: 'node:crypto',
  importKey(spki) {
    if (pureSignatures.importKey(spki) === undefined) return undefined
    const key = publicKeyOf(spki)
    return {
      verify(algorithm, data, signature) {
        const named = algorithms.get(latin1(algorithm))
        if (named === undefined) return false
        const check = (): boolean => verify(named.hash, data, { key, ...(named.pss ? pssPadding : {}) }, signature)
        return verified.get(`${latin1(spki)} ${latin1(signature)} ${latin1(data)} ${latin1(algorithm)}`, check)
      },
    }
  },
}

/** The specification knows no budget. */
const most = Number.MAX_SAFE_INTEGER
const unlimited: Budget = {
  signatures: most,
  pathSteps: most,
  nameComparisons: most,
  presentedCertificates: most,
  presentedBytes: most,
}

/** DER of the certificates of one or several calls. Each is signed once: the memory of `derOf` may end in between. */
export class Encoded {
  readonly #known = new Map<Certificate, Uint8Array>()

  derOf(certificate: Certificate): Uint8Array {
    const der = this.#known.get(certificate) ?? derOf(certificate)
    this.#known.set(certificate, der)
    return der
  }
}

/** How the library builds the truststore of a call. The policy has the purpose of calls that do not say it. */
export function optionsOf({ policy, at, purpose, omitsDefaults }: Call): TruststoreOptions {
  const usual = omitsDefaults === true ? purpose : 'any'
  return { policy: { ...profiles.apiGateway, ...policy, purpose: usual, budget: unlimited }, at, signatures: nodeCrypto }
}

/** The library's verdict on the same call; by a truststore that was built from its listed certificates, if given. */
export function verdictOf(call: Call, encoded = new Encoded(), store = storeOf(call, encoded)): Verdict {
  const [leaf, ...others] = call.presented.map((certificate) => encoded.derOf(certificate))
  const isShort = call.omitsDefaults === true
  const chain = isShort && others.length === 0 ? leaf! : [leaf!, ...others]
  return verifyChain(
    store,
    chain,
    verifyOptionsOf(call, isShort && store.policy.purpose === call.purpose && call.transitionEnd === undefined),
  )
}

function verifyOptionsOf(
  { at, purpose: role, transitionEnd: until, serverName, policies, revocation, omitsDefaults }: Call,
  isUsual: boolean,
): VerifyOptions {
  const omits = omitsDefaults === true
  const purpose = until === undefined ? role : ({ anyOf: ['client', 'server'], until } as const)
  return {
    at: omits ? new Date(at) : at,
    ...(isUsual ? {} : { purpose }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(policies === undefined ? {} : { certificatePolicies: omits ? withoutDefaults(policies) : policies }),
    ...(revocation === undefined ? {} : { revocation: checkOf(revocation, omits) }),
  }
}

/** Without the options whose values are the documented defaults. */
function withoutDefaults({ initialPolicies, ...flags }: PolicyInputs): Partial<PolicyInputs> {
  const set = Object.fromEntries(Object.entries(flags).filter(([, isSet]) => isSet))
  return initialPolicies.length === 1 && initialPolicies[0] === anyPolicy ? set : { ...set, initialPolicies }
}

export function storeOf(call: Call, encoded: Encoded): Truststore {
  return buildTruststore(
    call.listed.map((certificate) => encoded.derOf(certificate)),
    optionsOf(call),
  )
}

function checkOf({ lists, ...given }: RevocationInputs, omitsDefaults: boolean): RevocationCheck {
  const defaults = new Set(omitsDefaults ? ['depth: chain', 'unknown: refuse', 'expired: refuse'] : [])
  const rest = Object.fromEntries(Object.entries(given).filter(([name, value]) => !defaults.has(`${name}: ${value}`)))
  return { ...rest, lists: lists.map((list) => valueIn(parseRevocationList(listDer(list)))) }
}

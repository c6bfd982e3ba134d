import { cut, excerpt } from '../bytes/encoding.ts'
import { looksLikePem } from '../bytes/format.ts'
import { isBytes } from '../bytes/span.ts'
import type { RejectCode } from '../codes/reject.ts'
import { isoTime } from '../policy/fields.ts'
import { isInForce } from '../policy/purpose.ts'
import type { Refusal } from '../policy/strength.ts'
import { requireTruststore, type Truststore, type TruststoreView } from '../truststore/store.ts'
import type { VerificationCache } from '../truststore/verification-cache.ts'
import type { Certificate, CertificateView } from '../x509/certificate.ts'
import { policyText } from '../x509/policies.ts'
import { type Call, Presented, SignatureChecks, withoutCopies } from './call.ts'
import { refuseLeaf } from './certificate-checks.ts'
import { CompletePathCheck } from './complete.ts'
import { Meter } from './meter.ts'
import { describeWayOut } from './missing-issuer.ts'
import { matchesReference, readReference, referenceText } from './names/host-name.ts'
import { Search } from './search.ts'
import { readOptions, type VerifyOptions, type VerifyParameters } from './verify-options.ts'

/** `verifyChain`: its verdicts, and the order of its steps. */

/** What a TLS peer sent, as DER: its certificate, or an array with its certificate first. */
export type Chain = Uint8Array | readonly Uint8Array[]

/** The result of `verifyChain`. */
export type Verdict = Acceptance | Rejection

/** An accepted peer. */
export interface Acceptance {
  readonly ok: true
  readonly leaf: Certificate
  /** From the leaf to the anchor, both included. */
  readonly path: readonly Certificate[]
  /** Dotted OIDs of the valid certificate policies (RFC 9618 5.6). Present if you set `options.certificatePolicies`. */
  readonly policies?: {
    /** Policies that the path is valid for; `2.5.29.32.0` stands for all. */
    readonly authorityConstrained: readonly string[]
    /** Those that `initialPolicies` includes. */
    readonly userConstrained: readonly string[]
  }
  /**
   * The purpose that the path is valid for. Present if `options.purpose` is a transition: with `server`, the client is accepted
   * only until the transition ends.
   */
  readonly purpose?: 'client' | 'server'
}

/** Why a chain was rejected. */
export interface Rejection {
  readonly ok: false
  readonly code: RejectCode
  /** The problem in words, with the certificate and the values at fault. */
  readonly message: string
  /** Position of the certificate at fault in the tried path; 0 is the leaf. */
  readonly index: number
  /** The certificate at fault, if it could be parsed. */
  readonly certificate?: Certificate
  /** Byte offset of a syntax fault in its DER. */
  readonly offset?: number
}

const noPresented = /* @__PURE__ */ new Presented([])

/**
 * Verifies a peer's certificate chain. This is the hot path, called once per handshake. It is synchronous, and no input from a
 * peer makes it throw, hang or allocate without bound. New certificates are copied before they are parsed, so later writes to
 * your buffer do not change the verdict.
 *
 * @param store from `buildTruststore`; its policy applies
 * @param chain DER, leaf first; the other certificates may come in any order
 * @returns the peer's certificate and path, or the most specific reason for the rejection
 * @throws TypeError for arguments of the wrong type
 * @example
 * const chain = socket.getPeerX509Certificate()?.raw ?? []
 * const verdict = verifyChain(store, chain)
 * if (verdict.ok) console.log(verdict.leaf.subject)
 * else console.warn(verdict.code, verdict.message)
 */
export function verifyChain(store: Truststore, chain: Chain, options?: VerifyOptions): Verdict {
  const trusted = requireTruststore(store, 'verifyChain: store')
  const request = readOptions(options, trusted.policy)
  const isAlone = isBytes(chain)
  if (!isAlone && !Array.isArray(chain)) {
    const hint = typeof chain === 'string' ? '; decodePem converts PEM' : ''
    throw new TypeError(`verifyChain: chain must be a Uint8Array or an array of them${hint}`)
  }
  // Copied, so that an array with accessors cannot change between reads.
  const certificates = isAlone ? undefined : [...chain]
  const count = certificates?.length ?? 1
  if (count === 0) return reject('malformed', 0, 'the peer presented no certificate')

  const { policy } = trusted
  const meter = new Meter(policy.budget)
  if (!meter.presented(count, isAlone ? chain.length : sizeOf(certificates!))) return rejectExhausted(meter)
  const parsed = trusted.cache.parse(isAlone ? chain : certificates![0]!)
  if (!parsed.ok) {
    const { code, message, offset } = parsed
    const hint = looksLikePem(isAlone ? chain : certificates![0]!) ? '; this is PEM: use decodePem' : ''
    return { ok: false, code: code === 'too_large' ? 'too_large' : 'malformed', message: message + hint, index: 0, offset }
  }
  const leaf = parsed.value
  // Count what was parsed, because a Uint8Array may override its `length`.
  if (!meter.presented(count, leaf.bytes.length)) return rejectExhausted(meter)
  const verdict = judge(leaf, certificates, trusted, request, meter)
  return request.transitionEnd === undefined ? verdict : inTransition(verdict, leaf, certificates, trusted, request, meter)
}

/** Verifies a leaf that has been parsed. */
function judge(
  leaf: CertificateView,
  certificates: readonly Uint8Array[] | undefined,
  store: TruststoreView,
  request: VerifyParameters,
  meter: Meter,
): Verdict {
  const refusal = refuseLeaf(leaf, request, store) ?? refuseName(leaf, request, meter)
  if (refusal !== undefined) return reject(refusal.code, 0, refusal.message, leaf)

  const presented =
    store.policy.intermediates === 'presented' && certificates !== undefined
      ? parseRest(certificates, leaf, store.cache, meter)
      : noPresented
  const signatures = new SignatureChecks(store.cache, meter)
  const call: Call = { store, request, presented, meter, signatures }
  const complete = new CompletePathCheck(call)
  const search = new Search(call, complete)
  const path = search.run(leaf)
  if (path !== undefined) return accept(leaf, path, complete)
  if (meter.exhausted !== undefined) return rejectExhausted(meter, leaf)
  const { failure } = search
  if (failure === undefined) return reject('unknown_issuer', 0, 'no path to the truststore was found', leaf)
  const message = failure.message() + describeWayOut(failure, call, certificates ?? [], leaf)
  return reject(failure.code, failure.index, message, failure.certificate)
}

/**
 * The verdict with a purpose transition, given that of a client. While the transition is in force, a client that is rejected is
 * verified once more with paths whose extendedKeyUsages allow server authentication. Both searches share one budget, and neither
 * accepts a path of which some certificates allow only one purpose and others only the other. After the end, the second search
 * only finds out whether the message names the transition.
 */
function inTransition(
  verdict: Verdict,
  leaf: CertificateView,
  certificates: readonly Uint8Array[] | undefined,
  store: TruststoreView,
  request: VerifyParameters,
  meter: Meter,
): Verdict {
  if (verdict.ok) return { ...verdict, purpose: 'client' }
  const isOfPurpose = verdict.code === 'extended_key_usage_violation'
  const isOver = !isInForce(request.transitionEnd, request.at)
  if (meter.exhausted !== undefined || (isOver && !isOfPurpose)) return verdict
  const asServer = judge(leaf, certificates, store, { ...request, keyPurpose: 'server' }, meter)
  if (isOver) return asServer.ok ? withEnd(verdict, request.transitionEnd!) : verdict
  if (asServer.ok) return { ...asServer, purpose: 'server' }
  // What would remain to be done if it were a server's certificate is the better reason.
  return isOfPurpose && asServer.code !== verdict.code ? asServer : verdict
}

/** Says that a transition has ended which accepted the client. */
function withEnd(verdict: Rejection, end: number): Rejection {
  return { ...verdict, message: `${verdict.message}; the transition that accepted serverAuth ended on ${isoTime(end)}` }
}

function accept(leaf: CertificateView, path: readonly CertificateView[], { policySets }: CompletePathCheck): Acceptance {
  if (policySets === undefined) return { ok: true, leaf, path }
  const authorityConstrained = Array.from(policySets.authorityConstrained, policyText).sort()
  const userConstrained = Array.from(policySets.userConstrained, policyText).sort()
  return { ok: true, leaf, path, policies: { authorityConstrained, userConstrained } }
}

/**
 * The total size in bytes.
 *
 * @throws TypeError for an element that is no Uint8Array
 */
function sizeOf(chain: readonly Uint8Array[]): number {
  let size = 0
  for (let i = 0; i < chain.length; i++) {
    const certificate: unknown = chain[i]
    if (!isBytes(certificate)) {
      throw new TypeError(
        `verifyChain: chain[${i}] must be a Uint8Array${typeof certificate === 'string' ? '; decodePem converts PEM' : ''}`,
      )
    }
    size += certificate.length
  }
  return size
}

/** Parses the certificates after the leaf. Skips malformed ones, which cannot be part of a path. */
function parseRest(
  certificates: readonly Uint8Array[],
  leaf: CertificateView,
  cache: VerificationCache,
  meter: Meter,
): Presented {
  const views: CertificateView[] = []
  let size = leaf.bytes.length
  for (let i = 1; i < certificates.length; i++) {
    const parsed = cache.parse(certificates[i]!)
    if (!parsed.ok) continue
    views.push(parsed.value)
    size += parsed.value.bytes.length
  }
  meter.presented(certificates.length, size)
  return new Presented(withoutCopies(views, leaf))
}

/** How many names a message lists at most. */
const listedNames = 10

function refuseName(leaf: CertificateView, { serverName }: VerifyParameters, meter: Meter): Refusal | undefined {
  if (serverName === undefined) return undefined
  const reference = readReference(serverName)
  if (reference === undefined) {
    return {
      code: 'name_mismatch',
      message: `serverName ${excerpt(serverName, 80)} is neither a DNS name (A-labels) nor an IP address`,
    }
  }
  const matches = matchesReference(leaf, reference, meter)
  if (matches === true) return undefined
  if (matches === undefined) return meter.refusal(0)
  const names = leaf.subjectAltNames.filter(({ type }) => type === 'dns' || type === 'ip').map(({ value }) => value)
  const more = names.length > listedNames ? ` and ${names.length - listedNames} more` : ''
  const shown = names.slice(0, listedNames).map((name) => cut(name))
  const listed = names.length === 0 ? 'no DNS name or address' : `${shown.join(', ')}${more}`
  return {
    code: 'name_mismatch',
    message: `the certificate is not for ${referenceText(reference)}: subjectAltName has ${listed}`,
  }
}

function rejectExhausted(meter: Meter, leaf?: CertificateView): Rejection {
  const { code, index, message } = meter.refusal(0)
  return reject(code, index, message, leaf)
}

function reject(code: RejectCode, index: number, message: string, certificate?: CertificateView): Rejection {
  if (certificate === undefined) return { ok: false, code, message, index }
  const role = index === 0 ? 'leaf' : 'CA'
  return { ok: false, code, message: `${role} certificate ${certificate.subjectForMessage}: ${message}`, index, certificate }
}

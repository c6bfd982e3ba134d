import { cut } from '../bytes/encoding.ts'
import { bytesEqual } from '../bytes/span.ts'
import type { RejectCode } from '../codes/reject.ts'
import type { Fields } from '../policy/fields.ts'
import { type Finding, inFull } from '../rules/rule.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { compareKeyIds } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { type Call, Presented, SignatureChecks, withoutCopies } from './call.ts'
import { CompletePathCheck } from './complete.ts'
import type { Failure, PathRefusal } from './failure.ts'
import { Search } from './search.ts'

/**
 * What to do about a path without an issuer, under the policy in force. It looks for certificates that the build left out, that could
 * not be read, and that the peer sent although the policy does not use them. Computed only for a rejection.
 */

const codes: readonly RejectCode[] = ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain', 'signature_mismatch']

/** Text to append to the message of a failure; empty if there is nothing to add. */
export function describeWayOut(failure: Failure, call: Call, chain: readonly Uint8Array[], leaf: CertificateView): string {
  if (!codes.includes(failure.code)) return ''
  const { store, request } = call
  const sent = request.policy.intermediates === 'truststore' ? describeUnused(call, chain, leaf) : describeUnread(store, chain)
  return [describeLeftOut(failure.certificate, store), sent].map((text) => (text === undefined ? '' : `; ${text}`)).join('')
}

/** Errors of the certificates that a build left out. */
interface BuildErrors {
  readonly byIndex: ReadonlyMap<number, Fields<Finding>>
  /** The first one without a subject: the certificate could not be read. */
  readonly unreadable: Fields<Finding> | undefined
}

/** By truststore, because a large one may have many findings. */
const known = /* @__PURE__ */ new WeakMap<TruststoreView, BuildErrors>()

function errorsOf(store: TruststoreView): BuildErrors {
  let errors = known.get(store)
  if (errors === undefined) {
    const all = store.findings.map(inFull).filter(({ severity, index }) => severity === 'error' && index !== undefined)
    // Reversed, so that the first error of a certificate stays.
    const byIndex = new Map(all.map((finding) => [finding.index!, finding] as const).reverse())
    errors = { byIndex, unreadable: all.find(({ subject }) => subject === undefined) }
    known.set(store, errors)
  }
  return errors
}

/** Names the certificate itself or its issuer if the build left it out, with the finding; or else a certificate that is unreadable. */
function describeLeftOut(certificate: CertificateView, store: TruststoreView): string | undefined {
  const { leftOut } = store
  const { byIndex, unreadable } = errorsOf(store)
  const own = leftOut.findSpelled(certificate.subjectName).find((node) => bytesEqual(node.certificate.bytes, certificate.bytes))
  const issuer = leftOut.issuersOf(certificate).find((node) => compareKeyIds(certificate, node.certificate) !== 'different')
  const node = own ?? issuer
  const reason = node === undefined ? unreadable : byIndex.get(node.index)
  if (reason === undefined) return undefined
  const place = `certificate ${reason.index} of the bundle${reason.line === undefined ? '' : ` (line ${reason.line})`}`
  const why = `${reason.code}: ${cut(reason.message ?? '', 300)}`
  if (node === undefined) return `${place} could not be read, and may be the issuer: ${why}`
  const relation = node === own ? `it is ${place}` : `${place} has the name of its issuer`
  return `${relation}, but was left out when the truststore was built: ${why}`
}

/** Names the first presented certificate that could not be read. */
function describeUnread({ cache }: TruststoreView, chain: readonly Uint8Array[]): string | undefined {
  for (let i = 1; i < chain.length; i++) {
    const parsed = cache.parse(chain[i]!)
    if (!parsed.ok) return `certificate ${i} of the chain could not be read: ${parsed.message}`
  }
  return undefined
}

/** Makes the search continue. Never reported. */
const tryNextPath: PathRefusal = { code: 'unknown_issuer', index: 0, message: '' }

/**
 * Names the presented certificates that complete a valid path to a listed anchor. Others are not named: anyone can send a certificate
 * with the right name. The search takes what is left of the budget, and remembers nothing.
 */
function describeUnused(call: Call, chain: readonly Uint8Array[], leaf: CertificateView): string | undefined {
  if (chain.length < 2) return undefined
  const { store, meter } = call
  const views = chain.slice(1).flatMap((der) => {
    const parsed = store.cache.parse(der)
    return parsed.ok ? [parsed.value] : []
  })
  const presented = new Presented(withoutCopies(views, leaf))
  const signatures = new SignatureChecks(store.cache, meter)
  const withPresented: Call = { ...call, presented, signatures }
  const complete = new CompletePathCheck(withPresented)
  let path: readonly CertificateView[] | undefined
  // A path is accepted nowhere, so the search caches no key of a presented certificate.
  const search = new Search(withPresented, {
    refuse(candidate) {
      if (path === undefined && complete.refuse(candidate) === undefined && meter.exhausted === undefined) path = candidate
      return tryNextPath
    },
  })
  search.run(leaf)
  const missing = path?.filter((certificate, i) => i > 0 && store.nodeOf(certificate) === undefined) ?? []
  if (missing.length === 0) return undefined
  const names = missing.map((certificate) => {
    const position = chain.findIndex((der) => bytesEqual(der, certificate.bytes))
    return `certificate ${position} of the chain, ${certificate.subjectForMessage}`
  })
  return `this policy takes issuers from the truststore alone: add ${names.join(', and ')}, to the truststore`
}

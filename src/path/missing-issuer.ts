import { cut } from '../bytes/encoding.ts'
import { bytesEqual } from '../bytes/span.ts'
import { rankOf } from '../codes/reject.ts'
import type { Fields } from '../policy/fields.ts'
import { type Finding, inFull } from '../rules/rule.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { compareKeyIds } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { type Call, Presented, withoutCopies } from './call.ts'
import { CompletePathCheck, tryNextPath } from './complete.ts'
import type { Failure } from './failure.ts'
import { Search } from './search.ts'

/**
 * What to do about a path without an issuer, under the policy in force. It looks for certificates that the build left out, that could
 * not be read, and that the peer sent although the policy does not use them. Computed only for a rejection.
 */

/** Text to append to the message of a failure; empty if there is nothing to add. */
export function describeWayOut(failure: Failure, call: Call, chain: readonly Uint8Array[], leaf: CertificateView): string {
  // Failures that are more specific have found an issuer.
  if (rankOf(failure.code) > rankOf('signature_mismatch')) return ''
  const { store, request } = call
  const sent = request.policy.intermediates === 'truststore' ? describeUnused(call, chain, leaf) : describeUnread(store, chain)
  return [describeLeftOut(failure.certificate, store), sent].map((text) => (text === undefined ? '' : `; ${text}`)).join('')
}

/** Errors of the certificates that a build left out, by truststore, because a large one may have many findings. */
const known = /* @__PURE__ */ new WeakMap<TruststoreView, readonly Fields<Finding>[]>()

function errorsOf(store: TruststoreView): readonly Fields<Finding>[] {
  let errors = known.get(store)
  if (errors === undefined) {
    errors = store.findings.map(inFull).filter(({ severity, index }) => severity === 'error' && index !== undefined)
    known.set(store, errors)
  }
  return errors
}

/** Names the certificate itself or its issuer if the build left it out, with the finding; or else a certificate that is unreadable. */
function describeLeftOut(certificate: CertificateView, store: TruststoreView): string | undefined {
  const { leftOut } = store
  const own = leftOut.findSpelled(certificate.subjectName).find((node) => bytesEqual(node.certificate.bytes, certificate.bytes))
  const issuer = leftOut.issuersOf(certificate).find((node) => compareKeyIds(certificate, node.certificate) !== 'different')
  const node = own ?? issuer
  // A certificate that could not be read has no subject.
  const isReason = ({ index, subject }: Fields<Finding>): boolean =>
    node === undefined ? subject === undefined : index === node.index
  const reason = errorsOf(store).find(isReason)
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
  const withPresented: Call = { ...call, presented }
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

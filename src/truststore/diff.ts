import { hexOf } from '../bytes/encoding.ts'
import { bytesEqual } from '../bytes/span.ts'
import { finish, type Steps } from '../bytes/steps.ts'
import { type NoFields, readFields, requireTime } from '../policy/fields.ts'
import type { Certificate } from '../x509/certificate.ts'
import { sortIssuers } from './issuers.ts'
import { requireTruststore, type Truststore, type TruststoreView } from './store.ts'
import { isVersion1Root, type TrustNode } from './trust-graph.ts'

/** Comparison of two versions of a truststore. */

/** The difference between two truststores. The order of certificates does not matter. */
export interface TruststoreDiff {
  readonly added: readonly Certificate[]
  readonly removed: readonly Certificate[]
  /** Same subject and key, new certificate. Clients of this CA are not affected. */
  readonly renewed: readonly { readonly before: Certificate; readonly after: Certificate }[]
  /** Same subject, new key. Clients issued under the old key are rejected once it is removed. */
  readonly rekeyed: readonly { readonly before: Certificate; readonly after: Certificate }[]
  /**
   * Subjects (RFC 4514) of CAs whose clients were accepted before and no longer are, in bundle order: either the subject and key
   * were removed, or the path to a trust anchor was. Includes re-keyed CAs. Dates count only with `at`.
   */
  readonly droppedIssuers: readonly string[]
  readonly unchanged: number
}

/** Options of `diffTruststores`. */
export interface DiffOptions {
  /**
   * The time for `droppedIssuers`: Date or milliseconds since the epoch. A CA that is not valid then has no clients to lose, and
   * one whose successor is not valid then loses them. Default: dates are ignored.
   */
  readonly at?: Date | number
}

const noOptions: NoFields<DiffOptions> = { at: undefined }

/**
 * Compares two truststores.
 *
 * @throws TypeError for arguments that `buildTruststore` did not make, and for invalid options
 * @example
 * const { droppedIssuers } = diffTruststores(current, next)
 * if (droppedIssuers.length > 0) console.warn('clients of these CAs will be rejected:', droppedIssuers)
 */
export function diffTruststores(before: Truststore, after: Truststore, options: DiffOptions = {}): TruststoreDiff {
  const old = requireTruststore(before, 'diffTruststores: before')
  const next = requireTruststore(after, 'diffTruststores: after')
  const { at } = readFields<DiffOptions>('diffTruststores: options', options, noOptions)
  return finish(diffing(old, next, at === undefined ? undefined : requireTime(at, 'diffTruststores: options.at')))
}

/** {@link diffTruststores} in steps. */
export function* diffing(old: TruststoreView, next: TruststoreView, at?: number): Steps<TruststoreDiff> {
  const removedNodes = yield* missingFrom(old, next)
  const addedNodes = yield* missingFrom(next, old)
  const renewed: { before: Certificate; after: Certificate }[] = []
  const rekeyed: { before: Certificate; after: Certificate }[] = []
  const removed: Certificate[] = []
  const matched = new Set<TrustNode>()
  const addedBySubject = new Map<string, TrustNode[]>()
  for (const node of addedNodes) {
    yield
    const { subjectKey } = node.certificate
    const others = addedBySubject.get(subjectKey)
    if (others === undefined) addedBySubject.set(subjectKey, [node])
    else others.push(node)
  }
  const takeSuccessor = (node: TrustNode, isSuccessor: (candidate: TrustNode) => boolean): TrustNode | undefined => {
    const sameSubject = addedBySubject.get(node.certificate.subjectKey) ?? []
    const found = sameSubject.find((candidate) => !matched.has(candidate) && isSuccessor(candidate))
    if (found !== undefined) matched.add(found)
    return found
  }
  // Match renewals first, so that a re-keyed CA does not take the renewal of another CA with the same name.
  const remaining: TrustNode[] = []
  for (const node of removedNodes) {
    yield
    const successor = takeSuccessor(
      node,
      // A certificate that is no longer a CA does not renew a CA: its clients are rejected.
      (candidate) => candidate.certificate.hasKeyOf(node.certificate) && isCaOf(candidate, next) === isCaOf(node, old),
    )
    if (successor === undefined) remaining.push(node)
    else renewed.push({ before: node.certificate, after: successor.certificate })
  }
  for (const node of remaining) {
    yield
    const successor = takeSuccessor(node, (candidate) => !candidate.certificate.hasKeyOf(node.certificate))
    if (successor === undefined) removed.push(node.certificate)
    else rekeyed.push({ before: node.certificate, after: successor.certificate })
  }
  return {
    added: addedNodes.filter((node) => !matched.has(node)).map((node) => node.certificate),
    removed,
    renewed,
    rekeyed,
    droppedIssuers: yield* namesOf((yield* sortIssuers(old, next, at)).dropped),
    unchanged: old.nodes.length - removedNodes.length,
  }
}

function* missingFrom(store: TruststoreView, other: TruststoreView): Steps<readonly TrustNode[]> {
  const missing: TrustNode[] = []
  for (const node of store.nodes) {
    yield
    const { bytes, subjectName } = node.certificate
    const named = other.subjects.find(subjectName)
    if (!named.some(({ certificate }) => bytesEqual(bytes, certificate.bytes))) missing.push(node)
  }
  return missing
}

/** The subjects of issuers. An issuer with several certificates for one key appears once. */
function* namesOf(issuers: readonly TrustNode[]): Steps<readonly string[]> {
  const names = new Map<string, string>()
  for (const { certificate } of issuers) {
    yield
    const { keyIdentity, subjectKey, subject } = certificate
    names.set(`${subjectKey} ${hexOf(keyIdentity)}`, subject)
  }
  return [...names.values()]
}

/** Whether a certificate is a CA for this truststore, also one of version 1. */
function isCaOf(node: TrustNode, { policy }: TruststoreView): boolean {
  return node.certificate.isCa || isVersion1Root(node, policy)
}

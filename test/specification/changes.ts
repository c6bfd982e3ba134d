import fc from 'fast-check'
import { calls } from './generate.ts'
import type { Call, Certificate, Key } from './model.ts'

/** Random changes of the listed certificates of a call, and other calls to the same truststore. */

export interface Change {
  readonly before: Call
  /** The same call after the change. */
  readonly after: Call
  /** Calls to the same truststores, each of which differs from the first in one thing. */
  readonly others: readonly Pick<Call, 'presented' | 'at' | 'purpose' | 'serverName' | 'policies'>[]
}

const fates = ['removed', 'renewed', 'rekeyed', 'demoted', 'copied'] as const
type Fate = 'kept' | (typeof fates)[number]

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('kept') },
  fc.constantFrom<Fate>(...fates),
  fc.constant<Fate>('removed'),
)

/**
 * The serials of a call's certificates are below 10, 50, 99, and from 100 on for CRL signers. The slots of its keys are below 12,
 * 90, and from 60 on for CRL signers. Sums of two of these stay apart from all of them.
 */
const renewedSerial = 10
const rekeyedSerial = 20
const rekeyedSlot = 20

function renewed(certificate: Certificate, call: Call): Certificate {
  const year = 365 * 86_400_000
  return {
    ...certificate,
    serial: certificate.serial + renewedSerial,
    notBefore: Math.floor(call.at / 1000) * 1000,
    notAfter: Math.floor(call.at / 1000) * 1000 + year,
  }
}

/** A new key; one that signed itself does so again. */
function rekeyed(certificate: Certificate): Certificate {
  const { serial, key, signedBy, authorityKeyId } = certificate
  const next: Key = { kind: 'p256', slot: rekeyedSlot + serial }
  const isOwn = signedBy.kind === key.kind && signedBy.slot === key.slot
  return {
    ...certificate,
    serial: serial + rekeyedSerial,
    key: next,
    ...(isOwn ? { signedBy: next } : {}),
    ...(isOwn && authorityKeyId !== undefined ? { authorityKeyId: { ...authorityKeyId, value: next } } : {}),
  }
}

/** What is listed in place of a certificate. */
function successors(certificate: Certificate, fate: Fate, call: Call): readonly Certificate[] {
  if (fate === 'kept') return [certificate]
  if (fate === 'removed') return []
  if (fate === 'copied') return [renewed(certificate, call), certificate]
  if (fate === 'rekeyed') return [rekeyed(certificate)]
  const next = renewed(certificate, call)
  const { basicConstraints } = next
  return [
    fate === 'demoted' && basicConstraints !== undefined
      ? { ...next, basicConstraints: { ...basicConstraints, value: { ca: false } } }
      : next,
  ]
}

/** The bystander, which comes last, stays: a truststore needs a usable certificate. Others that were presented may be listed. */
function changed(call: Call, fateOf: readonly Fate[], mayListLeaf: boolean): readonly Certificate[] {
  const listed = call.listed.slice(0, -1)
  const others = call.presented.slice(mayListLeaf ? 0 : 1).filter((certificate) => !call.listed.includes(certificate))
  return [
    ...listed.flatMap((certificate, i) => successors(certificate, fateOf[i]!, call)),
    ...others.filter((_, i) => fateOf[listed.length + i] === 'copied'),
    ...call.listed.slice(-1),
  ]
}

type Other = 'purpose' | 'serverName' | 'later' | 'policies' | 'twin' | 'authority'

function other({ presented, listed, at, purpose, serverName, policies }: Call, kind: Other): Change['others'][number] {
  const [leaf, ...rest] = presented
  const same = { presented, at, purpose, ...(serverName && { serverName }), ...(policies && { policies }) }
  if (kind === 'purpose') return { ...same, purpose: purpose === 'client' ? 'server' : 'client' }
  if (kind === 'serverName') return { ...same, serverName: 'b.a.example' }
  if (kind === 'later') return { ...same, at: at + 1000 }
  if (kind === 'policies') {
    return {
      ...same,
      policies: { initialPolicies: ['1.2.3.1'], requireExplicitPolicy: true, inhibitPolicyMapping: true, inhibitAnyPolicy: true },
    }
  }
  // The same contents with another signature, which is nobody's. Only one of the two may be known by the serial that they share.
  if (kind === 'twin' && !listed.includes(leaf))
    return { ...same, presented: [{ ...leaf, signedBy: { kind: 'p256', slot: rekeyedSlot } }, ...rest] }
  return { ...same, presented: [listed[0]!, ...rest, leaf] }
}

export const changes: fc.Arbitrary<Change> = fc
  .record({
    before: calls,
    fateOf: fc.array(fate, { minLength: 20, maxLength: 20 }),
    kinds: fc.uniqueArray(fc.constantFrom<Other>('purpose', 'serverName', 'later', 'policies', 'twin', 'authority'), {
      minLength: 1,
      maxLength: 3,
    }),
    /** A change makes paths longer or shorter, so the limit is often near. */
    maxChainLength: fc.constantFrom(undefined, undefined, 1, 2),
  })
  .map(({ before: call, fateOf, kinds, maxChainLength = call.policy.maxChainLength }) => {
    const before: Call = { ...call, policy: { ...call.policy, maxChainLength } }
    return {
      before,
      after: { ...before, listed: changed(before, fateOf, !kinds.includes('twin')) },
      others: kinds.map((kind) => other(before, kind)),
    }
  })

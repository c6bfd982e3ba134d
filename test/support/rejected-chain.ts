import { expect } from 'vitest'
import {
  buildTruststore,
  type Policy,
  profiles,
  type RejectCode,
  type Truststore,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from './mint.ts'

/** A small PKI, and chains below it that must be rejected. */

export interface RejectedChain {
  readonly name: string
  /** Default: one of the root alone. */
  readonly store?: Truststore
  readonly chain: readonly Minted[]
  readonly options?: VerifyOptions
  readonly code: RejectCode
  /** Default: the leaf. */
  readonly index?: number
  /** Part of it. */
  readonly message: string
}

/** Peers may send intermediates. Issuers need not conform to RFC 5280 section 4. */
export const presented: Policy = { ...profiles.rfc5280, conformance: 'practical' }

export const leafKey = keyPair('p256', 9)
export const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Verify,CN=Root' })
export const intermediate = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Verify,CN=Intermediate', pathLength: 0 }, root)

export function leaf(spec: CertificateSpec = {}, issuer: Minted = root): Minted {
  return mint({ key: leafKey, subject: 'O=Verify,CN=Leaf', ...spec }, issuer)
}

export function storeOf(...certificates: readonly Minted[]): Truststore {
  return storeFor(profiles.apiGateway, ...certificates)
}

export function storeFor(policy: Policy, ...certificates: readonly Minted[]): Truststore {
  return buildTruststore(
    certificates.map(({ der }) => der),
    { policy },
  )
}

const usual = storeOf(root)

export function expectRejected({ store = usual, chain, options = {}, code, index = 0, message }: RejectedChain): void {
  const verdict = verifyChain(
    store,
    chain.map(({ der }) => der),
    options,
  )
  expect(verdict).toMatchObject({ ok: false, code, index })
  if (verdict.ok) return
  expect(verdict.message).toContain(message)
  if (verdict.certificate !== undefined) expect(verdict.message).toContain(verdict.certificate.subject)
}

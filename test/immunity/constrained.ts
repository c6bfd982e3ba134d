import { type CertificateSpec, type GeneralNameSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** Clients below a CA with name constraints. */

export type Constraints = NonNullable<CertificateSpec['nameConstraints']>

export const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
export const store = storeFor(presented, root)
export const caSpec: CertificateSpec = { ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Constrained' }

export function client(issuer: Minted, spec: CertificateSpec): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

/** The verdict on a client with these fields below a CA with these constraints. */
export function under(nameConstraints: Constraints, spec: CertificateSpec, more: CertificateSpec = {}): string {
  const ca = mint({ ...caSpec, nameConstraints, ...more }, root)
  return judge(store, [client(ca, spec), ca])
}

export const violation = 'name_constraint_violation 0'

export const dns = (...values: readonly string[]): readonly GeneralNameSpec[] => values.map((value) => ({ dns: value }))
export const email = (...values: readonly string[]): readonly GeneralNameSpec[] => values.map((value) => ({ email: value }))
export const uri = (...values: readonly string[]): readonly GeneralNameSpec[] => values.map((value) => ({ uri: value }))
export const ip = (...values: readonly string[]): readonly GeneralNameSpec[] => values.map((value) => ({ ip: value }))
export const directory = (...values: readonly string[]): readonly GeneralNameSpec[] =>
  values.map((value) => ({ directory: value }))

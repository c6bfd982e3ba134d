import { curveNames } from '../crypto/curve/curves.ts'
import { elements, type NoFields, readFields } from './fields.ts'
import { apiGateway, type Budget, freezePolicy, isFrozenCopy, type Policy } from './policy.ts'

const choices: Readonly<Partial<Record<keyof Policy, readonly unknown[]>>> = {
  trust: ['roots', 'every-ca', 'every-certificate'],
  intermediates: ['truststore', 'presented'],
  conformance: ['practical', 'strict', 'web-pki'],
  purpose: ['client', 'server', 'any'],
  requireEku: [true, false],
  checkAnchorValidity: [true, false],
  enforceAnchorConstraints: [true, false],
}

const numbers = ['maxChainLength', 'minRsaBits', 'maxRsaBits'] as const
const lists = { curves: curveNames, hashes: ['sha256', 'sha384', 'sha512'] } as const

/** What a policy and its budget may have, nothing of it set. */
const noPolicy = /* @__PURE__ */ unset(apiGateway)
const noBudget = /* @__PURE__ */ unset(apiGateway.budget)

function unset<Options extends object>(options: Options): NoFields<Options> {
  return Object.fromEntries(Object.keys(options).map((field) => [field, undefined])) as NoFields<Options>
}

/**
 * A policy as it is now, checked and frozen: what its owner writes into it later changes no truststore. One with a missing,
 * unknown or mistyped field is refused, because a setting that is silently ignored is a hole.
 *
 * @throws TypeError naming the field
 */
export function freezeCopy(policy: unknown): Policy {
  if (isFrozenCopy(policy)) return policy
  if (typeof policy !== 'object' || policy === null) throw new TypeError('policy must be an object, such as profiles.apiGateway')
  const given: Record<string, unknown> = { ...readFields<Policy>('policy', policy, noPolicy) }
  for (const [field, allowed] of Object.entries(choices)) {
    if (!allowed.includes(given[field])) fail(field, `one of ${allowed.map(String).join(', ')}`, given[field])
  }
  for (const field of numbers) requireCount(`policy.${field}`, given[field])
  for (const [field, allowed] of Object.entries(lists)) {
    const list: unknown = given[field]
    const isKnown = (element: unknown): boolean => (allowed as readonly unknown[]).includes(element)
    given[field] = Array.isArray(list) ? elements(list) : undefined
    if (!(given[field] as readonly unknown[] | undefined)?.every(isKnown)) fail(field, `an array of ${allowed.join(', ')}`, list)
  }
  const budget = readFields<Budget>('policy.budget', given['budget'], noBudget)
  for (const [meter, value] of Object.entries(budget)) requireCount(`policy.budget.${meter}`, value)
  return freezePolicy({ ...given, budget } as Policy)
}

function requireCount(path: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new TypeError(`${path} must be a whole number, got ${String(value)}`)
}

function fail(field: string, wanted: string, got: unknown): never {
  throw new TypeError(`policy.${field} must be ${wanted}, got ${String(got)}`)
}

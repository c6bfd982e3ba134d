import { rootCertificates } from 'node:tls'
import { type Purpose, profiles } from '../policy/policy.ts'
import type { PurposeTransition } from '../policy/purpose.ts'
import { buildTruststore, TruststoreError } from '../truststore/build.ts'
import type { Truststore } from '../truststore/store.ts'
import { type Arguments, CliError, choiceOf, type Option, readTime, singleOf } from './command.ts'
import { readInput } from './input.ts'
import { unusable } from './remedies.ts'

/** `--purpose` with `--until`, and `--public-roots`. */

const purposes = ['client', 'server', 'any', 'client-or-server'] as const

export const untilOption: Option = {
  value: '<date>',
  help: 'The end of --purpose client-or-server: 2027-03-15 or 2027-03-15T12:00:00Z. From then on, client.',
}

export const publicRootsOption: Option = {
  value: '<bundle>',
  help: 'Roots of public CAs, which should not be CAs for clients; "node" for those that Node includes.',
}

/**
 * The purpose to verify for; `fallback` if the option is not given.
 *
 * @throws CliError if a transition has no end, or an end belongs to no transition
 */
export function purposeOf<Fallback>(given: Arguments, fallback: Fallback): Purpose | PurposeTransition | Fallback {
  const until = singleOf(given, 'until')
  const isGiven = singleOf(given, 'purpose') !== undefined
  const purpose = choiceOf(given, 'purpose', purposes, 'client')
  if (purpose === 'client-or-server') {
    if (until === undefined) throw new CliError('--purpose client-or-server needs its end: --until <date>')
    return { anyOf: ['client', 'server'], until: readTime(until, '--until') }
  }
  if (until !== undefined) throw new CliError('--until is the end of --purpose client-or-server, which is not given')
  return isGiven ? purpose : fallback
}

/** @throws CliError if the file has no usable certificate */
export async function publicRootsOf(given: Arguments): Promise<Truststore | undefined> {
  const file = singleOf(given, 'public-roots')
  if (file === undefined) return undefined
  const input = file === 'node' ? [...rootCertificates] : (await readInput(file)).bytes
  try {
    // The profile with the widest limits: nothing is verified with these roots.
    return buildTruststore(input, { policy: profiles.rfc5280 })
  } catch (error) {
    if (!(error instanceof TruststoreError)) throw error
    throw unusable(file, error)
  }
}

import { cut } from '../bytes/encoding.ts'
import type { RejectCode } from '../codes/reject.ts'
import { explain } from '../lint/catalogue.ts'
import { printable } from '../lint/report/printable.ts'
import { type Policy, profiles } from '../policy/policy.ts'
import type { TruststoreError } from '../truststore/build.ts'
import { parseCertificate } from '../x509/parse-certificate.ts'
import { CliError } from './command.ts'

/** Remedies and errors that name parts of the library, in words of the CLI. */

/** What a verdict was made with. */
export interface Settings {
  readonly policy: Policy
  /** `--unknown`. */
  readonly unknown: 'refuse' | 'allow'
}

/** A remedy that depends on settings. */
interface Remedy {
  readonly always: string
  /** What an option changes. */
  readonly way: string
  readonly option: string
  /** Whether the option would change anything. */
  readonly helps: (settings: Settings) => boolean
}

const remedies: Readonly<Partial<Record<RejectCode, Remedy>>> = {
  unknown_issuer: {
    always: 'Add the issuing CA to the truststore',
    way: 'let the peer send its intermediates',
    option: '--profile rfc5280',
    helps: ({ policy }) => policy.intermediates === 'truststore',
  },
  chain_too_long: {
    always: 'Issue the certificate from a CA closer to the root',
    way: 'allow a longer path',
    option: '--profile rfc5280',
    helps: ({ policy }) => policy.maxChainLength < profiles.rfc5280.maxChainLength,
  },
  nonconforming: {
    always: 'Re-issue the certificate according to the cited rule',
    way: 'verify without the rules of the profile',
    option: '--profile api-gateway',
    helps: ({ policy }) => policy.conformance !== 'practical',
  },
  revocation_unknown: {
    always: "Supply a current CRL of the certificate's issuer",
    way: 'accept certificates that no list covers',
    option: '--unknown allow',
    helps: ({ unknown }) => unknown !== 'allow',
  },
}

/** The remedy under the settings in force. An option that is set already is left out. */
export function remedyUnder(settings: Settings, code: RejectCode): string {
  const remedy = remedies[code]
  if (remedy === undefined) return explain(code).remedy
  const { always, way, option, helps } = remedy
  return helps(settings) ? `${always}, or ${way}: ${option}.` : `${always}.`
}

/** A sentence about a chain that does not start with its leaf: its first certificate issued a later one. Empty for others. */
export function orderHint([first, ...others]: readonly Uint8Array[]): string {
  const issuer = first === undefined ? undefined : parseCertificate(first)
  if (issuer?.ok !== true) return ''
  const { subject } = issuer.value
  for (const der of others) {
    const later = parseCertificate(der)
    if (!later.ok || later.value.issuer !== subject || later.value.subject === subject) continue
    return ` The chain starts with ${cut(subject)}, which issued ${cut(later.value.subject)}: put the leaf first.`
  }
  return ''
}

/** The option that does what a remedy says, as a sentence; empty if there is none. */
export function optionFor(code: string): string {
  const option = Object.hasOwn(remedies, code) ? remedies[code as RejectCode]!.option : undefined
  return option === undefined ? '' : ` In the CLI: ${option}.`
}

/** The error for a file that is no truststore. */
export function unusable(name: string, { message }: TruststoreError): CliError {
  const problem = message.replace(/, see \.findings$/, '')
  return new CliError(`${printable(name)}: ${printable(problem)}`, '`portcullis lint` lists everything that is wrong with it.')
}

import {
  type LintCode,
  type LintOptions,
  type LintReport,
  lintCertificate,
  lintTruststore,
  type TruststoreInput,
} from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../mint.ts'

/**
 * What is wrong in one way, and the nearest thing that is right: the examples of the rule catalogue. A test proves that
 * the rule fires on the one and not on the other; docs/reference/lints.md shows both by name.
 */
export interface Flaw {
  /** What must be found. */
  readonly code: LintCode
  /** What it is found in, in words. */
  readonly name: string
  /** Default `warning`. */
  readonly severity?: 'error' | 'warning' | 'info'
  readonly input: TruststoreInput
  /** What one cannot be without, since it follows from the flaw: every further finding. */
  readonly also?: readonly LintCode[]
  readonly options?: LintOptions
  /** Linted by itself, as a client or CA, and not as a truststore. */
  readonly as?: 'leaf' | 'ca'
  /** The same with the flaw mended, in words and as input; at least one flaw of each code has it. */
  readonly mended?: readonly [name: string, input: TruststoreInput, options?: LintOptions]
}

export function lintFlaw({ input, options = {}, as }: Pick<Flaw, 'input' | 'options' | 'as'>): LintReport {
  if (as === undefined) return lintTruststore(input, options)
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) throw new Error('one certificate is linted by itself')
  return lintCertificate(input, { ...options, as })
}

/** The report on what is mended. */
export function lintMended({ mended, as }: Flaw): LintReport | undefined {
  return mended && lintFlaw({ input: mended[1], options: mended[2] ?? {}, ...(as && { as }) })
}

export const root: Minted = mint({ ca: true, key: keyPair('p256', 40), subject: 'O=Lint,CN=Root' })
export const intermediate: Minted = mint(
  { ca: true, key: keyPair('p256', 41), subject: 'O=Lint,CN=Intermediate', pathLength: 0 },
  root,
)

/** What a truststore should be like: nothing is to be found in it. */
export const cleanBundle: string = root.pem + intermediate.pem

/** A self-signed CA, bent; signed by a key that works even where its own does not. */
export function bentRoot(spec: CertificateSpec): Minted {
  return mint({ ca: true, key: keyPair('p256', 42), subject: 'O=Lint,CN=Bent', signWith: keyPair('p256', 42), ...spec })
}

/** A CA below the root, bent. */
export function bentCa(spec: CertificateSpec, issuer: Minted = root): Minted {
  return mint({ ca: true, key: keyPair('p256', 44), subject: 'O=Lint,CN=Bent Intermediate', ...spec }, issuer)
}

/** A client, bent. */
export function bentClient(spec: CertificateSpec): Minted {
  const subjectAltNames = [{ dns: 'client.example' }]
  return mint({ key: keyPair('p256', 45), subject: 'O=Lint,CN=Client', subjectAltNames, ...spec }, root)
}

/** This many days from now. */
export function at(days: number): Date {
  return new Date(Date.now() + days * 86_400_000)
}

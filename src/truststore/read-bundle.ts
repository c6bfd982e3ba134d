import { describeDer } from '../bytes/format.ts'
import { bytesOfPemText, describeMissingPem, isCertificateLabel, looksLikeDer, type PemBlock, pemSteps } from '../bytes/pem.ts'
import { isBytes } from '../bytes/span.ts'
import type { Steps } from '../bytes/steps.ts'
import type { ParseCode } from '../codes/parse.ts'
import * as reading from '../rules/reading.ts'
import { type Finding, findingOf, type Rule } from '../rules/rule.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateDer } from '../x509/parse-certificate.ts'

/** Reads the certificates of a bundle and reports everything that it cannot read. */

/** PEM text, PEM bytes or DER, or an array of these. */
export type TruststoreInput = string | Uint8Array | readonly (string | Uint8Array)[]

/** A certificate and its place in the bundle. */
export interface BundledCertificate {
  readonly certificate: CertificateView
  /** Position among the bundle's certificates, unreadable ones counted. */
  readonly index: number
  /** Line of the PEM text; undefined for DER. */
  readonly line: number | undefined
}

/** The contents of a bundle: the readable certificates, and findings about everything that is not one. */
export interface BundleContents {
  readonly certificates: readonly BundledCertificate[]
  readonly findings: readonly Finding[]
}

/**
 * Reads every certificate of a bundle. DER is copied, so that later writes to the caller's buffer cannot change the truststore.
 *
 * @throws TypeError for input of another type
 */
export function* readBundle(input: TruststoreInput): Steps<BundleContents> {
  const parts: readonly unknown[] = Array.isArray(input) ? input : [input]
  const certificates: BundledCertificate[] = []
  const findings: Finding[] = []
  let index = 0
  const add = (der: Uint8Array, line: number | undefined): void => {
    const at = index++
    const parsed = parseCertificateDer(der)
    if (parsed.ok) certificates.push({ certificate: parsed.value, index: at, line })
    else
      findings.push(findingOf(readingRuleOf(parsed), explainFault(parsed.message, der, line !== undefined), { index: at, line }))
  }
  for (const [i, part] of parts.entries()) {
    if (typeof part !== 'string' && !isBytes(part)) {
      const where = Array.isArray(input) ? `truststore input [${i}]` : 'truststore input'
      throw new TypeError(`${where} must be a string or Uint8Array, got ${part === null ? 'null' : typeof part}`)
    }
    if (typeof part !== 'string' && looksLikeDer(part)) {
      // Not `slice`: on a Buffer it does not copy.
      add(new Uint8Array(part), undefined)
      yield
      continue
    }
    const text = typeof part === 'string' ? bytesOfPemText(part) : part
    const blocks = yield* pemSteps(text)
    if (!blocks.some((block) => isCertificateLabel(block.label))) {
      findings.push(findingOf(reading.emptyBundle, describeMissingPem(text, 'CERTIFICATE', blocks), {}))
    }
    for (const block of blocks) {
      yield
      const finding = isCertificateLabel(block.label) ? undefined : otherBlockFinding(block)
      if (finding !== undefined) findings.push(finding)
      else if (block.content instanceof Uint8Array) add(block.content, block.line)
      else findings.push(findingOf(reading.pemSyntaxInvalid, block.content.detail, { index: index++, line: block.content.line }))
    }
  }
  if (parts.length === 0) findings.push(findingOf(reading.emptyBundle, 'the bundle is an empty array', {}))
  return { certificates, findings }
}

function otherBlockFinding({ label, line }: PemBlock): Finding {
  if (label.endsWith('PRIVATE KEY')) {
    return findingOf(reading.privateKeyInBundle, `${label} block on line ${line}: remove it, and replace the key`, { line })
  }
  return findingOf(reading.nonCertificateBlock, `${label} block on line ${line} is skipped`, { line })
}

/** The message of a parser's fault, and what the bytes are if they are known not to be a certificate. */
export function explainFault(message: string, der: Uint8Array, isPem: boolean): string {
  const known = describeDer(der, isPem)
  return known === undefined ? message : `${message}; ${known}`
}

/** The rule that reports a fault of the certificate parser. */
export function readingRuleOf({ code, element }: { readonly code: ParseCode; readonly element: string }): Omit<Rule, 'check'> {
  if (element === 'nameConstraints' && code === 'empty_sequence') return reading.nameConstraintsEmpty
  if (element === 'nameConstraints' && code === 'bad_integer') return reading.nameConstraintsMinimumNotZero
  if (element === 'subjectAltName' && !derFaults.has(code)) return reading.sanMalformed
  switch (code) {
    case 'fields_need_version':
      return reading.notV3WithExtensions
    case 'duplicate_extension':
      return reading.duplicateExtension
    case 'too_large':
      return reading.certTooLarge
    default:
      if (derFaults.has(code)) return reading.nonDerEncoding
      return code.startsWith('pem_') ? reading.pemSyntaxInvalid : reading.certificateSyntaxInvalid
  }
}

/** Faults of the DER encoding, independent of its contents. */
const derFaults: ReadonlySet<ParseCode> = /* @__PURE__ */ new Set<ParseCode>([
  'truncated',
  'high_tag_number',
  'indefinite_length',
  'non_minimal_length',
  'trailing_bytes',
  'bad_boolean',
  'bad_integer',
  'bad_bit_string',
  'bad_oid',
  'bad_null',
  'default_encoded',
])

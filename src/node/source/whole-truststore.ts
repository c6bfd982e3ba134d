import { pemSteps } from '../../bytes/pem.ts'
import { Span } from '../../bytes/span.ts'
import type { Steps } from '../../bytes/steps.ts'
import { latin1Of } from '../../bytes/text.ts'
import type { LintCode } from '../../codes/lint.ts'
import { inFull } from '../../rules/finding.ts'
import type { Finding } from '../../rules/rule.ts'
import { building, TruststoreError, type TruststoreOptions } from '../../truststore/build.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { thrownText } from '../thrown-text.ts'
import { TruststoreSourceError } from './handle.ts'

/** Findings about unreadable parts of the bundle: it may have been cut or overwritten. */
const damage: ReadonlySet<LintCode> = new Set<LintCode>(['pem_syntax_invalid', 'non_der_encoding'])

/**
 * Builds a truststore. Returns an error if a part of the bundle seems lost: the intact rest of a bundle must not replace the
 * whole.
 */
export function* buildWhole(bytes: Uint8Array, options: TruststoreOptions): Steps<TruststoreView | TruststoreSourceError> {
  try {
    const store = yield* building(bytes, options)
    yield* store.hashing()
    const damaged = store.findings.find((finding) => damage.has(finding.code))
    const problem =
      damaged === undefined ? ((yield* brokenForeignBlock(bytes, store.findings)) ?? cutBoundary(bytes)) : describe(damaged)
    if (problem === undefined) return store
    return new TruststoreSourceError('invalid', `the truststore is damaged: ${problem}`, { findings: store.findings })
  } catch (error) {
    if (error instanceof TruststoreError)
      return new TruststoreSourceError('invalid', error.message, { findings: error.findings, cause: error })
    // A custom signature backend may throw anything. That is not the fault of the bytes.
    throw new TruststoreSourceError('invalid', error instanceof Error ? error.message : thrownText(error), { cause: error })
  }
}

function describe(finding: Finding): string {
  const { code, message, line, index } = inFull(finding)
  const place = line !== undefined ? ` (line ${line})` : index !== undefined ? ` (certificate ${index})` : ''
  return `${code}: ${message}${place}`
}

/**
 * Returns a problem if a block of another kind is broken. It may be a certificate with a damaged BEGIN line, which the PEM
 * reader skips as a block of another kind.
 */
function* brokenForeignBlock(bytes: Uint8Array, findings: readonly Finding[]): Steps<string | undefined> {
  if (!findings.some(({ code }) => code === 'non_certificate_block' || code === 'private_key_in_bundle')) return undefined
  for (const { content } of yield* pemSteps(bytes)) if (!(content instanceof Uint8Array)) return content.detail
  return undefined
}

/** Returns a problem if the text ends within a BEGIN line, which the PEM reader takes for a comment. */
function cutBoundary(bytes: Uint8Array): string | undefined {
  const start = bytes.lastIndexOf(0x0a) + 1
  const lastLine = latin1Of(new Span(bytes, start, Math.min(bytes.length, start + 100))).trim()
  const isWhole = /^-----BEGIN .*-----$/.test(lastLine)
  const isCut = lastLine !== '' && ('-----BEGIN '.startsWith(lastLine) || lastLine.startsWith('-----BEGIN '))
  return isCut && !isWhole ? `it ends within a BEGIN line, at ${JSON.stringify(lastLine)}` : undefined
}

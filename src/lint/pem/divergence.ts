import { encodeBase64 } from '../../bytes/encoding.ts'
import { isCertificateLabel, looksLikeDer, scanPem } from '../../bytes/pem.ts'
import type { TruststoreInput } from '../../truststore/read-bundle.ts'
import { type OpenSslBlock, readAsOpenSsl } from './openssl-reader.ts'

/** Finds bundles from which OpenSSL reads other certificates than `buildTruststore`. */

/** The problem in words, and its line. */
export interface PemDivergence {
  readonly problem: string
  readonly line: number
}

/**
 * The first part of a bundle that both read differently, in words, with the first line where they differ; `undefined` if they read
 * the same certificates from every part.
 */
export function pemDivergence(input: TruststoreInput): PemDivergence | undefined {
  const parts: readonly (string | Uint8Array)[] = typeof input === 'string' || input instanceof Uint8Array ? [input] : input
  for (const part of parts) {
    const found = typeof part !== 'string' && looksLikeDer(part) ? undefined : divergenceOf(bytesOf(part))
    if (found !== undefined) return found
  }
  return undefined
}

function divergenceOf(text: Uint8Array): PemDivergence | undefined {
  const ours = scanPem(text).flatMap(({ label, line, content }): OpenSslBlock[] =>
    isCertificateLabel(label) && content instanceof Uint8Array ? [{ base64: encodeBase64(content), line }] : [],
  )
  const { certificates: theirs, fault, ignoredLine, nulLine } = readAsOpenSsl(text)
  if (fault !== undefined) {
    // A text without a certificate has its own finding.
    if (ours.length + theirs.length === 0) return undefined
    const before = theirs.length > 0 ? `, or only ${countOf(theirs.length)} before it` : ''
    const counts = `it loads none of the file${before}; portcullis reads ${ours.length}`
    return { problem: `OpenSSL stops with an error on line ${fault.line}: ${fault.problem}; ${counts}`, line: fault.line }
  }
  if (nulLine !== undefined) {
    const counts = `${countOf(theirs.length)} before it; portcullis reads ${ours.length}`
    return { problem: `OpenSSL takes the NUL on line ${nulLine} for the end of the file: it reads ${counts}`, line: nulLine }
  }
  const line = firstDifference(ours, theirs, ignoredLine)
  if (line === undefined) return undefined
  const reason = line === ignoredLine ? `OpenSSL takes line ${line} for no BEGIN or END line` : `they differ from line ${line}`
  return { problem: `OpenSSL reads ${countOf(theirs.length)}, portcullis ${ours.length}: ${reason}`, line }
}

function countOf(count: number): string {
  return `${count} certificate${count === 1 ? '' : 's'}`
}

/** The line of the first certificate that only one of both reads, or the line before it that OpenSSL ignores. */
function firstDifference(
  ours: readonly OpenSslBlock[],
  theirs: readonly OpenSslBlock[],
  ignoredLine: number | undefined,
): number | undefined {
  const single = [...withoutPartner(ours, theirs), ...withoutPartner(theirs, ours)].map(({ line }) => line)
  if (single.length === 0) return undefined
  const line = single.reduce((least, each) => Math.min(least, each))
  return ignoredLine === undefined || ignoredLine > line ? line : ignoredLine
}

/** The blocks that the other reader does not read as often. */
function withoutPartner(blocks: readonly OpenSslBlock[], others: readonly OpenSslBlock[]): readonly OpenSslBlock[] {
  const counts = new Map<string, number>()
  for (const { base64 } of others) counts.set(base64, (counts.get(base64) ?? 0) + 1)
  return blocks.filter(({ base64 }) => {
    const left = counts.get(base64) ?? 0
    counts.set(base64, left - 1)
    return left <= 0
  })
}

/** A text as a file would have it. The value of characters outside ASCII does not matter, because neither reader knows any. */
function bytesOf(part: string | Uint8Array): Uint8Array {
  if (typeof part !== 'string') return part
  const text = part.startsWith('\uFEFF') ? part.slice(1) : part
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = Math.min(text.charCodeAt(i), 0x80)
  return bytes
}

import { latin1Of } from '../../bytes/encoding.ts'
import { bytesOfPemText, encodePem, looksLikeDer } from '../../bytes/pem.ts'
import { Span } from '../../bytes/span.ts'
import type { BundleContents, BundledCertificate, TruststoreInput } from '../../truststore/read-bundle.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { isTrustAnchor, TrustGraph, type TrustNode } from '../../truststore/trust-graph.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type PemDivergence, pemDivergence } from '../pem/divergence.ts'

/** The bundle as platform rules see it, including the style of its PEM text. */

/** A bundle as you would upload it to a platform. */
export interface PlatformBundle {
  /** Every readable certificate, including copies and certificates that the policy leaves out. */
  readonly entries: readonly PlatformEntry[]
  /** Bytes of the PEM file. */
  readonly size: number
  /** Undefined for a built truststore, which does not keep its text. */
  readonly text: PemStyle | undefined
  /** Whether some of it is DER. */
  readonly hasDer: boolean
  /** Where OpenSSL reads other certificates from it; see `lint/pem/divergence.ts`. */
  readonly divergence: PemDivergence | undefined
}

export interface PlatformEntry {
  readonly certificate: CertificateView
  readonly index: number
  readonly line: number | undefined
  /** Undefined for a certificate that the truststore left out. */
  readonly node: TrustNode | undefined
  readonly isRoot: boolean
  /** Number of CA certificates from here up to the nearest root, both included; undefined if it reaches none. */
  readonly depth: number | undefined
  /** Intermediates with its subject and key in bundle order, including itself; empty for a root. */
  readonly sameSubjectAndKey: readonly PlatformEntry[]
}

/** A bundle as given, and its parsed contents. */
export interface BundleSource {
  readonly input: TruststoreInput
  readonly contents: BundleContents
}

/** For platforms only roots are anchors, whatever `Policy.trust` is. */
const rootsOnly = { trust: 'roots' } as const

/**
 * Collects what the platform rules check. A built truststore has only its usable certificates: no text and no copies. Its size is
 * that of these certificates as PEM.
 */
export function platformBundle(store: TruststoreView, source?: BundleSource): PlatformBundle {
  const graph = new TrustGraph(store.nodes, rootsOnly)
  const groups = new Map<string, PlatformEntry[]>()
  const entryOf = ({ certificate, index, line }: BundledCertificate): PlatformEntry => {
    const node = store.nodeOf(certificate)
    const isRoot = node === undefined ? certificate.isSelfIssued : isTrustAnchor(node, rootsOnly)
    const key = `${certificate.subjectKey} ${certificate.subjectPublicKeyInfo.join(' ')}`
    const sameSubjectAndKey = (isRoot ? undefined : groups.get(key)) ?? []
    const entry = { certificate, index, line, node, isRoot, depth: node && graph.depthOf(node), sameSubjectAndKey }
    if (!isRoot) groups.set(key, sameSubjectAndKey)
    if (!isRoot) sameSubjectAndKey.push(entry)
    return entry
  }
  if (source === undefined) {
    const size = sum(store.nodes.map(({ certificate }) => pemSize(certificate.bytes)))
    return { entries: store.nodes.map(entryOf), size, text: undefined, hasDer: false, divergence: undefined }
  }
  const parts = partsOf(source.input)
  return {
    entries: source.contents.certificates.map(entryOf),
    size: sum(parts.map(sizeOf)),
    text: textOf(source.input),
    hasDer: parts.some(isDer),
    divergence: pemDivergence(source.input),
  }
}

/** The style of a bundle's PEM text. If there are several texts, of all of them, each with its own line numbers. */
export function textOf(input: TruststoreInput): PemStyle {
  const texts = partsOf(input).filter((part) => !isDer(part))
  const styles = texts.map((text) => pemStyle(typeof text === 'string' ? bytesOfPemText(text) : text))
  return {
    blank: styles.flatMap(({ blank }) => blank),
    dashedComments: styles.flatMap(({ dashedComments }) => dashedComments),
    text: styles.flatMap(({ text }) => text),
  }
}

type Part = string | Uint8Array

function partsOf(input: TruststoreInput): readonly Part[] {
  return typeof input === 'string' || input instanceof Uint8Array ? [input] : input
}

function isDer(part: Part): boolean {
  return typeof part !== 'string' && looksLikeDer(part)
}

/** Size of a part in bytes, as PEM. */
function sizeOf(part: Part): number {
  if (typeof part === 'string') return utf8Size(part)
  return isDer(part) ? pemSize(part) : part.length
}

/** Size of a text in bytes, as UTF-8. */
function utf8Size(text: string): number {
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // A surrogate pair takes four bytes, two for each half.
    size += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return size
}

function pemSize(der: Uint8Array): number {
  return encodePem('CERTIFICATE', der).length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** Numbers of the lines in a PEM text that some platforms reject, counted from 1. */
export interface PemStyle {
  readonly blank: readonly number[]
  /** Comments with a `-`, which a strict parser may take for the start of a block. */
  readonly dashedComments: readonly number[]
  /** Text that is neither in a block nor a comment. */
  readonly text: readonly number[]
}

const newline = 0x0a
const dash = 0x2d
const hash = 0x23

/** Finds such lines. Within blocks it only looks for blank lines. */
export function pemStyle(bytes: Uint8Array): PemStyle {
  const style = { blank: [] as number[], dashedComments: [] as number[], text: [] as number[] }
  let inside = false
  let line = 1
  // A parser that does not know the byte order mark reads it as text.
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  if (mark > 0) style.text.push(line)
  for (let start = mark; start < bytes.length; line++) {
    let end = bytes.indexOf(newline, start)
    if (end < 0) end = bytes.length
    const first = firstVisible(new Span(bytes, start, end))
    if (first === end) style.blank.push(line)
    else if (bytes[first] === dash) {
      // As in the PEM scanner, five dashes begin or end a block. One line may have both.
      const marks = latin1Of(new Span(bytes, first, Math.min(end, first + 200))).match(/-----(BEGIN|END) [^-]*-----/g)
      if (marks !== null) inside = marks[marks.length - 1]!.startsWith('-----BEGIN')
      else if (!inside) style.text.push(line)
    } else if (!inside) {
      if (bytes[first] !== hash) style.text.push(line)
      else if (bytes.subarray(first, end).includes(dash)) style.dashedComments.push(line)
    }
    start = end + 1
  }
  return style
}

/** Offset of the first visible character of a line, or the end of a blank line. */
function firstVisible({ bytes, start, end }: Span): number {
  let i = start
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09 || bytes[i] === 0x0d)) i++
  return i
}

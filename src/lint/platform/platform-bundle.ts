import { latin1Of } from '../../bytes/encoding.ts'
import { looksLikeDer } from '../../bytes/input.ts'
import { bytesOfPemText, encodePem } from '../../bytes/pem.ts'
import { Span } from '../../bytes/span.ts'
import type { BundleContents, BundledCertificate, TruststoreInput } from '../../truststore/read-bundle.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { isTrustAnchor, TrustGraph, type TrustNode } from '../../truststore/trust-graph.ts'
import type { CertificateView } from '../../x509/certificate.ts'

/** A bundle as a platform would get it. */
export interface PlatformBundle {
  /** Every certificate that can be read, copies and those that the policy leaves out included. */
  readonly entries: readonly PlatformEntry[]
  /** Bytes of the PEM file. */
  readonly size: number
  /** Absent for a truststore that is built: its text is gone. */
  readonly text: PemStyle | undefined
  /** Whether some of it is DER. */
  readonly hasDer: boolean
}

export interface PlatformEntry {
  readonly certificate: CertificateView
  readonly index: number
  readonly line: number | undefined
  /** Absent for a certificate that the truststore left out. */
  readonly node: TrustNode | undefined
  readonly isRoot: boolean
  /** CA certificates from here up to the nearest root, both included; absent where no root is reached. */
  readonly depth: number | undefined
  /** The intermediates of its subject and key in bundle order, itself included; empty for a root. */
  readonly alike: readonly PlatformEntry[]
}

/** A bundle that was read: the text that was given, and what it holds. */
export interface BundleSource {
  readonly input: TruststoreInput
  readonly contents: BundleContents
}

/** Platforms accept clients below roots only, whatever `Policy.trust` is. */
const acceptingRoots = { trust: 'roots' } as const

/**
 * Puts together what the platform rules look at. Of a truststore that was built already, the certificates that it kept
 * are left: no text, no copies; its size is that of its certificates in PEM.
 */
export function platformBundle(store: TruststoreView, source?: BundleSource): PlatformBundle {
  const graph = new TrustGraph(store.nodes, acceptingRoots)
  const groups = new Map<string, PlatformEntry[]>()
  const entryOf = ({ certificate, index, line }: BundledCertificate): PlatformEntry => {
    const node = store.nodeOf(certificate)
    const isRoot = node === undefined ? certificate.isSelfIssued : isTrustAnchor(node, acceptingRoots)
    const key = `${certificate.subjectKey} ${certificate.subjectPublicKeyInfo.join(' ')}`
    const alike = (isRoot ? undefined : groups.get(key)) ?? []
    const entry = { certificate, index, line, node, isRoot, depth: node && graph.depthOf(node), alike }
    if (!isRoot) groups.set(key, alike)
    if (!isRoot) alike.push(entry)
    return entry
  }
  if (source === undefined) {
    const size = sum(store.nodes.map(({ certificate }) => pemSize(certificate.bytes)))
    return { entries: store.nodes.map(entryOf), size, text: undefined, hasDer: false }
  }
  const parts = partsOf(source.input)
  return {
    entries: source.contents.certificates.map(entryOf),
    size: sum(parts.map(sizeOf)),
    text: textOf(source.input),
    hasDer: parts.some(isDer),
  }
}

/** The style of a bundle's PEM text; where it has several texts, of all of them, each with its own lines. */
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

/** Bytes of a part in a PEM file. */
function sizeOf(part: Part): number {
  if (typeof part === 'string') return utf8Size(part)
  return isDer(part) ? pemSize(part) : part.length
}

/** Bytes of a text in UTF-8. */
function utf8Size(text: string): number {
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Each half of a surrogate pair stands for two of its four bytes.
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

/** Lines of a PEM text that some platforms refuse, each kind by its line numbers, counted from 1. */
export interface PemStyle {
  readonly blank: readonly number[]
  /** Comments with a `-`, which a strict reader may take for the start of a block. */
  readonly dashedComments: readonly number[]
  /** Text that is neither in a block nor a comment. */
  readonly text: readonly number[]
}

const newline = 0x0a
const dash = 0x2d
const hash = 0x23

/** Looks at every line once; lines within blocks only for being blank. */
export function pemStyle(bytes: Uint8Array): PemStyle {
  const style = { blank: [] as number[], dashedComments: [] as number[], text: [] as number[] }
  let inside = false
  let line = 1
  // A byte order mark is text too, to whoever does not know it.
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  if (mark > 0) style.text.push(line)
  for (let start = mark; start < bytes.length; line++) {
    let end = bytes.indexOf(newline, start)
    if (end < 0) end = bytes.length
    const first = firstVisible(new Span(bytes, start, end))
    if (first === end) style.blank.push(line)
    else if (bytes[first] === dash) {
      // Only five dashes begin or end a block, as the PEM scanner has it; both may stand on one line.
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

/** Offset of the first character of a line that shows; its end where it is blank. */
function firstVisible({ bytes, start, end }: Span): number {
  let i = start
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09 || bytes[i] === 0x0d)) i++
  return i
}

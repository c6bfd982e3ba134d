import { looksLikeDer } from '../../bytes/input.ts'
import { bytesOfPemText, encodePem } from '../../bytes/pem.ts'
import type { TrustNode } from '../../truststore/node.ts'
import type { BundleContents, BundledCertificate, TruststoreInput } from '../../truststore/read-bundle.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { isTrustAnchor, TrustGraph } from '../../truststore/trust-graph.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type PemStyle, pemStyle } from './pem-style.ts'

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

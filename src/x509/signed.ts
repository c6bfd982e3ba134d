import { hexOf, hexOfRange } from '../bytes/hex.ts'
import { type AlgorithmFault, readSignatureAlgorithm, type SignatureAlgorithm } from '../crypto/algorithm.ts'
import type { VerifyingKey } from '../crypto/backend.ts'
import { digest } from '../crypto/digest.ts'
import { readOid } from '../der/oid.ts'
import { readBitStringBytes } from '../der/primitives.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readAny } from '../der/walk.ts'
import { ExtensionList } from './extension-list.ts'
import { canonicalName, readName } from './name.ts'
import { equalAtSight } from './name-difference.ts'
import { type NameFormat, nameForMessage, nameText } from './name-text.ts'

/** The subject of a certificate: its range, and as a text that is equal for equal names. */
export interface Subject {
  readonly bytes: Uint8Array
  readonly subjectStart: number
  readonly subjectEnd: number
  readonly subjectKey: string
}

/**
 * What certificates and revocation lists have in common (RFC 5280 4.1, 5.1): a signed part that names its issuer and the
 * algorithm, the algorithm again, and the signature. A view over bytes; offsets are filled in by a parser.
 */
export class SignedView {
  /** The whole DER, and nothing else: bytes of the library's own, of which callers are given copies. */
  readonly bytes: Uint8Array
  tbsStart = 0
  tbsEnd = 0
  /** The AlgorithmIdentifier inside the signed part, and the one outside that verification uses. */
  tbsAlgorithmStart = 0
  tbsAlgorithmEnd = 0
  algorithmStart = 0
  algorithmEnd = 0
  issuerStart = 0
  issuerEnd = 0
  signatureStart = 0
  signatureEnd = 0
  authorityKeyIdStart = 0
  authorityKeyIdEnd = 0
  readonly extensions: ExtensionList = new ExtensionList()
  #cachedAlgorithm: SignatureAlgorithm | AlgorithmFault | undefined = undefined
  #cachedIssuerKey: string | undefined = undefined
  #cachedFingerprint: string | undefined = undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get raw(): Uint8Array {
    return this.part(0, this.bytes.length)
  }

  get tbs(): Uint8Array {
    return this.part(this.tbsStart, this.tbsEnd)
  }

  get signature(): Uint8Array {
    return this.part(this.signatureStart, this.signatureEnd)
  }

  get algorithmIdentifier(): Uint8Array {
    return this.part(this.algorithmStart, this.algorithmEnd)
  }

  /** A copy, which the caller may change. */
  protected part(start: number, end: number): Uint8Array {
    return new Uint8Array(this.bytes.subarray(start, end))
  }

  /** Whether the key made the signature. A backend is trusted, so it is given the bytes themselves: a list has up to 64 MB. */
  isSignedBy(key: VerifyingKey): boolean {
    const { bytes } = this
    return key.verify(
      bytes.subarray(this.algorithmStart, this.algorithmEnd),
      bytes.subarray(this.tbsStart, this.tbsEnd),
      bytes.subarray(this.signatureStart, this.signatureEnd),
    )
  }

  get parsedAlgorithm(): SignatureAlgorithm | AlgorithmFault {
    this.#cachedAlgorithm ??= readSignatureAlgorithm(this.bytes, this.algorithmStart, this.algorithmEnd)
    return this.#cachedAlgorithm
  }

  get issuer(): string {
    return this.formatIssuer('rfc4514')
  }

  formatIssuer(format: NameFormat): string {
    return nameText(this.bytes, this.issuerStart, this.issuerEnd, format)
  }

  /** The issuer as messages name it: bounded, whatever was written. */
  get issuerForMessage(): string {
    return nameForMessage(this.bytes, this.issuerStart, this.issuerEnd)
  }

  /** The issuer as a text that is equal for equal names (RFC 5280 7.1); made once, since searches ask often. */
  get issuerKey(): string {
    this.#cachedIssuerKey ??= canonicalName(this.bytes, this.issuerStart, this.issuerEnd)
    return this.#cachedIssuerKey
  }

  /** Whether the issuer is this subject, by name: by bytes, and only where those differ by folding. */
  issuerIs(other: Subject): boolean {
    const { bytes, issuerStart, issuerEnd } = this
    return (
      equalAtSight(bytes, issuerStart, issuerEnd, other.bytes, other.subjectStart, other.subjectEnd) ??
      this.issuerKey === other.subjectKey
    )
  }

  get authorityKeyId(): string | undefined {
    return this.authorityKeyIdStart === 0 ? undefined : hexOfRange(this.bytes, this.authorityKeyIdStart, this.authorityKeyIdEnd)
  }

  get fingerprint(): string {
    this.#cachedFingerprint ??= hexOf(digest('sha256', this.bytes)!)
    return this.#cachedFingerprint
  }
}

/** Reads the frame of a signed structure that fills the reader; `readContent` reads what is inside the signed part. */
export function readSigned<View extends SignedView>(
  reader: Reader,
  view: View,
  what: string,
  part: string,
  readContent: (reader: Reader, view: View) => void,
): void {
  const outer = reader.enter(Tag.sequence, what)
  const tbs = reader.enter(Tag.sequence, part)
  view.tbsStart = reader.header
  view.tbsEnd = reader.end
  readContent(reader, view)
  reader.leave(tbs, part)
  readAlgorithmIdentifier(reader, `${what}.signatureAlgorithm`)
  view.algorithmStart = reader.header
  view.algorithmEnd = reader.end
  readBitStringBytes(reader, `${what}.signatureValue`)
  view.signatureStart = reader.start
  view.signatureEnd = reader.end
  reader.leave(outer, what)
  const left = view.bytes.length - reader.position
  if (reader.fault === undefined && left > 0)
    reader.fail('trailing_bytes', reader.position, what, `${left} bytes follow the ${what}`)
}

/** Reads the algorithm and the issuer, which stand side by side in both structures. */
export function readAlgorithmAndIssuer(reader: Reader, view: SignedView): void {
  readAlgorithmIdentifier(reader, 'signature')
  view.tbsAlgorithmStart = reader.header
  view.tbsAlgorithmEnd = reader.end
  readName(reader, 'issuer')
  view.issuerStart = reader.header
  view.issuerEnd = reader.end
}

/** An OID and at most one element, whose meaning is judged where the algorithm is used. The range is left in the reader. */
export function readAlgorithmIdentifier(reader: Reader, what: string): void {
  const outer = reader.enter(Tag.sequence, what)
  const { header, end } = reader
  readOid(reader, what)
  if (!reader.atEnd()) readAny(reader, what)
  reader.leave(outer, what)
  if (reader.fault !== undefined) return
  reader.header = header
  reader.end = end
}

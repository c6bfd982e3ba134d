import { hexOf } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import type { Deviation } from '../codes/deviation.ts'
import { type AlgorithmFault, readSignatureAlgorithm, type SignatureAlgorithm } from '../crypto/algorithm.ts'
import { digest } from '../crypto/digest.ts'
import type { VerifyingKey } from '../crypto/signatures.ts'
import { readAny } from '../der/content.ts'
import { readOid } from '../der/oid.ts'
import { readBitStringBytes } from '../der/primitives.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { ExtensionList } from './extension-list.ts'
import * as Part from './ids/part.ts'
import { canonicalName, equalWithoutFolding, readName } from './name.ts'
import { type NameFormat, nameForMessage, nameText } from './name-text.ts'

/** The subject of a certificate, as bytes and as canonical text. */
export interface Subject {
  readonly subjectName: Span
  readonly subjectKey: string
}

const none: readonly Deviation[] = /* @__PURE__ */ Object.freeze([])

/** Deviations that the parser found, by view. Nearly all views have none, and a truststore may have many. */
const found = /* @__PURE__ */ new WeakMap<SignedView, readonly Deviation[]>()

/**
 * The common parts of certificates and CRLs (RFC 5280 4.1, 5.1): the signed part with the issuer and the algorithm, the
 * algorithm again, and the signature. A parser sets the offsets of the parts. They are stored as numbers and become spans when
 * they are read, because a truststore may have a hundred thousand views.
 */
export class SignedView {
  /** The whole DER. The view owns these bytes; callers only get copies. */
  readonly bytes: Uint8Array
  /** Start and end of each part, or 0 and 0 if it is absent. */
  readonly #offsets: number[] = new Array<number>(2 * Part.count).fill(0)
  readonly extensions: ExtensionList
  #cachedAlgorithmsDiffer: boolean | undefined
  #cachedAlgorithm: SignatureAlgorithm | AlgorithmFault | undefined
  #cachedIssuerKey: string | undefined
  #cachedFingerprint: string | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.extensions = new ExtensionList(bytes)
  }

  /** Sets the offsets of a part. */
  locate(part: number, { start, end }: Span): void {
    this.#offsets[2 * part] = start
    this.#offsets[2 * part + 1] = end
  }

  /** A mandatory part. */
  protected part(part: number): Span {
    return new Span(this.bytes, this.#offsets[2 * part]!, this.#offsets[2 * part + 1]!)
  }

  /** An optional part. */
  protected partIfAny(part: number): Span | undefined {
    return this.#offsets[2 * part] === 0 ? undefined : this.part(part)
  }

  /** The signed part. */
  get tbsPart(): Span {
    return this.part(Part.tbs)
  }

  /** The AlgorithmIdentifier inside the signed part. */
  get tbsAlgorithm(): Span {
    return this.part(Part.tbsAlgorithm)
  }

  /** The AlgorithmIdentifier outside the signed part, which verification uses. */
  get algorithm(): Span {
    return this.part(Part.algorithm)
  }

  get issuerName(): Span {
    return this.part(Part.issuer)
  }

  /** The bytes of the signature, without the unused-bits octet of the BIT STRING. */
  get signatureValue(): Span {
    return this.part(Part.signatureValue)
  }

  /** The keyIdentifier field of the extension. */
  get authorityKeyIdentifier(): Span | undefined {
    return this.partIfAny(Part.authorityKeyIdentifier)
  }

  get raw(): Uint8Array {
    return new Uint8Array(this.bytes)
  }

  get tbs(): Uint8Array {
    return this.tbsPart.copy()
  }

  get signature(): Uint8Array {
    return this.signatureValue.copy()
  }

  get algorithmIdentifier(): Uint8Array {
    return this.algorithm.copy()
  }

  /** Whether the key made the signature. Passes the bytes without copying: backends are trusted, and lists have up to 64 MB. */
  isSignedBy(key: VerifyingKey): boolean {
    return key.verify(this.algorithm.view(), this.tbsPart.view(), this.signatureValue.view())
  }

  /** RFC 5280 4.1.1.2: the AlgorithmIdentifiers inside and outside the signed part must be the same bytes. */
  get algorithmsDiffer(): boolean {
    this.#cachedAlgorithmsDiffer ??= !this.tbsAlgorithm.equals(this.algorithm)
    return this.#cachedAlgorithmsDiffer
  }

  /** Whether the AlgorithmIdentifier ends with NULL parameters. */
  get algorithmHasNull(): boolean {
    const { algorithm } = this
    return algorithm.at(algorithm.length - 2) === Tag.null && algorithm.at(algorithm.length - 1) === 0
  }

  /** What the parser found. {@link deviations} adds what shows only in the algorithm and the key. */
  get readDeviations(): readonly Deviation[] {
    return found.get(this) ?? none
  }

  /** In order of their offsets. */
  get deviations(): readonly Deviation[] {
    const { parsedAlgorithm, algorithmHasNull, tbsAlgorithm, readDeviations } = this
    if (typeof parsedAlgorithm === 'string' || parsedAlgorithm.scheme !== 'ecdsa' || !algorithmHasNull) return readDeviations
    return inOrder([...readDeviations, { code: 'ecdsa_null_parameters', offset: tbsAlgorithm.end - 2 }])
  }

  get parsedAlgorithm(): SignatureAlgorithm | AlgorithmFault {
    this.#cachedAlgorithm ??= readSignatureAlgorithm(this.algorithm)
    return this.#cachedAlgorithm
  }

  get issuer(): string {
    return this.formatIssuer('rfc4514')
  }

  formatIssuer(format: NameFormat): string {
    return nameText(this.issuerName, format)
  }

  /** The issuer for a message: bounded in length. */
  get issuerForMessage(): string {
    return nameForMessage(this.issuerName)
  }

  /** The canonical text of the issuer: equal names (RFC 5280 7.1) have equal texts. Cached, because path building needs it. */
  get issuerKey(): string {
    this.#cachedIssuerKey ??= canonicalName(this.issuerName)
    return this.#cachedIssuerKey
  }

  /** Whether the issuer is the name of `other` (RFC 5280 7.1). Names are folded only if their bytes do not settle it. */
  hasIssuerName(other: Subject): boolean {
    return equalWithoutFolding(this.issuerName, other.subjectName) ?? this.issuerKey === other.subjectKey
  }

  get authorityKeyId(): string | undefined {
    const { authorityKeyIdentifier } = this
    return authorityKeyIdentifier && hexOf(authorityKeyIdentifier)
  }

  get fingerprint(): string {
    this.#cachedFingerprint ??= hexOf(digest('sha256', this.bytes))
    return this.#cachedFingerprint
  }
}

/** Sorts deviations. Frozen, because a truststore's verdicts share the views of returning clients. */
export function inOrder(deviations: readonly Deviation[]): readonly Deviation[] {
  return Object.freeze([...deviations].sort((a, b) => a.offset - b.offset).map((deviation) => Object.freeze(deviation)))
}

/** Reads a signed structure, which must fill the reader. `readContent` reads the content of the signed part. */
export function readSigned<View extends SignedView>(
  reader: Reader,
  view: View,
  element: string,
  part: string,
  readContent: (reader: Reader, view: View) => void,
): void {
  const outer = reader.enter(Tag.sequence, element)
  const tbs = reader.enter(Tag.sequence, part)
  view.locate(Part.tbs, reader.element())
  readContent(reader, view)
  reader.leave(tbs, part)
  readAlgorithmIdentifier(reader, `${element}.signatureAlgorithm`)
  view.locate(Part.algorithm, reader.element())
  readBitStringBytes(reader, `${element}.signatureValue`)
  view.locate(Part.signatureValue, reader.content())
  reader.leave(outer, element)
  if (reader.deviations !== undefined) found.set(view, inOrder(reader.deviations))
  const left = view.bytes.length - reader.position
  if (reader.fault === undefined && left > 0)
    reader.fail('trailing_bytes', reader.position, element, `${left} bytes follow the ${element}`)
}

/** Reads the algorithm and the issuer, which are adjacent in both structures. */
export function readAlgorithmAndIssuer(reader: Reader, view: SignedView): void {
  readAlgorithmIdentifier(reader, 'signature')
  view.locate(Part.tbsAlgorithm, reader.element())
  readName(reader, 'issuer')
  view.locate(Part.issuer, reader.element())
}

/**
 * Reads an AlgorithmIdentifier: an OID and at most one element. It becomes the reader's last element. Its meaning is checked
 * where the algorithm is used.
 */
export function readAlgorithmIdentifier(reader: Reader, element: string): void {
  const outer = reader.enter(Tag.sequence, element)
  const { header, end } = reader
  readOid(reader, element)
  if (!reader.atEnd()) readAny(reader, element)
  reader.leave(outer, element)
  if (reader.fault !== undefined) return
  reader.header = header
  reader.end = end
}

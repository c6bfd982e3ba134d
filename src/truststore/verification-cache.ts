import { bytesEqual } from '../bytes/span.ts'
import type { ParseResult } from '../codes/parse.ts'
import { TableBudget } from '../crypto/curve/point-key.ts'
import type { SignatureBackend, VerifyingKey } from '../crypto/signatures.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy, parseCertificateDer } from '../x509/parse-certificate.ts'

/** What is remembered of a certificate. */
interface Entry {
  readonly der: Uint8Array
}

/**
 * A memory by certificate, of bounded bytes, in two generations: when the young one is full it becomes the old one, and what
 * was not asked for in the meantime is forgotten. Certificates are compared byte for byte; the hash only finds them.
 */
export class TwoGenerationCache<Remembered extends Entry> {
  young: Map<number, Remembered> = new Map()
  old: Map<number, Remembered> = new Map()
  youngBytes = 0
  readonly #limit: number
  readonly #costOf: (entry: Remembered) => number

  /**
   * @param limit bytes that one generation holds
   * @param costOf bytes of an entry, which must stay what they are
   */
  constructor(limit: number, costOf: (entry: Remembered) => number) {
    this.#limit = limit
    this.#costOf = costOf
  }

  find(der: Uint8Array): Remembered | undefined {
    const slot = slotOf(der)
    const young = this.young.get(slot)
    if (young !== undefined && isOf(young, der)) return young
    const old = this.old.get(slot)
    if (old === undefined || !isOf(old, der)) return undefined
    this.put(old)
    return old
  }

  put(entry: Remembered): void {
    const slot = slotOf(entry.der)
    const bytes = this.#costOf(entry)
    // What gives way to it counts no more, or two certificates of one slot could fill a generation by turns.
    const displaced = this.young.get(slot)
    if (displaced !== undefined) this.youngBytes -= this.#costOf(displaced)
    if (this.youngBytes + bytes > this.#limit) {
      this.old = this.young
      this.young = new Map()
      this.youngBytes = 0
    }
    this.youngBytes += bytes
    this.young.set(slot, entry)
  }
}

/** At once where they are the very bytes that are remembered. */
function isOf(entry: Entry, der: Uint8Array): boolean {
  return entry.der === der || bytesEqual(entry.der, der)
}

/** The last four bytes of a certificate are those of its signature. */
export function slotOf(der: Uint8Array): number {
  const end = der.length
  return der[end - 1]! | (der[end - 2]! << 8) | (der[end - 3]! << 16) | (der[end - 4]! << 24)
}

interface Signed {
  readonly der: Uint8Array
  readonly key: VerifyingKey
}

interface Read {
  readonly der: Uint8Array
  /** A view of `der`. */
  readonly parsed: ParseResult<CertificateView>
}

/** Bytes that one generation holds of certificates and of their views; there are two of each. */
const signatureBytes = 2 * 1024 * 1024
const viewBytes = 4 * 1024 * 1024

/** What an entry costs beyond its bytes and its view, as measured, rounded up: objects, and their places in the map. */
const entryOverhead = 300

/**
 * Remembers which certificates a CA's key has signed, and how they are read, so that a client that comes back costs neither
 * a signature check nor a parse. It remembers nothing else: dates, constraints, policy and revocation are judged anew at
 * every call, and a truststore starts with an empty memo.
 *
 * Strangers cannot get in, since only genuine signatures by keys of CAs are remembered, and clients cannot choose whom they
 * displace: they are found by bytes of the signature, which the CA has made. Views are many times as large as signatures
 * and save less, so that they give way by themselves.
 *
 * Entries share the bytes of views, which are copies of the input: later writes to a caller's buffer change nothing here, nor in
 * a verdict's certificates.
 */
export class SignatureMemo {
  readonly signatures: TwoGenerationCache<Signed> = new TwoGenerationCache<Signed>(
    signatureBytes,
    ({ der }) => entryOverhead + der.length,
  )
  readonly views: TwoGenerationCache<Read> = new TwoGenerationCache<Read>(viewBytes, costOfView)

  /**
   * How a remembered certificate of exactly these bytes is read; whose key has signed it is for {@link has} to tell. A view
   * is made when the client first comes back, since many never do.
   */
  recall(der: Uint8Array): ParseResult<CertificateView> | undefined {
    const known = this.views.find(der)
    if (known !== undefined) return known.parsed
    const signed = this.signatures.find(der)
    if (signed === undefined) return undefined
    const parsed = parseCertificateDer(signed.der)
    if (parsed.ok) parsed.value.extensions.trim()
    this.views.put({ der: signed.der, parsed })
    return parsed
  }

  /** Whether the key is known to have signed exactly these bytes. */
  has(child: CertificateView, key: VerifyingKey): boolean {
    return this.signatures.find(child.bytes)?.key === key
  }

  /** Remembers that the key signed these bytes, which are kept. */
  add(child: CertificateView, key: VerifyingKey): void {
    this.signatures.put({ der: child.bytes, key })
  }
}

function costOfView({ der, parsed }: Read): number {
  return entryOverhead + der.length + (parsed.ok ? parsed.value.heapBytes : 0)
}

/** Presented CAs whose keys are kept. */
const presentedKeyLimit = 64

interface PresentedKey {
  readonly der: Uint8Array
  readonly key: VerifyingKey
}

/** Imports the keys that one truststore verifies with, shares memory among them, and remembers what they have signed. */
export class VerificationCache {
  readonly backend: SignatureBackend
  /** How often a signature was known already: for counters. */
  memoHits = 0
  readonly memo: SignatureMemo = new SignatureMemo()
  readonly #tables: TableBudget
  /** For untrusted keys. A peer can send any number of them, and a table would cost more than it saves. */
  readonly #noTables: TableBudget = new TableBudget(0)
  /** In order of use. */
  readonly presentedKeys: Map<number, PresentedKey> = new Map()

  constructor(backend: SignatureBackend, tableBytes: number) {
    this.backend = backend
    this.#tables = new TableBudget(tableBytes)
  }

  /** The key of a listed certificate, checked; `undefined` for one that the backend refuses. */
  importKey(certificate: CertificateView): VerifyingKey | undefined {
    return this.backend.importKey(certificate.subjectPublicKeyInfo, this.#tables)
  }

  /** The key of a presented certificate, which no accepted path has vouched for. */
  importUntrusted(certificate: CertificateView): VerifyingKey | undefined {
    return this.backend.importKey(certificate.subjectPublicKeyInfo, this.#noTables)
  }

  /** The key of a presented CA certificate, if it was remembered. */
  presentedKey(certificate: CertificateView): VerifyingKey | undefined {
    const slot = slotOf(certificate.bytes)
    const presented = this.presentedKeys.get(slot)
    if (presented === undefined || !bytesEqual(presented.der, certificate.bytes)) return undefined
    this.presentedKeys.delete(slot)
    this.presentedKeys.set(slot, presented)
    return presented.key
  }

  /**
   * Keeps the key of a presented CA that stood in an accepted path, so that tables and memo serve its other clients. It
   * keeps the key alone: whether the CA may issue is judged anew at every call.
   */
  remember(certificate: CertificateView): void {
    const slot = slotOf(certificate.bytes)
    if (this.presentedKeys.has(slot)) return
    const key = this.importKey(certificate)
    if (key === undefined) return
    if (this.presentedKeys.size >= presentedKeyLimit) this.presentedKeys.delete(this.presentedKeys.keys().next().value!)
    this.presentedKeys.set(slot, { der: certificate.bytes, key })
  }

  /**
   * Reads a peer's certificate, or returns the remembered view if a CA's key is known to have signed exactly these bytes. A view
   * never reads the caller's bytes.
   */
  parse(der: Uint8Array): ParseResult<CertificateView> {
    return this.memo.recall(der) ?? parseCertificateCopy(der)
  }

  /** Whether the key, a listed or remembered CA's, signed the certificate. */
  hasSigned(key: VerifyingKey, child: CertificateView): boolean {
    if (this.memo.has(child, key)) {
      this.memoHits++
      return true
    }
    const signed = child.isSignedBy(key)
    if (signed) this.memo.add(child, key)
    return signed
  }
}

import { bytesEqual } from '../bytes/span.ts'
import type { ParseResult } from '../codes/parse.ts'
import { TableBudget } from '../crypto/curve/point-key.ts'
import type { SignatureBackend, VerifyingKey } from '../crypto/signatures.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy, parseCertificateDer } from '../x509/parse-certificate.ts'

/** Caches of one truststore: imported keys, verified signatures and parsed certificates. */

/** A cache entry, keyed by a certificate's DER. */
interface CacheEntry {
  readonly der: Uint8Array
}

/**
 * A cache by certificate, bounded in bytes, with two generations. When the young generation is full, it replaces the old one, and
 * entries that were not used in the meantime are dropped. Hits are confirmed byte for byte; the slot only finds candidates.
 */
export class TwoGenerationCache<Cached extends CacheEntry> {
  young: Map<number, Cached> = new Map()
  old: Map<number, Cached> = new Map()
  youngBytes = 0
  readonly #limit: number
  readonly #costOf: (entry: Cached) => number

  /**
   * @param limit maximum bytes of one generation
   * @param costOf bytes of an entry; must always return the same for the same entry
   */
  constructor(limit: number, costOf: (entry: Cached) => number) {
    this.#limit = limit
    this.#costOf = costOf
  }

  find(der: Uint8Array): Cached | undefined {
    const slot = slotOf(der)
    const young = this.young.get(slot)
    if (young !== undefined && isOf(young, der)) return young
    const old = this.old.get(slot)
    if (old === undefined || !isOf(old, der)) return undefined
    this.put(old)
    return old
  }

  put(entry: Cached): void {
    const slot = slotOf(entry.der)
    const bytes = this.#costOf(entry)
    // Subtract the replaced entry, or two certificates in one slot could fill a generation by turns.
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

/** Whether the entry is for these bytes. Fast if they are the same array. */
function isOf(entry: CacheEntry, der: Uint8Array): boolean {
  return entry.der === der || bytesEqual(entry.der, der)
}

/** The slot of a certificate: the last four bytes, which belong to its signature. */
export function slotOf(der: Uint8Array): number {
  const end = der.length
  return der[end - 1]! | (der[end - 2]! << 8) | (der[end - 3]! << 16) | (der[end - 4]! << 24)
}

interface SignatureEntry {
  readonly der: Uint8Array
  readonly key: VerifyingKey
}

interface ViewEntry {
  readonly der: Uint8Array
  /** A view of `der`. */
  readonly parsed: ParseResult<CertificateView>
}

/** Maximum bytes of one generation, of signatures and of views. Each cache has two generations. */
const signatureBytes = 2 * 1024 * 1024
const viewBytes = 4 * 1024 * 1024

/** The measured cost of an entry beyond its bytes and its view, rounded up: objects and their map slots. */
const entryOverhead = 300

/**
 * Caches verified signatures of CA keys and parsed certificates, so that returning clients skip the signature check and the parse.
 * Nothing else is cached: dates, constraints, policy and revocation are checked on every call. A new truststore starts empty.
 *
 * Only valid signatures by CA keys are cached, so attackers cannot fill the cache. Clients cannot choose which entry they replace,
 * because slots are bytes of the signature, which the CA makes. Views are much larger than signatures and save less, so they have
 * their own limit.
 *
 * Entries share their bytes with views, which are copies of the input. Later writes to a caller's buffer change neither the cache
 * nor the certificates of a verdict.
 */
export class SignatureMemo {
  readonly signatures: TwoGenerationCache<SignatureEntry> = new TwoGenerationCache<SignatureEntry>(
    signatureBytes,
    ({ der }) => entryOverhead + der.length,
  )
  readonly views: TwoGenerationCache<ViewEntry> = new TwoGenerationCache<ViewEntry>(viewBytes, costOfView)

  /**
   * The cached parse result for exactly these bytes. {@link has} tells which key signed them. A view is made when a client first
   * returns, because many never do.
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

  /** Whether a cached result says that the key signed exactly these bytes. */
  has(child: CertificateView, key: VerifyingKey): boolean {
    return this.signatures.find(child.bytes)?.key === key
  }

  /** Caches that the key signed these bytes. Keeps a reference to them. */
  add(child: CertificateView, key: VerifyingKey): void {
    this.signatures.put({ der: child.bytes, key })
  }
}

function costOfView({ der, parsed }: ViewEntry): number {
  return entryOverhead + der.length + (parsed.ok ? parsed.value.heapBytes : 0)
}

/** Maximum number of presented CAs whose keys are cached. */
const presentedKeyLimit = 64

interface PresentedKey {
  readonly der: Uint8Array
  readonly key: VerifyingKey
}

/** Imports the keys of one truststore, shares the table budget among them, and caches the signatures that they verified. */
export class VerificationCache {
  readonly backend: SignatureBackend
  /** Number of cache hits for signatures, for counters. */
  memoHits = 0
  readonly memo: SignatureMemo = new SignatureMemo()
  readonly #tables: TableBudget
  /** For untrusted keys. A peer can send any number of them, so a table would cost more than it saves. */
  readonly #noTables: TableBudget = new TableBudget(0)
  /** Least recently used first. */
  readonly presentedKeys: Map<number, PresentedKey> = new Map()

  constructor(backend: SignatureBackend, tableBytes: number) {
    this.backend = backend
    this.#tables = new TableBudget(tableBytes)
  }

  /** Imports the key of a listed certificate; `undefined` if the backend does not support it. */
  importKey(certificate: CertificateView): VerifyingKey | undefined {
    return this.backend.importKey(certificate.subjectPublicKeyInfo, this.#tables)
  }

  /** Imports the key of a presented certificate that is not on an accepted path yet. */
  importUntrusted(certificate: CertificateView): VerifyingKey | undefined {
    return this.backend.importKey(certificate.subjectPublicKeyInfo, this.#noTables)
  }

  /** The cached key of a presented CA certificate. */
  presentedKey(certificate: CertificateView): VerifyingKey | undefined {
    const slot = slotOf(certificate.bytes)
    const presented = this.presentedKeys.get(slot)
    if (presented === undefined || !bytesEqual(presented.der, certificate.bytes)) return undefined
    this.presentedKeys.delete(slot)
    this.presentedKeys.set(slot, presented)
    return presented.key
  }

  /**
   * Caches the key of a presented CA on an accepted path, so that its other clients profit from its table and cached signatures.
   * Only the key is cached: whether the CA may issue is checked on every call.
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
   * Parses a peer's certificate, or returns the cached view if a CA's key signed exactly these bytes. Views never refer to the
   * caller's buffer.
   */
  parse(der: Uint8Array): ParseResult<CertificateView> {
    return this.memo.recall(der) ?? parseCertificateCopy(der)
  }

  /** Whether the key of a listed or remembered CA signed the certificate. */
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

import { bytesEqual } from '../bytes/range.ts'
import type { ParseResult } from '../codes/parse.ts'
import type { VerifyingKey } from '../crypto/backend.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateDer } from '../x509/parse-certificate.ts'

interface Remembered {
  readonly der: Uint8Array
  readonly key: VerifyingKey
  /** A view of `der`; made when the client first comes back, since many never do. */
  readonly parsed: ParseResult<CertificateView> | undefined
}

/** Bytes that one generation holds; there are two. */
const generationBytes = 4 * 1024 * 1024

/** What an entry costs beyond its bytes and its view: objects, their places in the map, what allocators round up. */
const entryOverhead = 400

/**
 * Remembers which certificates a CA's key has signed, and how they are read, so that a client that comes back costs neither
 * a signature check nor a parse. It remembers nothing else: dates, constraints, policy and revocation are judged anew at
 * every call, and a truststore starts with an empty memo.
 *
 * Certificates are compared byte for byte; the hash only finds them. Strangers cannot get in, since only genuine
 * signatures by keys of CAs are remembered, and clients cannot choose whom they displace: the hash is made of bytes of the
 * signature, which the CA has made. What was not asked for during a whole generation is forgotten.
 *
 * Bytes are copied, and a view is one of the copy: what callers do to their buffers afterwards changes nothing here, nor
 * in a certificate that a verdict gave them.
 */
export class SignatureMemo {
  private young = new Map<number, Remembered>()
  private old = new Map<number, Remembered>()
  private youngBytes = 0

  /** How a remembered certificate of exactly these bytes is read. Whose key has signed it is for {@link has} to tell. */
  recall(bytes: Uint8Array): ParseResult<CertificateView> | undefined {
    const entry = this.find(bytes)
    if (entry === undefined || entry.parsed !== undefined) return entry?.parsed
    const parsed = parseCertificateDer(entry.der)
    if (parsed.ok) parsed.value.keep()
    this.put(slotOf(bytes), { ...entry, parsed })
    return parsed
  }

  /** Whether the key is known to have signed exactly these bytes. */
  has(child: CertificateView, key: VerifyingKey): boolean {
    return this.find(child.bytes)?.key === key
  }

  /** Remembers that the key signed these bytes, which are copied. */
  add(child: CertificateView, key: VerifyingKey): void {
    this.put(slotOf(child.bytes), { der: new Uint8Array(child.bytes), key, parsed: undefined })
  }

  private find(bytes: Uint8Array): Remembered | undefined {
    const slot = slotOf(bytes)
    const young = this.young.get(slot)
    if (young !== undefined && isOf(young, bytes)) return young
    const old = this.old.get(slot)
    if (old === undefined || !isOf(old, bytes)) return undefined
    this.put(slot, old)
    return old
  }

  private put(slot: number, entry: Remembered): void {
    const bytes = costOf(entry)
    // What gives way to it counts no more, or two certificates of one slot could fill a generation by turns.
    const displaced = this.young.get(slot)
    if (displaced !== undefined) this.youngBytes -= costOf(displaced)
    if (this.youngBytes + bytes > generationBytes) {
      this.old = this.young
      this.young = new Map()
      this.youngBytes = 0
    }
    this.youngBytes += bytes
    this.young.set(slot, entry)
  }
}

/** Whether the entry is of exactly these bytes; at once where they are those of its view. */
function isOf({ der }: Remembered, bytes: Uint8Array): boolean {
  return der === bytes || bytesEqual(der, bytes)
}

function costOf({ der, parsed }: Remembered): number {
  return entryOverhead + der.length + (parsed?.ok ? parsed.value.heapBytes : 0)
}

/** The last four bytes of a certificate are those of its signature. */
export function slotOf(der: Uint8Array): number {
  const end = der.length
  return der[end - 1]! | (der[end - 2]! << 8) | (der[end - 3]! << 16) | (der[end - 4]! << 24)
}

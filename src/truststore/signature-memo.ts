import { bytesEqual } from '../bytes/range.ts'
import type { VerifyingKey } from '../crypto/backend.ts'
import type { CertificateView } from '../x509/certificate.ts'

interface Remembered {
  readonly der: Uint8Array
  readonly key: VerifyingKey
}

/** Bytes of certificates that one generation holds; there are two. */
const generationBytes = 2 * 1024 * 1024

/** What an entry costs beyond its bytes, roughly. */
const entryOverhead = 200

/**
 * Remembers which certificates a CA's key has signed, so that a client that comes back costs no signature check. It
 * remembers nothing else: dates, constraints, policy and revocation are judged anew at every call, and a truststore starts
 * with an empty memo.
 *
 * Certificates are compared byte for byte; the hash only finds them. Strangers cannot get in, since only genuine
 * signatures by keys of CAs are remembered, and clients cannot choose whom they displace: the hash is made of bytes of the
 * signature, which the CA has made. What was not asked for during a whole generation is forgotten.
 */
export class SignatureMemo {
  private young = new Map<number, Remembered>()
  private old = new Map<number, Remembered>()
  private youngBytes = 0

  /** Whether the key is known to have signed exactly these bytes. */
  has(child: CertificateView, key: VerifyingKey): boolean {
    const slot = slotOf(child.bytes)
    const young = this.young.get(slot)
    if (young !== undefined && isThat(young, child, key)) return true
    const old = this.old.get(slot)
    if (old === undefined || !isThat(old, child, key)) return false
    this.put(slot, old)
    return true
  }

  /** Remembers that the key signed these bytes, which are copied. */
  add(child: CertificateView, key: VerifyingKey): void {
    this.put(slotOf(child.bytes), { der: new Uint8Array(child.bytes), key })
  }

  private put(slot: number, entry: Remembered): void {
    const bytes = entry.der.length + entryOverhead
    // What gives way to it counts no more, or two certificates of one slot could fill a generation by turns.
    const displaced = this.young.get(slot)
    if (displaced !== undefined) this.youngBytes -= displaced.der.length + entryOverhead
    if (this.youngBytes + bytes > generationBytes) {
      this.old = this.young
      this.young = new Map()
      this.youngBytes = 0
    }
    this.youngBytes += bytes
    this.young.set(slot, entry)
  }
}

function isThat({ der, key }: Remembered, child: CertificateView, by: VerifyingKey): boolean {
  return key === by && bytesEqual(der, child.bytes)
}

/** The last four bytes of a certificate are those of its signature. */
export function slotOf(der: Uint8Array): number {
  const end = der.length
  return der[end - 1]! | (der[end - 2]! << 8) | (der[end - 3]! << 16) | (der[end - 4]! << 24)
}

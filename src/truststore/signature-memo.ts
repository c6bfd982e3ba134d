import type { ParseResult } from '../codes/parse.ts'
import type { VerifyingKey } from '../crypto/backend.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateDer } from '../x509/parse-certificate.ts'
import { TwoGenerationCache } from './two-generation-cache.ts'

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

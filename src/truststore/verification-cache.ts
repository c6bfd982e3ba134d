import { bytesEqual } from '../bytes/span.ts'
import type { ParseResult } from '../codes/parse.ts'
import type { SignatureBackend, VerifyingKey } from '../crypto/backend.ts'
import { TableBudget } from '../crypto/curve/table-budget.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy } from '../x509/parse-certificate.ts'
import { SignatureMemo } from './signature-memo.ts'
import { slotOf } from './two-generation-cache.ts'

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

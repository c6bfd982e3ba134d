import { bytesEqual } from '../bytes/range.ts'
import type { ParseResult } from '../codes/parse.ts'
import type { SignatureBackend, VerifyingKey } from '../crypto/backend.ts'
import { TableBudget } from '../crypto/curve/table-budget.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy } from '../x509/parse-certificate.ts'
import { slotOf } from './generations.ts'
import { SignatureMemo } from './signature-memo.ts'

/** Presented CAs whose keys are kept. */
const guestLimit = 64

interface Guest {
  readonly der: Uint8Array
  readonly key: VerifyingKey
}

/** What the keys of one truststore have in common: how they are imported, their memory, and what they are known to have signed. */
export class Keyring {
  readonly backend: SignatureBackend
  /** How often a signature was known already: for counters. */
  memoHits = 0
  readonly memo: SignatureMemo = new SignatureMemo()
  readonly #tables: TableBudget
  /** For keys of strangers, of which there are any number: a table would cost more than it saves, and take the place of another. */
  readonly #noTables: TableBudget = new TableBudget(0)
  /** In order of use. */
  readonly guests: Map<number, Guest> = new Map()

  constructor(backend: SignatureBackend, tableBytes: number) {
    this.backend = backend
    this.#tables = new TableBudget(tableBytes)
  }

  /** The key of a listed certificate, checked; `undefined` for one that the backend refuses. */
  importKey(certificate: CertificateView): VerifyingKey | undefined {
    return this.backend.importKey(certificate.subjectPublicKeyInfo, this.#tables)
  }

  /** The key of a presented certificate, which no accepted path has vouched for. */
  importStranger(certificate: CertificateView): VerifyingKey | undefined {
    return this.backend.importKey(certificate.subjectPublicKeyInfo, this.#noTables)
  }

  /** The key of a presented CA certificate that was welcomed before. */
  guestKey(certificate: CertificateView): VerifyingKey | undefined {
    const slot = slotOf(certificate.bytes)
    const guest = this.guests.get(slot)
    if (guest === undefined || !bytesEqual(guest.der, certificate.bytes)) return undefined
    this.guests.delete(slot)
    this.guests.set(slot, guest)
    return guest.key
  }

  /**
   * Keeps the key of a presented CA that stood in an accepted path, so that tables and memo serve its other clients. It
   * keeps the key alone: whether the CA may issue is judged anew at every call.
   */
  welcome(certificate: CertificateView): void {
    const slot = slotOf(certificate.bytes)
    if (this.guests.has(slot)) return
    const key = this.importKey(certificate)
    if (key === undefined) return
    if (this.guests.size >= guestLimit) this.guests.delete(this.guests.keys().next().value!)
    this.guests.set(slot, { der: certificate.bytes, key })
  }

  /**
   * Reads a peer's certificate, or returns the remembered view if a CA's key is known to have signed exactly these bytes. A view
   * never reads the caller's bytes.
   */
  parse(der: Uint8Array): ParseResult<CertificateView> {
    return this.memo.recall(der) ?? parseCertificateCopy(der)
  }

  /** Whether the key, a listed or welcomed CA's, signed the certificate. */
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

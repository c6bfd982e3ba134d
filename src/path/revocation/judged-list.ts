import { isRevocationListLabel, singleDer } from '../../bytes/pem.ts'
import type { ParseResult } from '../../codes/parse.ts'
import { readRevocationList, refuseListSize } from '../../x509/parse-revocation-list.ts'
import { type RevocationList, RevocationListView } from '../../x509/revocation-list.ts'
import { CrlJudge } from './crl-judge.ts'
import { type JudgedList, type Judging, judging } from './revocation-check.ts'

/** `parseRevocationList`. It is part of `path` because the lists that it returns carry {@link CrlJudge}. */

/** A revocation list that carries {@link CrlJudge} for `verifyChain`. */
class JudgedListView extends RevocationListView implements JudgedList {
  readonly #isGenuine = true

  /** Undefined for copies and proxies of a list, whose fields may not match its bytes. */
  get [judging](): Judging | undefined {
    return #isGenuine in this ? makeJudge : undefined
  }
}

const makeJudge: Judging = (context) => new CrlJudge(context)

/**
 * Parses one CRL, DER or PEM, strictly (RFC 5280 section 5). Every entry is read once. The bytes are copied. `verifyChain` checks
 * signature, issuer and dates when it uses the list.
 *
 * @param input DER bytes, or PEM as text or bytes with exactly one `X509 CRL` block
 * @returns the view, or the first fault with its byte offset
 * @throws TypeError if `input` is neither a string nor a Uint8Array
 * @example
 * const list = parseRevocationList(crlBytes)
 * if (list.ok) verifyChain(store, chain, { revocation: { lists: [list.value] } })
 */
export function parseRevocationList(input: Uint8Array | string): ParseResult<RevocationList> {
  const der = singleDer(input, 'parseRevocationList: input', 'X509 CRL', isRevocationListLabel)
  if (!der.ok) return der
  return der.value === input
    ? (refuseListSize(input.length) ?? parseJudgedList(new Uint8Array(input)))
    : parseJudgedList(der.value)
}

/** Parses a DER list. The caller must not share or change the bytes. */
export function parseJudgedList(bytes: Uint8Array): ParseResult<JudgedList> {
  return readRevocationList(new JudgedListView(bytes))
}

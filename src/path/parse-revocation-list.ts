import { singleDer } from '../bytes/input.ts'
import { isRevocationListLabel } from '../bytes/pem.ts'
import type { ParseResult } from '../codes/parse.ts'
import { parseRevocationListCopy, parseRevocationListDer } from '../x509/parse-revocation-list.ts'
import type { RevocationList, RevocationListView } from '../x509/revocation-list.ts'
import { CrlJudge } from './crl-judge.ts'
import { admitList, type Judging } from './revocation.ts'

/**
 * Parses one CRL, DER or PEM, strictly (RFC 5280 section 5): every entry is read once. The bytes are copied. Signature, issuer and dates are judged when the list is used.
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
  return parseUsableList(der.value, der.value === input ? parseRevocationListCopy : parseRevocationListDer)
}

/** Parses a DER list, in bytes of our own if not told otherwise, that `verifyChain` takes: it brings along what judges by it. */
export function parseUsableList(
  der: Uint8Array,
  parse: typeof parseRevocationListDer = parseRevocationListDer,
): ParseResult<RevocationListView> {
  const parsed = parse(der)
  if (parsed.ok) admitList(parsed.value, judging)
  return parsed
}

const judging: Judging = (context) => new CrlJudge(context)

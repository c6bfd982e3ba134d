import { X509Certificate } from 'node:crypto'
import { decodePem, parseCertificate, parseRevocationList } from '../../../src/index.ts'
import type { CaseResult, Suite } from '../suite.ts'

const files = ['mozilla-roots.json', 'realworld-chains.json', 'pkits.json', 'zlint.json', 'pkilint.json', 'crl-pool.json']

/** Whether OpenSSL, through node:crypto, parses the certificate. */
function opensslParses(certificate: Uint8Array | string): boolean {
  try {
    return new X509Certificate(certificate).raw.length > 0
  } catch {
    return false
  }
}

function certificateCase(id: string, input: Uint8Array | string): CaseResult {
  const parsed = parseCertificate(input)
  const expected = opensslParses(input) ? 'accept' : 'reject'
  return parsed.ok
    ? { id, expected, actual: 'accept' }
    : { id, expected, actual: 'reject', detail: `${parsed.code}: ${parsed.message}` }
}

function listCase(id: string, der: string, expected: 'accept' | 'reject'): CaseResult {
  const parsed = parseRevocationList(base64(der))
  return parsed.ok
    ? { id, expected, actual: 'accept' }
    : { id, expected, actual: 'reject', detail: `${parsed.code}: ${parsed.message}` }
}

function base64(text: string): Uint8Array {
  return Buffer.from(text, 'base64')
}

function* mozillaRoots(data: unknown): Iterable<CaseResult> {
  for (const [vintage, roots] of Object.entries(data as Record<string, Record<string, string> | readonly string[]>)) {
    for (const [name, der] of Object.entries(roots)) yield certificateCase(`mozilla/${vintage}/${name}`, base64(der))
  }
}

interface RealChain {
  readonly id: string
  readonly leaf: string
  readonly intermediates: readonly string[]
  readonly roots: readonly string[] | string
}

function* realChains(data: unknown): Iterable<CaseResult> {
  for (const { id, leaf, intermediates, roots } of data as readonly RealChain[]) {
    yield certificateCase(`realworld/${id}/leaf`, base64(leaf))
    for (const [i, der] of intermediates.entries()) yield certificateCase(`realworld/${id}/intermediate-${i}`, base64(der))
    if (typeof roots === 'string') continue
    for (const [i, der] of roots.entries()) yield certificateCase(`realworld/${id}/root-${i}`, base64(der))
  }
}

interface PkitsCase {
  readonly trustAnchor: string
  readonly certs: readonly string[]
  readonly certNames: readonly string[]
  readonly crls: readonly string[]
  readonly crlNames: readonly string[]
}

/** Cases share certificates; each certificate is parsed once. */
function* pkits(data: unknown): Iterable<CaseResult> {
  const seen = new Set<string>()
  for (const { trustAnchor, certs, certNames, crls, crlNames } of data as readonly PkitsCase[]) {
    for (const [i, der] of [trustAnchor, ...certs].entries()) {
      if (seen.has(der)) continue
      seen.add(der)
      yield certificateCase(`pkits/${i === 0 ? 'trust anchor' : certNames[i - 1]}`, base64(der))
    }
    for (const [i, der] of crls.entries()) {
      if (seen.has(der)) continue
      seen.add(der)
      yield listCase(`pkits/${crlNames[i]} (CRL)`, der, 'accept')
    }
  }
}

function* zlint(data: unknown): Iterable<CaseResult> {
  for (const [name, pem] of Object.entries((data as { readonly files: Record<string, string> }).files)) {
    const [der] = pem.startsWith('-----BEGIN CERTIFICATE-----') ? blocks(pem) : []
    if (der !== undefined) yield certificateCase(`zlint/${name}`, der)
  }
}

function blocks(pem: string): readonly Uint8Array[] {
  const decoded = decodePem(pem)
  if (!decoded.ok) throw new Error(decoded.message)
  return decoded.value
}

function* pkilint(data: unknown): Iterable<CaseResult> {
  for (const { id, pem } of data as readonly { readonly id: string; readonly pem: string }[]) {
    yield certificateCase(`pkilint/${id}`, blocks(pem)[0]!)
  }
}

function* crlPool(data: unknown): Iterable<CaseResult> {
  for (const [name, list] of Object.entries(data as Record<string, { readonly der: string; readonly opensslParses: boolean }>)) {
    yield listCase(`crl-pool/${name}`, list.der, list.opensslParses ? 'accept' : 'reject')
  }
}

const readers = [mozillaRoots, realChains, pkits, zlint, pkilint, crlPool]

export const suite: Suite = {
  name: 'parse-corpora',
  files,
  cases: 3227,
  mapping: `Every certificate of Mozilla’s root lists, of real chains, PKITS, ZLint and pkilint is parsed by
\`parseCertificate\`, and every CRL of PKITS and of the CRL pool by \`parseRevocationList\`. For certificates and for
the CRL pool, the expected result is whether OpenSSL parses them; PKITS CRLs are all well-formed. OpenSSL accepts BER
and decodes extensions only on demand, so it can be right to reject what OpenSSL accepts. The certificates of ZLint
and pkilint are made to break rules.`,
  *run(load): Iterable<CaseResult> {
    for (const [i, read] of readers.entries()) yield* read(load(files[i]!))
  },
}

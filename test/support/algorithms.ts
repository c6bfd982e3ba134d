import { algorithm, context, integer, nul, sequence } from './der.ts'

/** AlgorithmIdentifiers of signatures (RFC 4055, RFC 5758). */

const hashOids: Readonly<Record<string, string>> = {
  'SHA-1': '1.3.14.3.2.26',
  'SHA-224': '2.16.840.1.101.3.4.2.4',
  'SHA-256': '2.16.840.1.101.3.4.2.1',
  'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
  'SHA-512/224': '2.16.840.1.101.3.4.2.5',
  'SHA-512/256': '2.16.840.1.101.3.4.2.6',
  'SHA3-256': '2.16.840.1.101.3.4.2.8',
}

const rsaOids: Readonly<Record<string, string>> = {
  'SHA-1': '1.2.840.113549.1.1.5',
  'SHA-224': '1.2.840.113549.1.1.14',
  'SHA-256': '1.2.840.113549.1.1.11',
  'SHA-384': '1.2.840.113549.1.1.12',
  'SHA-512': '1.2.840.113549.1.1.13',
}

const ecdsaOids: Readonly<Record<string, string>> = {
  'SHA-1': '1.2.840.10045.4.1',
  'SHA-224': '1.2.840.10045.4.3.1',
  'SHA-256': '1.2.840.10045.4.3.2',
  'SHA-384': '1.2.840.10045.4.3.3',
  'SHA-512': '1.2.840.10045.4.3.4',
}

function lookUp(table: Readonly<Record<string, string>>, hash: string): string {
  const found = table[hash]
  if (found === undefined) throw new Error(`no object identifier for ${hash}`)
  return found
}

export const rsaPkcs1 = (hash: string): Uint8Array => algorithm(lookUp(rsaOids, hash), nul())
export const ecdsa = (hash: string): Uint8Array => algorithm(lookUp(ecdsaOids, hash))
export const hashAlgorithm = (hash: string): Uint8Array => algorithm(lookUp(hashOids, hash), nul())

/** RSASSA-PSS-params in DER: fields that have their default are left out. */
export function pssParameters(hash: string, mgfHash: string, saltLength: number): Uint8Array {
  return sequence(
    ...(hash === 'SHA-1' ? [] : [context(0, hashAlgorithm(hash))]),
    ...(mgfHash === 'SHA-1' ? [] : [context(1, algorithm('1.2.840.113549.1.1.8', hashAlgorithm(mgfHash)))]),
    ...(saltLength === 20 ? [] : [context(2, integer(saltLength))]),
  )
}

export function rsaPss(hash: string, mgfHash: string, saltLength: number): Uint8Array {
  return algorithm('1.2.840.113549.1.1.10', pssParameters(hash, mgfHash, saltLength))
}

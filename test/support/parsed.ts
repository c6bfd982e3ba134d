import { type Certificate, parseCertificate } from '../../src/index.ts'

/** A certificate that must be readable. */
export function parsed(input: Uint8Array | string): Certificate {
  const result = parseCertificate(input)
  if (!result.ok) throw new Error(result.message)
  return result.value
}

/** The value of a result that must be ok. */
export function valued<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string },
): T {
  if (!result.ok) throw new Error(result.message)
  return result.value
}

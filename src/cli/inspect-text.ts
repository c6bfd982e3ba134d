import { looksLikeDer } from '../bytes/input.ts'
import { decodePem } from '../bytes/pem.ts'
import type { ParseCode } from '../codes/parse.ts'
import { isoTime } from '../policy/time.ts'
import type { Certificate } from '../x509/certificate.ts'
import { parseCertificate } from '../x509/parse-certificate.ts'

/** Stands in for `inspect` of ./inspect, with its shape, until that is there. */
export function inspect(input: Uint8Array): {
  readonly text: string
  readonly certificates: readonly Certificate[]
  readonly revocationLists: readonly unknown[]
  readonly faults: readonly { readonly code: ParseCode; readonly message: string }[]
} {
  const chain = looksLikeDer(input) ? ({ ok: true, value: [input] } as const) : decodePem(input)
  const parsed = chain.ok ? chain.value.map((der) => parseCertificate(der)) : [chain]
  const certificates = parsed.flatMap((result) => (result.ok ? [result.value] : []))
  const text = certificates.map(({ subject, issuer, serialNumber, notBefore, notAfter }) => {
    const dates = `Not Before: ${isoTime(notBefore.getTime())}\n  Not After: ${isoTime(notAfter.getTime())}`
    return `Certificate:\n  Serial Number: ${serialNumber}\n  Issuer: ${issuer}\n  ${dates}\n  Subject: ${subject}\n`
  })
  const faults = parsed.flatMap((result) => (result.ok ? [] : [result]))
  return { text: [...text, ...faults.map(({ message }) => `${message}\n`)].join(''), certificates, revocationLists: [], faults }
}

import { looksLikeDer } from '../bytes/input.ts'
import { decodePem } from '../bytes/pem.ts'
import { isoTime } from '../policy/time.ts'
import { parseCertificate } from '../x509/parse-certificate.ts'
import { CliError } from './errors.ts'

/** Stands in for `renderText` of ./inspect until that is there. */
export function renderText(input: Uint8Array): string {
  const chain = looksLikeDer(input) ? [input] : decodePem(input)
  if ('ok' in chain && !chain.ok) throw new CliError(chain.message)
  return ('ok' in chain ? chain.value : chain)
    .map((der) => {
      const parsed = parseCertificate(der)
      if (!parsed.ok) throw new CliError(parsed.message)
      const { subject, issuer, serialNumber, notBefore, notAfter } = parsed.value
      const dates = `Not Before: ${isoTime(notBefore.getTime())}\n  Not After: ${isoTime(notAfter.getTime())}`
      return `Certificate:\n  Serial Number: ${serialNumber}\n  Issuer: ${issuer}\n  ${dates}\n  Subject: ${subject}\n`
    })
    .join('')
}

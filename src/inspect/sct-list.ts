import { opensslTime } from '../bytes/openssl-time.ts'
import { Span } from '../bytes/span.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { colonHex, type TextOutput } from './output.ts'

/** Names of the two SignatureAndHashAlgorithm values that logs use (RFC 6962 2.1.4), by `hash << 8 | signature`. */
const algorithms: Readonly<Record<number, string>> = { 1025: 'sha256WithRSAEncryption', 1027: 'ecdsa-with-SHA256' }

/**
 * SignedCertificateTimestampList (RFC 6962 3.3). The OCTET STRING contains TLS presentation language, not DER: two-byte
 * lengths before the list and each item.
 */
export function writeSctList(output: TextOutput, reader: Reader): void {
  const what = 'SignedCertificateTimestampList'
  reader.expect(Tag.octetString, what)
  if (reader.fault !== undefined) return
  const { bytes, start, end } = reader
  if (end - start < 2 || start + 2 + uint16(bytes, start) !== end) return reader.fail('truncated', start, what)
  for (let at = start + 2; at < end && !output.isFull; ) {
    const next = at + 2 + (at + 2 <= end ? uint16(bytes, at) : end)
    if (next > end || !writeSct(output, new Span(bytes, at + 2, next))) return reader.fail('truncated', at, what)
    at = next
  }
}

/** Version, log ID, timestamp, extensions, signature. Returns whether they fill the item. */
function writeSct(output: TextOutput, { bytes, start, end }: Span): boolean {
  const extensions = start + 41
  if (extensions + 2 > end || bytes[start] !== 0) return false
  const signature = extensions + 2 + uint16(bytes, extensions)
  if (signature + 4 > end || signature + 4 + uint16(bytes, signature + 2) !== end) return false
  let time = 0
  for (let i = start + 33; i < extensions; i++) time = time * 256 + bytes[i]!
  const algorithm = uint16(bytes, signature)
  output.line('Signed Certificate Timestamp:')
  output.indented(4, () => {
    output.line('Version   : v1 (0x0)')
    output.line(`Log ID    : ${colonHex(new Span(bytes, start + 1, start + 33)).toUpperCase()}`)
    output.line(`Timestamp : ${time > latestTime ? `${time} ms since 1970` : opensslTime(time)}`)
    output.line(`Extensions: ${signature === extensions + 2 ? 'none' : colonHex(new Span(bytes, extensions + 2, signature))}`)
    output.line(`Signature : ${algorithms[algorithm] ?? `algorithm ${algorithm}`}`)
    output.indented(12, () => output.hexBlock(new Span(bytes, signature + 4, end)))
  })
  return true
}

/** 9999-12-31T23:59:59Z: the last year with four digits. */
const latestTime = 253_402_300_799_000

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!
}

import { hexOf } from '../bytes/hex.ts'
import { opensslTime } from '../bytes/openssl-time.ts'
import { readInteger } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readTime } from '../der/time.ts'
import { ExtensionList, readExtensions } from '../x509/extension-list.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'
import { algorithmText, writeSignature } from './certificate.ts'
import { writeExtensions } from './extension.ts'
import type { TextOutput } from './output.ts'

/** Writes a list in the layout of `openssl crl -text`, with at most `maxEntries` entries. */
export function writeRevocationList(output: TextOutput, list: RevocationListView, maxEntries: number): void {
  const { version, nextUpdateTime, entries } = list
  output.line('Certificate Revocation List (CRL):')
  output.indented(8, () => {
    output.line(`Version ${version} (0x${version - 1})`)
    output.line(`Signature Algorithm: ${algorithmText(list, 'tbs')}`)
    output.line(`Issuer: ${list.formatIssuer('der')}`)
    output.line(`Last Update: ${opensslTime(list.thisUpdateTime)}`)
    output.line(`Next Update: ${nextUpdateTime === undefined ? 'NONE' : opensslTime(nextUpdateTime)}`)
    writeExtensions(output, 'CRL extensions:', list.extensions)
  })
  output.line(list.entryCount === 0 ? 'No Revoked Certificates.' : 'Revoked Certificates:')
  output.indented(4, () => {
    if (entries !== undefined) writeEntries(output, new Reader(entries), maxEntries)
    const left = list.entryCount - maxEntries
    if (left > 0) output.line(`(${left} more of ${list.entryCount} entries)`)
    writeSignature(output, list)
  })
}

function writeEntries(output: TextOutput, reader: Reader, maxEntries: number): void {
  for (let i = 0; i < maxEntries && !reader.atEnd() && !output.isFull; i++) writeEntry(output, reader)
}

/** One entry of a list that was checked when it was parsed. */
function writeEntry(output: TextOutput, reader: Reader): void {
  const what = 'revokedCertificates'
  const outer = reader.enter(Tag.sequence, what)
  readInteger(reader, what)
  output.line(`Serial Number: ${hexOf(reader.content().unpadded()).toUpperCase()}`)
  output.line(`    Revocation Date: ${opensslTime(readTime(reader, what))}`)
  const extensions = new ExtensionList(reader.bytes)
  // A real CA writes an empty sequence here, which the parser accepts.
  if (reader.limit - reader.position > 2) {
    readExtensions(reader, what, extensions, (_, value) => {
      value.position = value.limit
    })
  } else reader.position = reader.limit
  output.indented(4, () => writeExtensions(output, 'CRL entry extensions:', extensions))
  reader.leave(outer, what)
}

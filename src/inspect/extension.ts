import type { Span } from '../bytes/span.ts'
import { oidText } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import type { ExtensionList } from '../x509/extension-list.ts'
import { drawAsn1 } from './asn1.ts'
import { extensionDecoders } from './extension-values.ts'
import type { TextOutput } from './output.ts'
import { extensionTitles } from './titles.ts'

/**
 * Writes the extensions of a certificate, list or entry, each with its name and decoded value. Those without a decoder are
 * rendered by asn1js.
 */
export function writeExtensions(output: TextOutput, title: string, list: ExtensionList): void {
  if (list.length === 0) return
  output.line(title)
  output.indented(4, () => {
    for (let i = 0; i < list.length && !output.isFull; i++) {
      const oid = oidText(list.oidAt(i))
      output.line(`${extensionTitles[oid] ?? oid}:${list.criticalAt(i) ? ' critical' : ''}`)
      output.indented(4, () => writeValue(output, oid, list.valueAt(i)))
    }
  })
}

/** Keeps what a decoder wrote only if it read the value to its end. Otherwise the value is rendered as ASN.1. */
function writeValue(output: TextOutput, oid: string, value: Span): void {
  const decode = extensionDecoders[oid]
  const mark = output.mark()
  if (decode !== undefined) {
    const reader = new Reader(value)
    decode(output, reader)
    if (reader.fault === undefined && reader.position === value.end) return
    output.rewind(mark)
  }
  drawAsn1(output, value)
}

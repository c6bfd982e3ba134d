/**
 * Removes from a certificate the parts that our parser rejects. Test certificates of linters often have several faults, and a
 * case tests only one of them. Without the others, results can be compared. The signature becomes invalid, but lints do not
 * check it.
 */

interface Element {
  readonly tag: number
  /** Offset of the header. */
  readonly at: number
  readonly content: Uint8Array
  /** Header and content. */
  readonly whole: Uint8Array
}

const sequence = 0x30
const set = 0x31
const extensions = 0xa3

/** The elements in DER content that starts at offset `base`. */
function elements(der: Uint8Array, base: number): readonly Element[] {
  const found: Element[] = []
  for (let at = 0; at < der.length; ) {
    const first = der[at + 1]!
    const count = first < 0x80 ? 0 : first & 0x7f
    let length = count === 0 ? first : 0
    for (let i = 0; i < count; i++) length = length * 256 + der[at + 2 + i]!
    const start = at + 2 + count
    const end = start + length
    found.push({ tag: der[at]!, at: base + at, content: der.subarray(start, end), whole: der.subarray(at, end) })
    at = end
  }
  return found
}

function children({ at, whole, content }: Element): readonly Element[] {
  return elements(content, at + whole.length - content.length)
}

function encoded(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Uint8Array.from([tag, ...size, ...content])
}

function holds({ at, whole }: Element, offset: number): boolean {
  return offset >= at && offset < at + whole.length
}

/** Removes every empty SET. In a certificate, only RDNs are SETs, so these are empty RDNs. */
function pruned(element: Element): Uint8Array {
  if ((element.tag & 0x20) === 0) return element.whole
  const kept = children(element).filter(({ tag, content }) => tag !== set || content.length > 0)
  return encoded(element.tag, kept.map(pruned))
}

/** Removes empty RDNs from an extension; `undefined` if there are none, so that the fault is another one. */
function prunedExtension(extension: Element): Uint8Array | undefined {
  const fields = children(extension)
  const value = fields[fields.length - 1]!
  const inner = Buffer.concat(children(value).map(pruned))
  if (inner.length === value.content.length) return undefined
  return encoded(sequence, [...fields.slice(0, -1).map(({ whole }) => whole), encoded(value.tag, [inner])])
}

/** Removes the faulty part at `offset` from a field of the TBSCertificate: empty RDNs, or a whole extension. */
function without(field: Element, offset: number): Uint8Array {
  if (field.tag === sequence) return pruned(field)
  if (field.tag !== extensions) return field.whole
  const [list] = children(field)
  const kept = list === undefined ? [] : children(list)
  const parts = kept.map((extension) =>
    holds(extension, offset) ? (prunedExtension(extension) ?? new Uint8Array()) : extension.whole,
  )
  return parts.every((part) => part.length === 0) ? new Uint8Array() : encoded(extensions, [encoded(sequence, parts)])
}

/** Removes the empty RDN or extension that contains the offset. The length stays the same if there is none. */
export function withoutFault(certificate: Uint8Array, offset: number): Uint8Array {
  const [outer] = elements(certificate, 0)
  const [tbs, ...rest] = children(outer!)
  const fields = children(tbs!).map((field) => (holds(field, offset) ? without(field, offset) : field.whole))
  return encoded(sequence, [encoded(sequence, fields), ...rest.map(({ whole }) => whole)])
}

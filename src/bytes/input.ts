import { type ParseResult, parseFault } from '../codes/parse.ts'
import { bytesOfPemText, describeMissingPem, scanPem } from './pem.ts'
import { requireBytes } from './span.ts'

/** Inputs that may be DER or PEM. */

/** Whether bytes are DER and not text. A SEQUENCE of over 127 bytes starts with two bytes that never start a text. */
export function looksLikeDer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && (bytes.length < 2 || bytes[1]! >= 0x80 || bytes.length === bytes[1]! + 2)
}

/** The DER of an input that is either DER, or PEM with exactly one block of the wanted kind. */
export function singleDer(
  input: Uint8Array | string,
  argument: string,
  label: string,
  isExpected: (label: string) => boolean,
): ParseResult<Uint8Array> {
  const text = typeof input === 'string' ? bytesOfPemText(input) : requireBytes(input, argument)
  if (typeof input !== 'string' && looksLikeDer(text)) return { ok: true, value: text }
  if (text.length === 0) return parseFault('empty_input', 0, label)
  const all = scanPem(text)
  const blocks = all.filter((block) => isExpected(block.label))
  const [block] = blocks
  if (block === undefined) return parseFault('pem_missing', 0, 'PEM', describeMissingPem(text, label, all))
  if (!(block.content instanceof Uint8Array)) {
    return parseFault(block.content.code, block.content.offset, 'PEM', block.content.detail)
  }
  if (blocks.length > 1) {
    const second = blocks[1]!
    const detail = `a second ${second.label} block begins on line ${second.line}; only one is allowed`
    return parseFault('pem_multiple', second.offset, 'PEM', detail)
  }
  return { ok: true, value: block.content }
}

import { latin1Of } from '../bytes/encoding.ts'
import type { Span } from '../bytes/span.ts'
import { readAny } from '../der/content.ts'
import { checkOid, oidText, readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { ExtensionList } from './extension-list.ts'
import * as GeneralNameTag from './ids/general-name-tag.ts'
import { readName } from './name.ts'
import { nameText } from './name-text.ts'

/** A GeneralName (RFC 5280 4.2.1.6). The texts are for display and for your own matching. */
export type GeneralName =
  | { readonly type: 'dns'; readonly value: string }
  | { readonly type: 'email'; readonly value: string }
  | { readonly type: 'uri'; readonly value: string }
  /** `value`: dotted IPv4, or IPv6 as in RFC 5952. `bytes`: 4 or 16 bytes. */
  | { readonly type: 'ip'; readonly value: string; readonly bytes: Uint8Array }
  /** `value`: RFC 4514. `bytes`: DER of the Name. */
  | { readonly type: 'directory'; readonly value: string; readonly bytes: Uint8Array }
  /** `value`: the OID of an otherName or registeredID, or the name of the form. `bytes`: DER of the GeneralName. */
  | { readonly type: 'other'; readonly value: string; readonly bytes: Uint8Array }

/**
 * Reads and checks one GeneralName, which becomes the reader's last element.
 *
 * @param subtree whether it is a subtree of nameConstraints, where IP addresses have a mask
 */
export function readGeneralName(reader: Reader, element: string, subtree = false): void {
  reader.next(element)
  if (reader.fault !== undefined) return
  const { bytes, tag, header, start, end } = reader
  switch (tag) {
    case GeneralNameTag.email:
    case GeneralNameTag.dns:
    case GeneralNameTag.uri:
      // IA5String without control characters. C programs stop reading at NUL (CVE-2009-2408).
      for (let i = start; i < end; i++) {
        if (bytes[i]! < 0x20 || bytes[i]! >= 0x7f) return reader.fail('bad_string', i, element)
      }
      return
    case GeneralNameTag.ip:
      if (!(subtree ? isSubnet(reader.content()) : end - start === 4 || end - start === 16)) {
        reader.fail('bad_address', start, element)
      }
      return
    case GeneralNameTag.directory: {
      const outer = reader.descend()
      readName(reader, element)
      reader.leave(outer, element)
      break
    }
    case GeneralNameTag.other: {
      const outer = reader.descend()
      readOid(reader, element)
      // The value should have the explicit tag [0]. Some devices omit it. That is harmless, since nothing interprets the value.
      readAny(reader, element)
      reader.leave(outer, element)
      break
    }
    case GeneralNameTag.registeredId:
      return checkOid(reader, element)
    case GeneralNameTag.x400:
    case GeneralNameTag.ediParty:
      reader.position = header
      return readAny(reader, element)
    default:
      return reader.fail('unexpected_tag', header, element)
  }
  if (reader.fault !== undefined) return
  reader.tag = tag
  reader.header = header
  reader.start = start
  reader.end = end
}

/** Reads `GeneralNames`, which must not be empty. `tag` may be an IMPLICIT one. The list becomes the reader's last element. */
export function readGeneralNames(reader: Reader, element: string, tag: number = Tag.sequence): void {
  const outer = reader.enter(tag, element)
  const { header, start, end } = reader
  if (reader.atEnd()) reader.fail('empty_sequence', header, element)
  while (!reader.atEnd()) readGeneralName(reader, element)
  reader.leave(outer, element)
  if (reader.fault !== undefined) return
  reader.header = header
  reader.start = start
  reader.end = end
}

/**
 * Reads subjectAltName or issuerAltName, the last extension of the list, as {@link readGeneralNames} does. Without any name, which is
 * a deviation, the extension counts as absent.
 *
 * @returns whether there is a name
 */
export function readAltNames(reader: Reader, extensions: ExtensionList, element: string): boolean {
  if (reader.isEmptySequence()) {
    reader.next(element)
    reader.deviate('empty_list', reader.header)
    extensions.ignoreLast()
    return false
  }
  readGeneralNames(reader, element)
  return true
}

/** Checks authorityInfoAccess or subjectInfoAccess (RFC 5280 4.2.2). */
export function readAccessDescriptions(reader: Reader): void {
  const element = 'accessDescriptions'
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element)
  while (!reader.atEnd()) {
    const description = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    readGeneralName(reader, element)
    reader.leave(description, element)
  }
  reader.leave(outer, element)
}

/** Whether the bytes are an address and a contiguous mask of equal length (RFC 4632, RFC 5280 4.2.1.10). */
function isSubnet({ bytes, start, end }: Span): boolean {
  const width = (end - start) / 2
  if (width !== 4 && width !== 16) return false
  let zeros = false
  for (let i = start + width; i < end; i++) {
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      const one = (bytes[i]! & bit) !== 0
      if (one && zeros) return false
      if (!one) zeros = true
    }
  }
  return true
}

/** Decodes GeneralName elements that have been checked. */
export function generalNamesOf(elements: Span): readonly GeneralName[] {
  const names: GeneralName[] = []
  const reader = new Reader(elements)
  while (!reader.atEnd()) {
    reader.next('GeneralName')
    names.push(decode(reader))
  }
  return names
}

/** Decodes the last element. */
function decode(reader: Reader): GeneralName {
  const { tag } = reader
  const content = reader.content()
  switch (tag) {
    case GeneralNameTag.dns:
      return { type: 'dns', value: latin1Of(content) }
    case GeneralNameTag.email:
      return { type: 'email', value: latin1Of(content) }
    case GeneralNameTag.uri:
      return { type: 'uri', value: latin1Of(content) }
    case GeneralNameTag.ip: {
      const address = content.copy()
      return { type: 'ip', value: ipText(address), bytes: address }
    }
    case GeneralNameTag.directory:
      return { type: 'directory', value: nameText(content), bytes: content.copy() }
    default:
      return { type: 'other', value: otherText(tag, content), bytes: reader.element().copy() }
  }
}

function otherText(tag: number, content: Span): string {
  if (tag === GeneralNameTag.registeredId) return oidText(content)
  if (tag !== GeneralNameTag.other) return tag === GeneralNameTag.x400 ? 'x400Address' : 'ediPartyName'
  const reader = new Reader(content)
  readOid(reader, 'otherName')
  return oidText(reader.content())
}

/** The text of an address of 4 or 16 bytes: dotted decimal, or IPv6 with the longest run of zeros shortened (RFC 5952). */
export function ipText(address: Uint8Array): string {
  if (address.length === 4) return address.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i]! << 8) | address[2 * i + 1]!).toString(16))
  let best = { at: 0, length: 1 }
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (at + length < 8 && groups[at + length] === '0') length++
    if (length > best.length) best = { at, length }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`
}

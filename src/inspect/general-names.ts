import { Span } from '../bytes/span.ts'
import { oidText, readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import { type GeneralName, generalNamesOf, ipText } from '../x509/general-name.ts'
import * as GeneralNameTag from '../x509/general-name-tag.ts'
import { stringValue } from '../x509/name.ts'
import { nameText } from '../x509/name-text.ts'
import { colonHex, quoted, type TextOutput } from './output.ts'

/** Writes checked GeneralName elements, one per line: separated by commas, one name could look like two. */
export function writeGeneralNames(output: TextOutput, elements: Span): void {
  for (const name of generalNamesOf(elements)) {
    if (output.isFull) return
    output.line(generalNameText(name))
  }
}

/** A name with OpenSSL's prefix for its form. */
export function generalNameText(name: GeneralName): string {
  switch (name.type) {
    case 'dns':
      return `DNS:${name.value}`
    case 'email':
      return `email:${name.value}`
    case 'uri':
      return `URI:${name.value}`
    case 'ip':
      return `IP Address:${addressText(name.bytes)}`
    case 'directory':
      return `DirName:${nameText(new Span(name.bytes), 'der')}`
    case 'other':
      return otherText(name.value, name.bytes)
  }
}

/** An address, followed by its mask in name constraints. */
function addressText(bytes: Uint8Array): string {
  if (bytes.length !== 8 && bytes.length !== 32) return ipText(bytes)
  const half = bytes.length / 2
  return `${ipText(bytes.subarray(0, half))}/${ipText(bytes.subarray(half))}`
}

/** The value of an otherName has an open type: written as text if it is a string, otherwise as bytes. */
function otherText(oid: string, der: Uint8Array): string {
  const reader = new Reader(der)
  reader.next('GeneralName')
  if (reader.tag === GeneralNameTag.registeredId) return `Registered ID:${oid}`
  if (reader.tag !== GeneralNameTag.other) return `${oid}:${colonHex(reader.content())}`
  reader.descend()
  readOid(reader, 'otherName')
  const id = oidText(reader.content())
  reader.next('otherName')
  const value = reader.content()
  reader.descend()
  reader.next('otherName')
  const text = reader.atEnd() && reader.fault === undefined ? stringValue(reader.tag, reader.content()) : undefined
  return `othername:${id}:${text === undefined ? colonHex(value) : quoted(text)}`
}

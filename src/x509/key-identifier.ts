import type { Span } from '../bytes/span.ts'
import { contextConstructed, contextPrimitive } from '../der/context-tag.ts'
import { checkInteger } from '../der/primitives.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readGeneralNames } from './general-name.ts'

/** Checks subjectKeyIdentifier (RFC 5280 4.2.1.2); the identifier is left as the reader's content. */
export function readSubjectKeyIdentifier(reader: Reader): void {
  reader.expect(Tag.octetString, 'subjectKeyIdentifier')
}

/** Reads authorityKeyIdentifier (RFC 5280 4.2.1.1): the key identifier, and whether issuer and serial are given. */
export function readAuthorityKeyIdentifier(reader: Reader): {
  keyIdentifier: Span | undefined
  hasIssuer: boolean
  hasSerial: boolean
} {
  const what = 'authorityKeyIdentifier'
  const outer = reader.enter(Tag.sequence, what)
  const keyIdentifier = reader.optional(contextPrimitive(0), what) ? reader.content() : undefined
  const found = { keyIdentifier, hasIssuer: false, hasSerial: false }
  if (reader.peek(contextConstructed(1))) {
    readGeneralNames(reader, what, contextConstructed(1))
    found.hasIssuer = true
  }
  if (reader.optional(contextPrimitive(2), what)) {
    checkInteger(reader, what)
    found.hasSerial = true
  }
  reader.leave(outer, what)
  return found
}

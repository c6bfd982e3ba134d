import { readOid } from '../der/oid.ts'
import type { Reader } from '../der/reader.ts'
import { Tag } from '../der/tags.ts'
import { readAny } from '../der/walk.ts'

/** Syntax of certificatePolicies (RFC 5280 4.2.1.4) and policyMappings (4.2.1.5). */

export function readCertificatePolicies(reader: Reader): void {
  const what = 'certificatePolicies'
  const outer = reader.enter(Tag.sequence, what)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
  while (!reader.atEnd()) {
    const information = reader.enter(Tag.sequence, what)
    readOid(reader, what)
    if (!reader.atEnd()) {
      const qualifiers = reader.enter(Tag.sequence, what)
      if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
      while (!reader.atEnd()) {
        const qualifier = reader.enter(Tag.sequence, what)
        readOid(reader, what)
        readAny(reader, what)
        reader.leave(qualifier, what)
      }
      reader.leave(qualifiers, what)
    }
    reader.leave(information, what)
  }
  reader.leave(outer, what)
}

export function readPolicyMappings(reader: Reader): void {
  const what = 'policyMappings'
  const outer = reader.enter(Tag.sequence, what)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what)
  while (!reader.atEnd()) {
    const mapping = reader.enter(Tag.sequence, what)
    readOid(reader, what)
    readOid(reader, what)
    reader.leave(mapping, what)
  }
  reader.leave(outer, what)
}

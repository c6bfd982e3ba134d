import { Span } from '../bytes/span.ts'
import { readInteger, readSmallInteger } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readTime } from '../der/time.ts'
import * as ExtensionId from './extension-id.ts'
import { ExtensionList, readExtensions } from './extension-list.ts'
import { readGeneralNames } from './general-name.ts'

/** Reasons of RFC 5280 5.3.1 by their number; 7 is not used. */
export const reasonNames = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const

/** Why a certificate was revoked (RFC 5280 5.3.1). */
export type RevocationReason = Exclude<(typeof reasonNames)[number], undefined>

/** One entry, located. */
export interface RevocationEntry {
  readonly revocationTime: number
  /** RFC 5280 5.3.1; 0, unspecified, where none is given. */
  readonly reason: number
  /** The GeneralName elements of certificateIssuer. */
  readonly issuer: Span | undefined
  /** Whether it has a critical extension that is not understood. */
  readonly unknownCritical: boolean
  /** Whether it has extensions at all, which version 1 does not allow. */
  readonly hasExtensions: boolean
}

/** Reads one entry of a list that was checked when it was parsed. */
export function readEntryAt(bytes: Uint8Array, at: number): RevocationEntry {
  return readEntry(new Reader(new Span(bytes, at)))
}

/** Whether nothing, or an empty SEQUENCE, is left of the element; the latter is read. */
function isEmptySequence(reader: Reader): boolean {
  const { bytes, position, limit } = reader
  if (limit - position === 2 && bytes[position] === Tag.sequence && bytes[position + 1] === 0) reader.next('crlEntryExtensions')
  return reader.atEnd()
}

const understoodInEntries: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.reasonCode,
  ExtensionId.invalidityDate,
  ExtensionId.certificateIssuer,
])

/** Reads the next entry of revokedCertificates (RFC 5280 5.1.2.6, 5.3). */
export function readEntry(reader: Reader): RevocationEntry {
  const what = 'revokedCertificates'
  const outer = reader.enter(Tag.sequence, what)
  readInteger(reader, 'userCertificate')
  const revocationTime = readTime(reader, 'revocationDate')
  let reason = 0
  let issuer: Span | undefined
  let unknownCritical = false
  let hasExtensions = false
  // A real CA writes an empty sequence where there are no extensions; it says nothing, so it is let pass.
  if (!isEmptySequence(reader)) {
    const extensions = new ExtensionList(reader.bytes)
    readExtensions(reader, 'crlEntryExtensions', extensions, (id) => {
      if (id === ExtensionId.reasonCode) {
        reason = readSmallInteger(reader, 10, 'reasonCode', Tag.enumerated)
        if (reasonNames[reason] === undefined) reader.fail('bad_integer', reader.start, 'reasonCode')
      } else if (id === ExtensionId.invalidityDate) {
        readTime(reader, 'invalidityDate')
      } else if (id === ExtensionId.certificateIssuer) {
        readGeneralNames(reader, 'certificateIssuer')
        issuer = reader.content()
      } else reader.position = reader.limit
    })
    hasExtensions = true
    unknownCritical = extensions.firstCriticalOutside(understoodInEntries) !== undefined
  }
  reader.leave(outer, what)
  return { revocationTime, reason, issuer, unknownCritical, hasExtensions }
}

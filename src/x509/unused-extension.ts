import { checkContent, readAny } from '../der/content.ts'
import type { Reader } from '../der/reader.ts'
import * as ExtensionId from './ids/extension-id.ts'
import * as GeneralNameTag from './ids/general-name-tag.ts'

/**
 * Whether no verdict needs an extension, or only with some options. A fault in its content is a deviation if it is not critical: it
 * then counts as absent, and verification rejects the certificate where the extension is needed.
 */
export function mayBeUnused(id: number): boolean {
  switch (id) {
    case ExtensionId.authorityInfoAccess:
    case ExtensionId.subjectInfoAccess:
    case ExtensionId.issuerAltName:
    case ExtensionId.crlDistributionPoints:
    case ExtensionId.freshestCrl:
    case ExtensionId.certificatePolicies:
      return true
    default:
      return false
  }
}

/**
 * Reads the value of such an extension without its syntax. What every value must have stays required: DER at every level, names in
 * their primitive or constructed form, and no control characters in strings.
 */
export function readUnusedValue(reader: Reader, id: number, element: string): void {
  const hasPoints = id === ExtensionId.crlDistributionPoints || id === ExtensionId.freshestCrl
  readAny(reader, element, true, (inside, name, depth) => {
    const { bytes, tag, start, end } = inside
    checkContent(inside, name, true)
    if (!hasForm(tag, hasPoints ? depth : 0)) return inside.fail('unexpected_tag', inside.header, name)
    const isText = tag === GeneralNameTag.email || tag === GeneralNameTag.dns || tag === GeneralNameTag.uri
    // In a DistributionPoint, ReasonFlags have the tag of an e-mail address.
    if (!isText || (hasPoints && depth === 2)) return
    for (let i = start; i < end; i++) if (bytes[i]! < 0x20 || bytes[i] === 0x7f) return inside.fail('bad_string', i, name)
  })
}

/**
 * Whether an element with a context tag has the primitive or constructed form of a GeneralName, or of a field of DistributionPoint.
 *
 * @param depth the depth inside distribution points; 0 in other extensions
 */
function hasForm(tag: number, depth: number): boolean {
  const number = tag & 0x1f
  if (tag < 0x80 || number > 8) return true
  const isConstructed = (tag & 0x20) !== 0
  if (depth === 2) return isConstructed === (number !== 1)
  // nameRelativeToCRLIssuer, or an e-mail address of cRLIssuer.
  if (depth === 3 && number === 1) return true
  return isConstructed === (number === 0 || (number >= 3 && number <= 5))
}

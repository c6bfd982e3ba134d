import { hexOf } from '../bytes/encoding.ts'
import type { Span } from '../bytes/span.ts'
import { readDefaultFalse, readNamedBits } from '../der/primitives.ts'
import { contextConstructed, contextPrimitive, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readGeneralNames } from './general-name.ts'
import * as GeneralNameTag from './ids/general-name-tag.ts'
import { canonicalName, canonicalRdn, readAttributes } from './name.ts'

/** Where to find CRLs (cRLDistributionPoints, RFC 5280 4.2.1.13) and what they cover (issuingDistributionPoint, 5.2.5). */

/** A DistributionPoint or IssuingDistributionPoint. */
export interface DistributionPoint {
  /** The GeneralName elements of `fullName`. */
  fullName: Span | undefined
  /** The content of `nameRelativeToCRLIssuer`: the attributes of one RDN. */
  relativeName: Span | undefined
  /** ReasonFlags, bit n as `1 << n`. */
  reasons: number | undefined
  /** The GeneralName elements of `cRLIssuer`. */
  crlIssuer: Span | undefined
}

const reasonCount = 9

function emptyPoint(): DistributionPoint {
  return { fullName: undefined, relativeName: undefined, reasons: undefined, crlIssuer: undefined }
}

/** Reads `DistributionPointName`. Its tag is explicit because it is a CHOICE. */
function readPointName(reader: Reader, point: DistributionPoint, element: string): void {
  if (!reader.peek(contextConstructed(0))) return
  const outer = reader.enter(contextConstructed(0), element)
  if (reader.peek(contextConstructed(0))) {
    readGeneralNames(reader, element, contextConstructed(0))
    point.fullName = reader.content()
  } else {
    const relative = reader.enter(contextConstructed(1), element)
    point.relativeName = reader.content()
    readAttributes(reader, element)
    reader.leave(relative, element)
  }
  reader.leave(outer, element)
}

/** Reads cRLDistributionPoints or freshestCRL and calls `each` with every point. */
export function readDistributionPoints(reader: Reader, element: string, each?: (point: DistributionPoint) => void): void {
  const outer = reader.enter(Tag.sequence, element)
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element)
  while (!reader.atEnd()) {
    const point = emptyPoint()
    const inner = reader.enter(Tag.sequence, element)
    readPointName(reader, point, element)
    if (reader.peek(contextPrimitive(1))) point.reasons = readNamedBits(reader, reasonCount, element, contextPrimitive(1))
    if (reader.peek(contextConstructed(2))) {
      readGeneralNames(reader, element, contextConstructed(2))
      point.crlIssuer = reader.content()
    }
    reader.leave(inner, element)
    // A point must not consist of reasons only (RFC 5280 4.2.1.13).
    const isNamed = (point.fullName ?? point.relativeName ?? point.crlIssuer) !== undefined
    if (!isNamed && reader.fault === undefined) reader.fail('empty_sequence', reader.position, element)
    else each?.(point)
  }
  reader.leave(outer, element)
}

/** The names of a distribution point. Equal names have equal texts. A relative name is appended to `issuer`. */
export function pointNames({ fullName, relativeName }: DistributionPoint, issuer: string): Set<string> {
  const names = new Set<string>()
  if (fullName !== undefined) {
    const reader = new Reader(fullName)
    while (!reader.atEnd()) {
      reader.next('distributionPoint')
      const isDirectoryName = reader.tag === GeneralNameTag.directory
      names.add(isDirectoryName ? `d:${canonicalName(reader.content())}` : hexOf(reader.element()))
    }
  }
  if (relativeName !== undefined) names.add(`d:${issuer}${canonicalRdn(relativeName)}`)
  return names
}

/** The scope of a CRL: the certificates that it covers. */
export interface IssuingDistributionPoint extends DistributionPoint {
  onlyContainsUserCerts: boolean
  onlyContainsCaCerts: boolean
  indirect: boolean
  onlyContainsAttributeCerts: boolean
}

export function readIssuingDistributionPoint(reader: Reader): IssuingDistributionPoint {
  const element = 'issuingDistributionPoint'
  const scope: IssuingDistributionPoint = {
    ...emptyPoint(),
    onlyContainsUserCerts: false,
    onlyContainsCaCerts: false,
    indirect: false,
    onlyContainsAttributeCerts: false,
  }
  const outer = reader.enter(Tag.sequence, element)
  const { header } = reader
  // RFC 5280 5.2.5 forbids the empty SEQUENCE.
  if (reader.atEnd()) reader.fail('empty_sequence', header, element)
  readPointName(reader, scope, element)
  scope.onlyContainsUserCerts = readDefaultFalse(reader, element, contextPrimitive(1))
  scope.onlyContainsCaCerts = readDefaultFalse(reader, element, contextPrimitive(2))
  if (reader.peek(contextPrimitive(3))) scope.reasons = readNamedBits(reader, reasonCount, element, contextPrimitive(3))
  scope.indirect = readDefaultFalse(reader, element, contextPrimitive(4))
  scope.onlyContainsAttributeCerts = readDefaultFalse(reader, element, contextPrimitive(5))
  const kinds = Number(scope.onlyContainsUserCerts) + Number(scope.onlyContainsCaCerts) + Number(scope.onlyContainsAttributeCerts)
  if (kinds > 1) reader.fail('bad_boolean', header, element, 'at most one of the onlyContains fields may be set (RFC 5280 5.2.5)')
  reader.leave(outer, element)
  return scope
}

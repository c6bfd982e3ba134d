import { Span } from '../bytes/span.ts'
import { encodeElement } from '../der/encode.ts'
import type { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { type DistributionPoint, readDistributionPoints, readIssuingDistributionPoint } from '../x509/distribution-point.ts'
import { nameText } from '../x509/name-text.ts'
import { writeGeneralNames } from './general-names.ts'
import type { TextOutput } from './output.ts'
import { reasonFlagTitles } from './titles.ts'

/** cRLDistributionPoints and freshestCRL (RFC 5280 4.2.1.13, 4.2.1.15). */
export function writeDistributionPoints(output: TextOutput, reader: Reader): void {
  const points: DistributionPoint[] = []
  readDistributionPoints(reader, 'cRLDistributionPoints', (point) => points.push(point))
  if (reader.fault !== undefined) return
  for (const point of points) {
    if (output.isFull) return
    writePointName(output, point)
    writeReasons(output, 'Reasons:', point.reasons)
    const { crlIssuer } = point
    if (crlIssuer !== undefined) {
      output.line('CRL Issuer:')
      output.indented(2, () => writeGeneralNames(output, crlIssuer))
    }
  }
}

/** issuingDistributionPoint (RFC 5280 5.2.5). */
export function writeIssuingDistributionPoint(output: TextOutput, reader: Reader): void {
  const scope = readIssuingDistributionPoint(reader)
  if (reader.fault !== undefined) return
  writePointName(output, scope)
  if (scope.onlyContainsUserCerts) output.line('Only User Certificates')
  if (scope.onlyContainsCaCerts) output.line('Only CA Certificates')
  writeReasons(output, 'Only Some Reasons:', scope.reasons)
  if (scope.indirect) output.line('Indirect CRL')
  if (scope.onlyContainsAttributeCerts) output.line('Only Attribute Certificates')
}

function writePointName(output: TextOutput, { fullName, relativeName }: DistributionPoint): void {
  if (fullName !== undefined) {
    output.line('Full Name:')
    output.indented(2, () => writeGeneralNames(output, fullName))
  }
  if (relativeName !== undefined) {
    const name = nameOfRdn(relativeName)
    output.line('Relative Name:')
    output.indented(2, () => output.line(nameText(name, 'der')))
  }
}

function writeReasons(output: TextOutput, title: string, reasons: number | undefined): void {
  if (reasons === undefined) return
  output.line(title)
  output.indented(2, () => output.line(reasonFlagTitles.filter((_, bit) => (reasons & (1 << bit)) !== 0).join(', ')))
}

/** A Name whose only RDN has these attributes. */
function nameOfRdn(attributes: Span): Span {
  return new Span(encodeElement(Tag.sequence, encodeElement(Tag.set, attributes.view())))
}

import {
  algorithm,
  bitString,
  bmp,
  boolean,
  bytes,
  context,
  generalizedTime,
  implicit,
  integer,
  name,
  nul,
  octetString,
  oid,
  printable,
  sequence,
  set,
  text,
  tlv,
  utcTime,
  utf8,
} from './der.ts'
import { certificate, entry, extension, revocationList, someKey } from './structures.ts'

/** Certificates and revocation lists in DER that contain every structure that portcullis reads. */

const ascii = (value: string): Uint8Array => Buffer.from(value, 'latin1')
const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), value)

/** One value of every type that DER has and portcullis reads inside an open type. */
export const openValues: readonly Uint8Array[] = [
  boolean(true),
  boolean(false),
  integer(-129),
  integer(200),
  tlv(0x03, '04f0'),
  tlv(0x03, '00'),
  octetString('ff00'),
  nul(),
  oid('2.999.4294967299'),
  tlv(0x0a, '03'),
  utf8('Grüße 𝄞'),
  tlv(0x0d, '8f7f03'),
  text(0x12, '12 34'),
  printable('Az 09'),
  text(0x14, 'caf\xe9'),
  text(0x15, 'videotex'),
  text(0x16, 'a@b'),
  utcTime('240229235959Z'),
  generalizedTime('20600101000000Z'),
  text(0x19, 'graphic'),
  text(0x1a, 'visible'),
  text(0x1b, 'general'),
  tlv(0x1c, '0001d11e'),
  bmp('é€'),
  sequence(integer(1), sequence()),
  set(integer(1), integer(2)),
  implicit(1, 'ff'),
  context(2, integer(5), context(0, nul())),
  tlv(0x41, 'ff'),
  tlv(0x61, nul()),
  tlv(0xc1, 'ff'),
  tlv(0xe1, nul()),
]

/** X.690 11.6: in the order of their encodings. */
const manyAttributes = openValues.map((value, i) => attribute(`1.2.3.${i + 1}`, value)).sort(Buffer.compare)
const fullName = name(['2.5.4.6', printable('US')], ['2.5.4.3', utf8('Ünicode')], ['1.2.840.113549.1.9.1', text(0x16, 'a@b')])
const oddName = sequence(set(...manyAttributes), set(attribute('2.5.4.3', utf8('a'))))
const rdnContent = [attribute('2.5.4.3', utf8('crl')), attribute('2.5.4.11', utf8('x'))]

const otherNames = openValues.map((value) => context(0, oid('1.3.6.1.4.1.311.20.2.3'), context(0, value)))
const addresses = [implicit(7, 'c0000201'), implicit(7, '20010db8'.padEnd(32, '0'))]
const otherForms = [
  implicit(1, ascii('a@b.example')),
  implicit(2, ascii('*.a.example')),
  context(3, sequence(tlv(0x61, printable('US')), context(2, utf8('x'))), set(sequence(implicit(0, '01'), context(1, nul())))),
  context(4, fullName),
  context(5, context(0, utf8('assigner')), context(1, printable('party'))),
  implicit(6, ascii('spiffe://a.example/x')),
  implicit(8, '2a8648ce3d'),
]
const subtrees = [...otherForms, implicit(7, '0a000000ff000000'), ...otherNames.slice(0, 2)].map((base) => sequence(base))
const location = context(0, context(0, implicit(6, ascii('http://a.example/crl')), context(4, fullName)))
const relative = context(0, context(1, ...rdnContent))
const points = sequence(sequence(location), sequence(relative, implicit(1, '0560'), context(2, context(4, fullName))))
const descriptions = sequence(
  sequence(oid('1.3.6.1.5.5.7.48.1'), implicit(6, ascii('http://a.example/ocsp'))),
  sequence(oid('1.3.6.1.5.5.7.48.2'), context(4, fullName)),
)
const authorityKey = sequence(implicit(0, 'aabb'), context(1, context(4, fullName)), implicit(2, '0080'))
const cps = sequence(oid('1.3.6.1.5.5.7.2.1'), text(0x16, 'http://a.example/cps'))
const reference = sequence(utf8('organization'), sequence(integer(1), integer(200)))
const notice = sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(reference, text(0x1a, 'text')))
const policies = sequence(
  sequence(oid('1.2.3.4'), sequence(cps, notice, sequence(oid('1.2.3.5'), sequence(...openValues)))),
  sequence(oid('2.5.29.32.0')),
)

const extensions: readonly Uint8Array[] = [
  extension('2.5.29.14', octetString('aabbcc')),
  extension('2.5.29.15', tlv(0x03, '0106'), true),
  extension('2.5.29.17', sequence(context(4, oddName), ...otherForms, ...addresses, ...otherNames)),
  extension('2.5.29.18', sequence(...otherForms)),
  extension('2.5.29.19', sequence(boolean(true), integer(200)), true),
  extension('2.5.29.30', sequence(context(0, ...subtrees), context(1, ...subtrees.slice(0, 4))), true),
  extension('2.5.29.31', points),
  extension('2.5.29.32', policies),
  extension('2.5.29.33', sequence(sequence(oid('1.2.3.4'), oid('1.2.3.5'))), true),
  extension('2.5.29.35', authorityKey),
  extension('2.5.29.36', sequence(implicit(0, '00'), implicit(1, '0080')), true),
  extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2'), oid('2.5.29.37.0'))),
  extension('2.5.29.46', sequence(sequence(relative, implicit(1, '0560')))),
  extension('2.5.29.54', integer(3), true),
  extension('1.3.6.1.5.5.7.1.1', descriptions),
  extension('1.3.6.1.5.5.7.1.11', descriptions),
  // Not decoded: whatever is in it.
  extension('1.3.6.1.4.1.99999.1', bytes('ffff')),
  extension('2.5.29.9', bytes('30')),
]

const rsaKey = sequence(algorithm('1.2.840.113549.1.1.1', nul()), bitString(sequence(integer(0xc5), integer(65537))))
const pss = algorithm(
  '1.2.840.113549.1.1.10',
  sequence(
    context(0, algorithm('2.16.840.1.101.3.4.2.1', nul())),
    context(1, algorithm('1.2.840.113549.1.1.8', algorithm('2.16.840.1.101.3.4.2.1', nul()))),
    context(2, integer(32)),
  ),
)

export const certificateSpecimens: Readonly<Record<string, Uint8Array>> = {
  'a certificate with every extension': certificate({
    serial: integer(200),
    issuer: oddName,
    subject: fullName,
    validity: sequence(utcTime('240101000000Z'), generalizedTime('20600101000000Z')),
    uniqueIds: [implicit(1, '00ff'), implicit(2, '04f0')],
    extensions,
  }),
  'a certificate of version 1 with odd algorithms': certificate({
    version: undefined,
    key: rsaKey,
    tbsAlgorithm: pss,
    algorithm: algorithm('1.2.3', sequence(...openValues)),
    subject: sequence(),
  }),
  'a certificate of version 2': certificate({ version: context(0, integer(1)), key: someKey, uniqueIds: [implicit(2, '00')] }),
}

const scope = sequence(location, implicit(1, 'ff'), implicit(3, '0560'), implicit(4, 'ff'))
const entryExtensions = [
  extension('2.5.29.21', tlv(0x0a, '01')),
  extension('2.5.29.24', generalizedTime('20240101000000Z')),
  extension('2.5.29.29', sequence(...otherForms), true),
  extension('1.3.6.1.4.1.99999.2', bytes('ffff')),
]

export const listSpecimens: Readonly<Record<string, Uint8Array>> = {
  'a list with every extension': revocationList({
    issuer: fullName,
    nextUpdate: generalizedTime('20600101000000Z'),
    entries: [entry(200, ...entryExtensions), entry(-1), entry(1, entryExtensions[0]!)],
    extensions: [
      extension('2.5.29.18', sequence(...otherForms)),
      extension('2.5.29.20', integer(200)),
      extension('2.5.29.27', integer(199), true),
      extension('2.5.29.28', scope, true),
      extension('2.5.29.35', authorityKey),
      extension('2.5.29.46', points),
      extension('1.3.6.1.4.1.99999.3', bytes('ffff')),
    ],
  }),
  'a list for a relative name': revocationList({
    entries: [entry(5)],
    extensions: [extension('2.5.29.28', sequence(relative, implicit(2, 'ff')), true)],
  }),
  'a list for attribute certificates': revocationList({
    extensions: [extension('2.5.29.28', sequence(implicit(5, 'ff')), true)],
  }),
  'a list of version 1': revocationList({ version: undefined, entries: [entry(5)], nextUpdate: undefined }),
}

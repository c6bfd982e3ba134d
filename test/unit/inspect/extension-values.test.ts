import { describe, expect, it } from 'vitest'
import { renderText } from '../../../src/inspect/index.ts'
import { contextConstructed, encode, integer, nothing, octets, oid, primitive, raw, sequence } from '../../support/asn1.ts'
import { keyPair, mint } from '../../support/mint.ts'
import { stringNode } from '../../support/names.ts'

/** The lines of one extension's value, as they stand below its title. */
function valueText(id: string, value: Uint8Array, title = id): readonly string[] {
  const { der } = mint({ key: keyPair('p256'), subject: 'CN=a', extensions: [{ oid: id, value }] })
  const lines = renderText(der).split('\n')
  const at = lines.indexOf(`            ${title}:`)
  const end = lines.findIndex((line, i) => i > at && !line.startsWith('                '))
  expect(at).toBeGreaterThan(0)
  return lines.slice(at + 1, end).map((line) => line.slice(16))
}

const ia5 = (text: string): ReturnType<typeof primitive> => primitive(22, Buffer.from(text))

describe('extensions beyond path validation', () => {
  it('authorityInfoAccess', () => {
    const access = sequence(
      sequence(oid('1.3.6.1.5.5.7.48.1'), raw(Uint8Array.from([0x86, 0x08, ...Buffer.from('http://o')]))),
      sequence(oid('1.3.6.1.5.5.7.48.2'), raw(Uint8Array.from([0x86, 0x08, ...Buffer.from('http://c')]))),
      sequence(oid('1.2.3.4'), raw(Uint8Array.from([0x82, 0x01, 0x61]))),
    )
    expect(valueText('1.3.6.1.5.5.7.1.1', encode(access), 'Authority Information Access')).toEqual([
      'OCSP:',
      '  URI:http://o',
      'CA Issuers:',
      '  URI:http://c',
      '1.2.3.4:',
      '  DNS:a',
    ])
  })

  it('certificatePolicies with qualifiers', () => {
    const policies = sequence(
      sequence(
        oid('1.2.3'),
        sequence(
          sequence(oid('1.3.6.1.5.5.7.2.1'), ia5('https://example.com/cps')),
          sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(stringNode('Say "no"', 'utf8'))),
          sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(sequence(stringNode('Org', 'utf8'), sequence(integer(1))))),
        ),
      ),
    )
    expect(valueText('2.5.29.32', encode(policies), 'X509v3 Certificate Policies')).toEqual([
      'Policy: 1.2.3',
      '  CPS: https://example.com/cps',
      '  User Notice:',
      '    Explicit Text: "Say \\"no\\""',
      '  User Notice:',
      '    SEQUENCE',
      '      SEQUENCE',
      '        UTF8String "Org"',
      '        SEQUENCE',
      '          INTEGER 1',
    ])
  })

  it('TLS feature, OCSP no check, Netscape', () => {
    expect(valueText('1.3.6.1.5.5.7.1.24', encode(sequence(integer(5), integer(99))), 'TLS Feature')).toEqual([
      'status_request, 99',
    ])
    expect(valueText('1.3.6.1.5.5.7.48.1.5', encode(nothing()), 'OCSP No Check')).toEqual(['NULL'])
    expect(valueText('2.16.840.1.113730.1.13', encode(ia5('made by hand')), 'Netscape Comment')).toEqual(['"made by hand"'])
    expect(valueText('2.16.840.1.113730.1.1', Uint8Array.of(3, 2, 5, 0xa0), 'Netscape Cert Type')).toEqual(['SSL Client, S/MIME'])
  })

  it('what has a decoder but is not what the decoder reads is drawn', () => {
    expect(valueText('1.3.6.1.5.5.7.48.1.5', encode(integer(7)), 'OCSP No Check')).toEqual(['INTEGER 7'])
    const feature = encode(sequence(integer(5), oid('1.2.3')))
    expect(valueText('1.3.6.1.5.5.7.1.24', feature, 'TLS Feature')).toEqual([
      'SEQUENCE',
      '  INTEGER 5',
      '  OBJECT IDENTIFIER 1.2.3',
    ])
  })
})

describe('signed certificate timestamps', () => {
  const title = 'CT Precertificate SCTs'
  const id = '1.3.6.1.4.1.11129.2.4.2'
  const log = Array.from({ length: 32 }, (_, i) => i)
  const time = [...Buffer.from(Date.parse('2026-01-02T03:04:05Z').toString(16).padStart(16, '0'), 'hex')]
  const sct = [0, ...log, ...time, 0, 0, 4, 3, 0, 2, 0xaa, 0xbb]
  const list = (...items: readonly (readonly number[])[]): Uint8Array => {
    const body = items.flatMap((item) => [item.length >> 8, item.length & 255, ...item])
    return encode(octets(Uint8Array.from([body.length >> 8, body.length & 255, ...body])))
  }

  it('are decoded', () => {
    const lines = [
      'Signed Certificate Timestamp:',
      '    Version   : v1 (0x0)',
      `    Log ID    : ${log.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':')}`,
      '    Timestamp : Jan  2 03:04:05 2026 GMT',
      '    Extensions: none',
      '    Signature : ecdsa-with-SHA256',
      '                aa:bb',
    ]
    expect(valueText(id, list(sct), title)).toEqual(lines)
    expect(valueText(id, list(sct, sct), title)).toEqual([...lines, ...lines])
  })

  it('that are far in the future, extended, or signed in another way', () => {
    const strange = [0, ...log, ...new Array(8).fill(0xff), 0, 1, 0x77, 2, 2, 0, 0]
    expect(valueText(id, list(strange), title)).toEqual([
      'Signed Certificate Timestamp:',
      '    Version   : v1 (0x0)',
      expect.stringMatching(/^ {4}Log ID/),
      '    Timestamp : 18446744073709552000 ms since 1970',
      '    Extensions: 77',
      '    Signature : algorithm 514',
    ])
  })

  it.each([
    ['a list that is cut short', list(sct).subarray(0, -1)],
    ['an item that is cut short', list(sct.slice(0, -1))],
    ['an item with more than a signature', list([...sct, 0])],
    ['another version', list([1, ...sct.slice(1)])],
    ['an empty item', list([])],
    ['one byte', encode(octets(Uint8Array.of(0)))],
  ])('%s: drawn', (_, value) => {
    const lines = valueText(id, value, title)
    expect(lines.join('\n')).not.toContain('Signed Certificate Timestamp')
    expect(lines.length).toBeGreaterThan(0)
  })
})

describe('unknown extensions', () => {
  it('are drawn with their types and values', () => {
    const value = sequence(
      integer(-5),
      oid('1.2.840.113549'),
      nothing(),
      primitive(1, Uint8Array.of(0xff)),
      stringNode('a "b" \\', 'utf8'),
      stringNode('bmp', 'bmp'),
      primitive(23, Buffer.from('260102030405Z')),
      primitive(10, Uint8Array.of(3)),
      octets(Uint8Array.of(0xff, 0xfe)),
      octets(encode(sequence(integer(1)))),
      contextConstructed(2, integer(9)),
      integer(2n ** 127n - 1n),
      integer(2n ** 128n),
      sequence(),
    )
    expect(valueText('1.2.3.4.5', encode(value))).toEqual([
      'SEQUENCE',
      '  INTEGER -5',
      '  OBJECT IDENTIFIER 1.2.840.113549',
      '  NULL',
      '  BOOLEAN TRUE',
      '  UTF8String "a \\"b\\" \\\\"',
      '  BMPString "bmp"',
      '  UTCTime "260102030405Z"',
      '  ENUMERATED 3',
      '  OCTET STRING',
      '    ff:fe',
      '  OCTET STRING',
      '    SEQUENCE',
      '      INTEGER 1',
      '  [2]',
      '    INTEGER 9',
      '  INTEGER 170141183460469231731687303715884105727',
      '  INTEGER',
      '    01:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00',
      '  SEQUENCE',
    ])
  })

  it('are written as bytes if they are not ASN.1', () => {
    expect(valueText('1.2.3.4.5', Uint8Array.of(0x30, 0x05, 0x01))).toEqual(['30:05:01'])
    expect(valueText('1.2.3.4.5', Uint8Array.of(0x05, 0x00, 0x00))).toEqual(['05:00:00'])
    expect(valueText('1.2.3.4.5', new Uint8Array())).toEqual([])
    expect(valueText('1.2.3.4.5', Uint8Array.of(0x0c, 0x01, 0xff))).toEqual(['UTF8String', '  ff'])
  })
})

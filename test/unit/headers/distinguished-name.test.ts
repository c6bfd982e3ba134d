import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { nameOfText } from '../../../src/headers/distinguished-name.ts'
import { nameText } from '../../../src/x509/name-text.ts'
import { encode } from '../../support/asn1.ts'
import { nameNode } from '../../support/names.ts'

describe('names from RFC 4514', () => {
  it.each([
    ['CN=a', 'CN=a'],
    ['CN=a,O=b,C=US', 'CN=a,O=b,C=US'],
    ['CN=a+OU=b,O=c', 'CN=a+OU=b,O=c'],
    ['UID=jsmith,DC=example,DC=net', 'UID=jsmith,DC=example,DC=net'],
    ['CN=James \\"Jim\\" Smith\\, III,DC=net', 'CN=James \\"Jim\\" Smith\\, III,DC=net'],
    ['CN=Before\\0dAfter', 'CN=Before\\0DAfter'],
    ['CN=Lu\\C4\\8Di\\C4\\87', 'CN=Lučić'],
    ['CN=a=b', 'CN=a\\=b'],
    ['1.3.6.1.4.1.1466.0=#04024869', '1.3.6.1.4.1.1466.0=#04024869'],
    ['2.5.4.3=a', 'CN=a'],
    ['cn=a', 'CN=a'],
    ['CN=\\ a\\ ', 'CN=\\ a\\ '],
    ['', ''],
  ])('%j', (text, written) => {
    const name = nameOfText(text)
    expect(name).toBeDefined()
    expect(nameText(new Span(name!))).toBe(written)
  })

  it('are the DER that asn1js writes', () => {
    expect(Buffer.from(nameOfText('CN=a,O=b')!).toString('hex')).toBe(Buffer.from(encode(nameNode('O=b,CN=a'))).toString('hex'))
    const long = `CN=${'x'.repeat(300)}`
    expect(Buffer.from(nameOfText(long)!).toString('hex')).toBe(Buffer.from(encode(nameNode(long))).toString('hex'))
  })

  it.each([
    'a',
    '=a',
    'CN=',
    'CN=a,',
    ',CN=a',
    'CN=a,,O=b',
    'CN=a+',
    'CN=a, O=b',
    'CN= a',
    'CN=a ',
    'CN=a;O=b',
    'CN="a"',
    'CN=a\\',
    'CN=a\\x',
    'CN=\\ff',
    'CN=<a>',
    'CN=a\0',
    'CN=a\\00',
    'CN=#',
    'CN=#0',
    'CN=#0c',
    'CN=#0c05aa',
    'CN=#zz',
    'FOO=a',
    '1=a',
    '1.2.=a',
    '/CN=a',
  ])('%j is refused', (text) => expect(nameOfText(text)).toBeUndefined())
})

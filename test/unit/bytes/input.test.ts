import { describe, expect, it } from 'vitest'
import { encodePem, isCertificateLabel, isRevocationListLabel, looksLikeDer, singleDer } from '../../../src/bytes/pem.ts'
import { octetString, sequence } from '../../support/der.ts'
import { refusal, valueIn } from '../../support/refusal.ts'

const read = (input: Uint8Array | string): ReturnType<typeof singleDer> =>
  singleDer(input, 'test: input', 'CERTIFICATE', isCertificateLabel)

const short = sequence(octetString([1, 2, 3]))
const long = sequence(octetString(new Uint8Array(300)))

describe('looksLikeDer', () => {
  it('tells a SEQUENCE from text', () => {
    expect(looksLikeDer(short)).toBe(true)
    expect(looksLikeDer(long)).toBe(true)
    expect(looksLikeDer(Uint8Array.of(0x30, 0x80))).toBe(true)
    expect(looksLikeDer(Uint8Array.of(0x30))).toBe(true)
    expect(looksLikeDer(Buffer.from('0 is a digit'))).toBe(false)
    expect(looksLikeDer(Buffer.from('-----BEGIN'))).toBe(false)
    expect(looksLikeDer(new Uint8Array())).toBe(false)
  })
})

describe('singleDer', () => {
  it('gives DER through, untouched', () => {
    expect(valueIn(read(short))).toBe(short)
    expect(valueIn(read(long))).toBe(long)
  })

  it('reads the one block of the wanted kind, from text and from bytes', () => {
    const pem = `${encodePem('X509 CRL', short)}${encodePem('CERTIFICATE', long)}`
    expect(valueIn(read(pem))).toEqual(long)
    expect(valueIn(read(Buffer.from(pem)))).toEqual(long)
  })

  it('refuses nothing, no block, two blocks and a bad one', () => {
    expect(refusal(read(''))).toEqual(['empty_input', 0])
    expect(refusal(read(new Uint8Array()))).toEqual(['empty_input', 0])
    expect(refusal(read('hello'))).toEqual(['pem_missing', 0])
    expect(refusal(read(encodePem('X509 CRL', short)))).toEqual(['pem_missing', 0])
    const one = encodePem('CERTIFICATE', short)
    expect(refusal(read(`${one}${one}`))).toEqual(['pem_multiple', one.length])
    expect(read(`${one}${one}`)).toMatchObject({
      message: expect.stringContaining('a second CERTIFICATE block begins on line 4'),
    })
    expect(refusal(read(one.replace('-----END', '-----And')))).toEqual(['pem_unterminated', 0])
  })

  it('throws for what is neither text nor bytes', () => {
    expect(() => read({} as never)).toThrow(new TypeError('test: input must be a string or Uint8Array, got object'))
  })
})

describe('labels', () => {
  it('are those of RFC 7468 and the older ones', () => {
    const labels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE', 'certificate', 'X509 CRL', 'CRL', '']
    expect(labels.filter(isCertificateLabel)).toEqual(['CERTIFICATE', 'X509 CERTIFICATE'])
    expect(labels.filter(isRevocationListLabel)).toEqual(['X509 CRL', 'CRL'])
  })
})

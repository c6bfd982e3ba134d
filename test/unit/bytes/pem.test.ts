import { describe, expect, it } from 'vitest'
import { decodePem, describeMissingPem, encodePem, type PemBlock, scanPem } from '../../../src/bytes/pem.ts'
import { millisecondsOf, refusal, valueIn } from '../../support/refusal.ts'

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1')
const begin = '-----BEGIN CERTIFICATE-----\n'
const end = '-----END CERTIFICATE-----\n'
const block = (plain: string): string => `${begin}${Buffer.from(plain).toString('base64')}\n${end}`

/** The results of a scan: a block's text, or code and line of its fault. */
function found(blocks: readonly PemBlock[]): readonly (readonly [string, number, string])[] {
  return blocks.map(({ label, line, content }) => [
    label,
    line,
    content instanceof Uint8Array ? Buffer.from(content).toString() : `${content.code}@${content.line}`,
  ])
}

const scan = (value: string): ReturnType<typeof found> => found(scanPem(text(value)))

describe('scanPem', () => {
  it('finds blocks in order with their lines, whatever stands between', () => {
    const pem = `# roots\n\nsubject: CN=a\n${block('one')}some text\n-----not a boundary-----\n${block('two')}\ntrailing`
    expect(scan(pem)).toEqual([
      ['CERTIFICATE', 4, 'one'],
      ['CERTIFICATE', 9, 'two'],
    ])
  })

  it('keeps the offset of each BEGIN line', () => {
    const pem = `abc\n${block('one')}`
    expect(scanPem(text(pem))[0]).toMatchObject({ offset: 4, line: 2 })
  })

  it('takes LF, CRLF, blanks around boundaries and lines, and no final newline', () => {
    expect(scan(block('one').replaceAll('\n', '\r\n'))).toEqual([['CERTIFICATE', 1, 'one']])
    expect(scan(`  ${begin.trim()}\t\n  b25l  \n \t${end.trim()} \n`)).toEqual([['CERTIFICATE', 1, 'one']])
    expect(scan(block('one').trimEnd())).toEqual([['CERTIFICATE', 1, 'one']])
    expect(scan(`${begin}b2\n\n5l\n${end}`)).toEqual([['CERTIFICATE', 1, 'one']])
  })

  it('takes a text that begins with a byte order mark', () => {
    expect(found(scanPem(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), text(block('one'))])))).toEqual([['CERTIFICATE', 1, 'one']])
    expect(valueIn(decodePem(`\uFEFF${block('one')}`))).toHaveLength(1)
  })

  it('keeps other labels apart', () => {
    const pem = `-----BEGIN EC PARAMETERS-----\nb25l\n-----END EC PARAMETERS-----\n-----BEGIN -----\nb25l\n-----END -----\n`
    expect(scan(pem)).toEqual([
      ['EC PARAMETERS', 1, 'one'],
      ['', 4, 'one'],
    ])
  })

  it('drops only the bad block, and reports its position', () => {
    const bad = `${begin}b25l\nb2!l\n${end}`
    expect(scan(`${block('one')}${bad}${block('two')}`)).toEqual([
      ['CERTIFICATE', 1, 'one'],
      ['CERTIFICATE', 4, 'pem_bad_base64@6'],
      ['CERTIFICATE', 8, 'two'],
    ])
    expect(scanPem(text(bad))[0]?.content).toMatchObject({ detail: 'line 3 is not base64 at "!l\\n"', offset: begin.length + 7 })
  })

  it('names cut and wrongly padded base64', () => {
    expect(scanPem(text(`${begin}b25lb\n${end}`))[0]?.content).toMatchObject({
      code: 'pem_bad_base64',
      line: 3,
      detail: 'the base64 that ends on line 3 is cut short or wrongly padded',
    })
    expect(scanPem(text(`${begin}b2===\n${end}`))[0]?.content).toMatchObject({
      line: 2,
      detail: 'the base64 that ends on line 2 is cut short or wrongly padded',
    })
  })

  it('refuses an empty block and one with PEM headers', () => {
    expect(scanPem(text(`${begin}${end}`))[0]?.content).toMatchObject({
      code: 'pem_bad_base64',
      detail: 'the block is empty',
      line: 2,
    })
    expect(scan(`${begin}Proc-Type: 4,ENCRYPTED\n\nb25l\n${end}`)).toEqual([['CERTIFICATE', 1, 'pem_bad_base64@2']])
  })

  it('reports a block without END where the next one begins, and reads that one', () => {
    expect(scan(`${begin}b25l\n${block('two')}`)).toEqual([
      ['CERTIFICATE', 1, 'pem_unterminated@1'],
      ['CERTIFICATE', 3, 'two'],
    ])
    expect(scanPem(text(`${begin}b25l\n${block('two')}`))[0]?.content).toMatchObject({
      detail: 'BEGIN CERTIFICATE on line 1 has no END line: another block begins on line 3',
    })
  })

  it('reports an END of another kind, and one that never comes', () => {
    const [mismatched] = scanPem(text(`${begin}b25l\n-----END X509 CRL-----\n`))
    expect(mismatched?.content).toMatchObject({
      code: 'pem_unterminated',
      detail: 'BEGIN CERTIFICATE on line 1 has no END line: line 3 is an END X509 CRL line',
    })
    const [open] = scanPem(text(`${begin}b25l\n`))
    expect(open?.content).toMatchObject({
      code: 'pem_unterminated',
      offset: 0,
      detail: expect.stringContaining('the text ends first'),
    })
  })

  it('takes no boundary that is not whole and alone on its line', () => {
    for (const line of [
      '----BEGIN CERTIFICATE-----',
      '-----BEGIN CERTIFICATE----',
      'x -----BEGIN CERTIFICATE-----',
      '-----begin CERTIFICATE-----',
    ]) {
      expect(scan(`${line}\nb25l\n${end}`)).toEqual([['CERTIFICATE', 3, 'pem_unterminated@3']])
    }
    expect(scan(`-----BEGIN ${'A'.repeat(100)}-----\nb25l\n-----END ${'A'.repeat(100)}-----\n`)).toEqual([])
    expect(scan(end)).toEqual([['CERTIFICATE', 1, 'pem_unterminated@1']])
  })

  it('takes an END and a BEGIN that joining files has put on one line', () => {
    const joined = '-----END CERTIFICATE----------BEGIN CERTIFICATE-----\n'
    expect(scan(`${begin}b25l\n${joined}dHdv\n${end}`)).toEqual([
      ['CERTIFICATE', 1, 'one'],
      ['CERTIFICATE', 3, 'two'],
    ])
  })

  it('is linear: junk, floods of boundaries and long lines of 10 MB', () => {
    const floods = [
      'x'.repeat(10_000_000),
      `${'-'.repeat(10_000_000)}\n`,
      '-----BEGIN CERTIFICATE-----\n'.repeat(350_000),
      '-----END CERTIFICATE-----\n'.repeat(350_000),
      `${begin}${'A\n'.repeat(5_000_000)}`,
      `${begin}${' '.repeat(10_000_000)}${end}`,
    ]
    for (const flood of floods) expect(millisecondsOf(() => scanPem(text(flood)))).toBeLessThan(3000)
  })
})

describe('decodePem', () => {
  it('gives the certificates in order, other blocks left out', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nkeys are never read\n-----END PRIVATE KEY-----\n'
    const old = block('two').replaceAll('CERTIFICATE', 'X509 CERTIFICATE')
    const chain = valueIn(decodePem(`${key}${block('one')}${old}`))
    expect(chain.map((der) => Buffer.from(der).toString())).toEqual(['one', 'two'])
    expect(decodePem(text(block('one')))).toEqual(decodePem(block('one')))
  })

  it('refuses a text whose certificates cannot all be read', () => {
    const refused = decodePem(`abc\n${begin}b2!l\n${end}${block('two')}`)
    expect(refusal(refused)).toEqual(['pem_bad_base64', 4 + begin.length + 2])
    expect(refused).toMatchObject({ message: expect.stringContaining('line 3 is not base64') })
    expect(refusal(decodePem(begin))).toEqual(['pem_unterminated', 0])
  })

  it('refuses a text without certificates and tells what it is instead', () => {
    expect(refusal(decodePem(''))).toEqual(['empty_input', 0])
    const crl = '-----BEGIN X509 CRL-----\nb25l\n-----END X509 CRL-----\n'
    expect(decodePem(crl)).toMatchObject({ code: 'pem_missing', message: expect.stringContaining('only blocks of X509 CRL') })
    expect(decodePem('<!DOCTYPE html><p>')).toMatchObject({
      message: expect.stringContaining('HTML or XML, not PEM: it starts "<!DOCTYPE'),
    })
    // It may be a private key.
    const secret = 'MHcCAQEEIHGpT2uyjkk507wTX32O2S4M1oxfxFVAAAAA'
    const refused = decodePem(secret)
    expect(refused).toMatchObject({ message: expect.stringContaining('it looks like base64') })
    expect(JSON.stringify(refused)).not.toContain(secret.slice(8, 20))
    expect(decodePem('{"a":1}')).toMatchObject({ message: expect.stringContaining('the text is not PEM: it starts "{') })
  })

  it('does not take characters outside ISO 8859-1 for base64', () => {
    expect(refusal(decodePem(`${begin}b25\u0161\n${end}`))).toEqual(['pem_bad_base64', begin.length + 3])
    expect(refusal(decodePem(`${begin}b25l\n-----END CERTIFICATE\u012d----\n`))).toEqual(['pem_unterminated', 0])
  })

  it('throws only for arguments that are neither text nor bytes', () => {
    expect(() => decodePem(7 as never)).toThrow(new TypeError('decodePem: input must be a string or Uint8Array, got number'))
  })
})

describe('two byte order marks', () => {
  it.each<[string, string | Uint8Array]>([
    ['bytes', Buffer.from(`\uFEFF\uFEFF${block('one')}${block('two')}`)],
    ['text', `\uFEFF\uFEFF${block('one')}${block('two')}`],
  ])('hide the first block of %s, and the message says so', (_name, input) => {
    expect(decodePem(input)).toMatchObject({
      code: 'pem_unterminated',
      message: expect.stringContaining('END CERTIFICATE on line 3 has no BEGIN line; this is a text with two byte order marks'),
    })
  })

  it('are not found where there is one, or none', () => {
    for (const start of ['\uFEFF', '']) {
      expect(decodePem(Buffer.from(`${start}${end}${block('two')}`))).toMatchObject({
        message: 'PEM: END CERTIFICATE on line 1 has no BEGIN line (byte 0)'.replace('byte 0', `byte ${start === '' ? 0 : 3}`),
      })
    }
  })
})

describe('describeMissingPem', () => {
  it('names no more than five other labels', () => {
    const blocks = ['A', 'B', 'C', 'D', 'E', 'F', 'A'].map((label) => ({ label, line: 1, offset: 0, content: new Uint8Array(1) }))
    expect(describeMissingPem(text('x'), 'CERTIFICATE', blocks)).toContain('only blocks of A, B, C, D, E')
    expect(describeMissingPem(text(''), 'CERTIFICATE', [])).toBe('the input is empty')
  })
})

describe('encodePem', () => {
  it('writes 64 characters a line and a final newline', () => {
    const der = Uint8Array.from({ length: 100 }, (_, i) => i)
    const pem = encodePem('CERTIFICATE', der)
    expect(pem.split('\n').map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0])
    expect(valueIn(decodePem(pem))).toEqual([der])
  })
})

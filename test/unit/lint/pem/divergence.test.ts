import { describe, expect, it } from 'vitest'
import { encodePem } from '../../../../src/bytes/pem.ts'
import { lintTruststore } from '../../../../src/index.ts'
import { platforms } from '../../../../src/lint/platform/limits.ts'
import { sources } from '../../../support/pem-edits.ts'

const [first, second] = sources.map((der) => encodePem('CERTIFICATE', der)) as [string, string]
const lines = first.split('\n').length - 1

function found(text: string | Uint8Array): readonly (string | number | undefined)[] {
  const { findings } = lintTruststore(text)
  return findings
    .filter(({ code }) => code === 'pem_read_differently')
    .flatMap(({ severity, line, message }) => [severity, line, message])
}

describe('pem_read_differently', () => {
  it.each<[string, string, number, string]>([
    [
      'an END and a BEGIN on one line',
      first.trimEnd() + second,
      lines,
      `OpenSSL stops with an error on line ${lines}: line ${lines} is not the END line of the block of line 1; it loads none of the file; portcullis reads 2`,
    ],
    [
      'an indented block',
      first + second.replace(/^/gm, ' '),
      lines + 1,
      `OpenSSL reads 1 certificate, portcullis 2: OpenSSL takes line ${lines + 1} for no BEGIN or END line`,
    ],
    [
      'an indented END line',
      first.replace('-----END', ' -----END') + second,
      lines,
      `OpenSSL reads 1 certificate, portcullis 2: OpenSSL takes line ${lines} for no BEGIN or END line`,
    ],
    [
      'an END line in a comment',
      first.replace('-----END', '# -----END') + second,
      1,
      'OpenSSL stops with an error on line 1: the block of line 1 is not base64; it loads none of the file; portcullis reads 1',
    ],
    [
      'a BEGIN line at the end',
      `${first}-----BEGIN CERTIFICATE-----\n`,
      lines + 1,
      `OpenSSL stops with an error on line ${lines + 1}: the block of line ${lines + 1} has no END line; it loads none of the file, or only 1 certificate before it; portcullis reads 1`,
    ],
    [
      'a trusted certificate',
      first + second.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
      lines + 1,
      `OpenSSL reads 2 certificates, portcullis 1: they differ from line ${lines + 1}`,
    ],
    [
      'a NUL',
      `${first}\0\n${second}`,
      lines + 1,
      `OpenSSL takes the NUL on line ${lines + 1} for the end of the file: it reads 1 certificate before it; portcullis reads 2`,
    ],
    [
      'a blank line between lines',
      first.replace(/(\n[^-\n]*)\n/, '$1\n\n') + second,
      2,
      'OpenSSL stops with an error on line 2: the block has a header; it loads none of the file; portcullis reads 2',
    ],
  ])('is found for %s', (_name, text, line, message) => {
    expect(found(text)).toEqual(['warning', line, message])
    expect(found(Buffer.from(text))).toEqual(found(text))
    for (const platform of Object.keys(platforms) as (keyof typeof platforms)[]) {
      const { findings, accepted } = lintTruststore(text, { platform })
      expect(accepted).toBe(false)
      expect(findings.filter(({ code }) => code === 'pem_read_differently')).toMatchObject([{ severity: 'error', platform }])
    }
  })

  it.each([
    ['CRLF', first.replaceAll('\n', '\r\n') + second],
    ['blanks at line ends', first.replaceAll('\n', '  \n') + second],
    ['blanks before base64', first.replace('\nM', '\n M') + second],
    ['one long line', `${first.replace(/\n(?!-)/g, '').replace('-----MII', '-----\nMII')}\n${second}`],
    ['the older label', first.replaceAll('CERTIFICATE', 'X509 CERTIFICATE') + second],
    ['a stray END line', `-----END CERTIFICATE-----\n${first}`],
    ['text between blocks', `subject=CN = a\n${first}\n\n# ${'-'.repeat(300)}\n${second}`],
    ['a byte order mark', `\uFEFF${first}`],
    ['no final newline', first.trimEnd()],
    ['Ctrl-Z', `${first}\x1a`],
    ['a NUL at the end', `${first}\0\0`],
    ['a key', `${first}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`],
    ['a text without a certificate', 'nothing'],
    ['DER', Buffer.from(sources[0]!).toString('latin1')],
  ])('is not found for %s', (_name, text) => {
    expect(found(text)).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { type ParseResult, parseCertificate, parseRevocationList } from '../../../src/index.ts'
import { Workplace } from '../../support/cli.ts'
import { keyPair, mint, mintCrl } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Example,CN=Root' })
const hostile = mint({ subject: [['CN', 'a\u001b[31m\u0007\u202eb', 'utf8']] })

const list = mintCrl({ issuer: root }).der
const expected = (parsed: ParseResult<object>): unknown => parsed.ok && JSON.parse(JSON.stringify(parsed.value))

const place = new Workplace({
  'root.pem': root.pem,
  'root.der': root.der,
  'root.crl': list,
  'hostile.pem': hostile.pem,
  'text.txt': 'hello',
})

describe('portcullis inspect', () => {
  it('shows show a certificate, PEM, DER or from a pipe', () => {
    const { exitCode, output, errors } = place.run(['inspect', 'root.pem'])
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(output).toMatch(/^ *Subject: .*Root/m)
    expect(output).toMatch(/Not After/)
    expect(place.run(['inspect', 'root.der']).output).toBe(output)
    expect(place.run(['inspect', '-'], { input: root.der }).output).toBe(output)
    expect(place.run(['inspect', '-'], { input: root.pem }).output).toBe(output)
  })

  it('names each of several files', () => {
    const { output } = place.run(['inspect', 'root.pem', 'root.der'])
    expect(output).toMatch(/^root\.pem$/m)
    expect(output).toMatch(/^root\.der$/m)
  })

  it('lets no control character of a certificate reach the terminal', () => {
    expect(place.run(['inspect', 'hostile.pem']).output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('shows what is malformed as far as it goes, and is 1', () => {
    const { exitCode, output, errors } = place.run(['inspect', '-'], { input: root.der.subarray(0, 200) })
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: '' })
    expect(output).toContain('byte')
  })

  it('writes JSON for scripts, with dates as everywhere', () => {
    const { exitCode, output } = place.run(['inspect', 'root.pem', 'root.crl', '--format', 'json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(output)).toEqual({
      files: [
        { file: 'root.pem', certificates: [expected(parseCertificate(root.der))], revocationLists: [], faults: [] },
        { file: 'root.crl', certificates: [], revocationLists: [expected(parseRevocationList(list))], faults: [] },
      ],
    })
    expect(JSON.parse(output).files[0].certificates[0].notAfter).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
    const broken = place.run(['inspect', '--format=json', '-'], { input: root.der.subarray(0, 200) })
    expect(broken.exitCode).toBe(1)
    expect(JSON.parse(broken.output).files[0]).toMatchObject({
      file: 'stdin',
      certificates: [],
      faults: [{ code: expect.any(String), offset: 0 }],
    })
    const hostileOutput = place.run(['inspect', 'hostile.pem', '--format', 'json']).output
    expect(hostileOutput.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it.each<[string, readonly string[], string]>([
    ['an empty file', ['-'], 'stdin: '],
    ['nothing', [], '<file… | -> is missing'],
    ['a format for findings', ['root.pem', '--format', 'sarif'], '--format is sarif, expected one of text, json.'],
    ['a missing file', ['gone.pem'], 'cannot read gone.pem: there is no such file'],
    ['a file without certificates', ['text.txt'], 'portcullis inspect: text.txt: '],
  ])('%s is 2', (_, args, problem) => {
    const { exitCode, output, errors } = place.run(['inspect', ...args])
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
    expect(errors).toContain(problem)
  })
})

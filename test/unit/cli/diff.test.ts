import { describe, expect, it } from 'vitest'
import { Workplace } from '../../support/cli.ts'
import { keyPair, mint } from '../../support/mint.ts'

const until = (year: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date(`${year}-01-01T00:00:00Z`),
})
const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root', ...until(2030) })
const renewed = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root', ...until(2040) })
const old = mint({ ca: true, subject: 'CN=Gone', ...until(2030) })
const before = mint({ ca: true, subject: 'CN=Rolled', ...until(2030) })
const after = mint({ ca: true, subject: 'CN=Rolled', ...until(2035) })
const added = mint({ ca: true, subject: 'CN=New', ...until(2030) })
const kept = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Kept', ...until(2030) })
const future = mint({
  ca: true,
  key: keyPair('p256', 1),
  subject: 'CN=Kept',
  ...until(2040),
  notBefore: new Date('2028-01-01T00:00:00Z'),
})

const place = new Workplace({
  'old.pem': root.pem + old.pem + before.pem + kept.pem,
  'new.pem': kept.pem + after.pem + added.pem + renewed.pem,
  'renewed.pem': renewed.pem + old.pem + before.pem + kept.pem,
  'kept.der': kept.der,
  'kept.pem': kept.pem,
  'future.pem': future.pem,
  'empty.pem': '',
  'broken.pem': kept.pem.replace('MII', '???') + root.pem.replace('MII', '???'),
})

describe('portcullis diff', () => {
  it('says what changes, and whose clients will be refused', () => {
    expect(place.run(['diff', 'old.pem', 'new.pem'])).toEqual({
      exitCode: 1,
      output: `removed    CN=Gone, until 2030-01-01T00:00:00Z
re-keyed   CN=Rolled, until 2030-01-01T00:00:00Z → 2035-01-01T00:00:00Z
renewed    CN=Root, until 2030-01-01T00:00:00Z → 2040-01-01T00:00:00Z
added      CN=New, until 2030-01-01T00:00:00Z
unchanged  1
rejected   clients of CN=Gone
rejected   clients of CN=Rolled
`,
      errors: '',
    })
  })

  it('is 0 if no client is rejected', () => {
    expect(place.run(['diff', 'old.pem', 'old.pem'])).toEqual({ exitCode: 0, output: 'unchanged  4\n', errors: '' })
    expect(place.run(['diff', 'old.pem', 'renewed.pem']).exitCode).toBe(0)
  })

  it('reads standard input and DER', () => {
    expect(place.run(['diff', '-', 'kept.der'], { input: kept.pem })).toMatchObject({ exitCode: 0, output: 'unchanged  1\n' })
  })

  it('writes JSON', () => {
    expect(JSON.parse(place.run(['diff', 'old.pem', 'new.pem', '--format', 'json']).output)).toMatchObject({
      before: expect.stringMatching(/^[0-9a-f]{64}$/),
      removed: [{ subject: 'CN=Gone' }],
      added: [{ subject: 'CN=New', notAfter: '2030-01-01T00:00:00.000Z', publicKey: { algorithm: 'EC' } }],
      renewed: [{ before: { subject: 'CN=Root' }, after: { notAfter: '2040-01-01T00:00:00.000Z' } }],
      rekeyed: [{ after: { subject: 'CN=Rolled' } }],
      droppedIssuers: ['CN=Gone', 'CN=Rolled'],
      unchanged: 1,
    })
  })

  it('counts clients at the time that is given', () => {
    const at = (date: string, files: readonly string[] = ['old.pem', 'new.pem']) => place.run(['diff', ...files, '--at', date])
    expect(at('2029-12-31T23:59:59Z')).toMatchObject({ exitCode: 1, output: expect.stringContaining('clients of CN=Gone\n') })
    const { exitCode, output } = at('2030-01-02')
    expect(exitCode).toBe(0)
    expect(output).toContain('removed    CN=Gone')
    expect(output).not.toContain('rejected')
    expect(at('2026-01-01', ['kept.pem', 'future.pem'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('rejected   clients of CN=Kept\n'),
    })
    expect(at('2029-06-01', ['kept.pem', 'future.pem']).exitCode).toBe(0)
    expect(place.run(['diff', 'kept.pem', 'future.pem']).exitCode).toBe(0)
  })

  it.each<[string, readonly string[], string | RegExp]>([
    ['one file', ['old.pem'], 'too few operands: <old> <new>'],
    ['no file', [], '<old> <new> is missing'],
    ['three files', ['old.pem', 'new.pem', 'new.pem'], 'too many operands, at new.pem'],
    ['a truststore of nothing', ['old.pem', 'empty.pem'], 'empty.pem: no usable certificate in the truststore'],
    [
      'a truststore of broken blocks',
      ['old.pem', 'broken.pem'],
      /broken\.pem: no usable certificate .* \(line 2\); and 1 more\n.*portcullis lint/,
    ],
    ['a wrong date', ['old.pem', 'new.pem', '--at', 'today'], '--at is today, which is not a date'],
    ['a missing file', ['old.pem', 'gone.pem'], 'cannot read gone.pem: there is no such file'],
    ['a format for findings', ['old.pem', 'new.pem', '--format', 'sarif'], '--format is sarif, expected one of text, json.'],
  ])('%s is 2', (_, args, problem) => {
    const { exitCode, output, errors } = place.run(['diff', ...args])
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
    expect(errors).toMatch(problem instanceof RegExp ? problem : `portcullis diff: ${problem}`)
  })
})

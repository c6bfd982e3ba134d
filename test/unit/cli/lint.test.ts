import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ruleCatalogue } from '../../../src/lint/catalogue.ts'
import { programFile, Workplace } from '../../support/cli.ts'
import { keyPair, mint } from '../../support/mint.ts'

const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
const root = mint({
  ca: true,
  key: keyPair('p256'),
  subject: 'O=Example,CN=Root',
  notBefore: day('2020-01-01'),
  notAfter: day('2030-01-01'),
})
const old = mint({ ca: true, subject: 'O=Example,CN=Old', notBefore: day('2020-01-01'), notAfter: day('2025-01-01') })
const servers = mint({ ca: true, subject: 'CN=Servers', extendedKeyUsage: ['serverAuth'], notBefore: day('2020-01-01') }, root)
const small = mint({ ca: true, key: keyPair('rsa1024'), subject: 'O=Example,CN=Small', notAfter: day('2040-01-01') })
const hostile = mint({
  ca: true,
  subject: [['CN', 'a\u001b[31m\u0007\n\u009b\u202eb', 'utf8']],
  notBefore: day('2020-01-01'),
  notAfter: day('2021-01-01'),
})

const place = new Workplace({
  'clean.pem': root.pem,
  'clean.der': root.der,
  'old.pem': root.pem + old.pem,
  'bad.pem': old.pem + small.pem,
  'hostile.pem': hostile.pem,
  'spaced.pem': `${root.pem}\n`,
  'text.txt': 'hello',
  'servers.pem': root.pem + servers.pem,
  'waivers.json': JSON.stringify([{ code: 'expired', until: '2027-01-01', reason: 'moves in December' }]),
  'ended.json': JSON.stringify([{ code: 'expired', until: '2026-01-01' }]),
})
const at = ['--at', '2026-06-01']

describe('portcullis lint', () => {
  it('prints one line, and returns 0, if nothing is wrong', () => {
    expect(place.run(['lint', 'clean.pem', ...at])).toEqual({ exitCode: 0, output: 'no findings in clean.pem\n', errors: '' })
  })

  it('writes one finding a line with its line number, and 0 for warnings', () => {
    const line = root.pem.split('\n').length
    expect(place.run(['lint', ...at, 'clean.pem', 'old.pem', '--profile', 'api-gateway'])).toEqual({
      exitCode: 0,
      output: `old.pem:${line}  warning  expired  expired on 2025-01-01T00:00:00Z: subject CN=Old,O=Example
1 warning in 2 files

Remedies
  expired  ${ruleCatalogue.get('expired')?.remedy}
`,
      errors: '',
    })
  })

  it('writes remedies for machines, too', () => {
    const remedy = ruleCatalogue.get('expired')?.remedy
    const json = JSON.parse(place.run(['lint', ...at, 'old.pem', '--format', 'json']).output)
    expect(json.files[0].findings).toMatchObject([{ code: 'expired', remedy }])
    expect(place.run(['lint', ...at, 'old.pem', '--format', 'github']).output).toContain(`CN=Old,O=Example%0A${remedy}\n`)
  })

  it('reads standard input, DER and PEM', () => {
    expect(place.run(['lint', '-', ...at], { input: root.pem }).output).toBe('no findings in stdin\n')
    expect(place.run(['lint', '-', ...at], { input: root.der }).output).toBe('no findings in stdin\n')
    expect(place.run(['lint', 'clean.der', ...at]).exitCode).toBe(0)
    expect(place.run(['lint', '-', ...at], { input: '' })).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('empty_bundle'),
    })
    expect(place.run(['lint', 'text.txt', ...at])).toMatchObject({ exitCode: 1, output: expect.stringContaining('empty_bundle') })
  })

  it('looks ahead as far as asked', () => {
    expect(place.run(['lint', 'clean.pem', '--at', '2029-11-01']).exitCode).toBe(0)
    expect(place.run(['lint', 'clean.pem', '--at', '2029-11-01', '--expires-within=90', '--fail-on', 'warning'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('expires_within'),
    })
  })

  it('judges for platforms', () => {
    expect(place.run(['lint', 'clean.pem', ...at, '--platform', 'api-gateway,alb', '--platform', 'cloudfront']).exitCode).toBe(0)
    const { exitCode, output } = place.run(['lint', 'spaced.pem', ...at, '--platform', 'alb'])
    expect(exitCode).toBe(1)
    expect(output).toContain(`spaced.pem:${root.pem.split('\n').length}  error    blank_lines  Application Load Balancer: blank`)
  })

  it('reports public CAs, and what a transition puts off', () => {
    const { output } = place.run(['lint', 'clean.pem', ...at, '--public-roots', 'old.pem'])
    expect(output).toContain('clean.pem:1  warning  public_ca_for_clients  is a root of a public CA: subject CN=Root,O=Example\n')
    expect(place.run(['lint', 'clean.pem', ...at, '--public-roots', 'node'])).toMatchObject({
      exitCode: 0,
      output: 'no findings in clean.pem\n',
    })
    expect(place.run(['lint', 'clean.pem', ...at, '--public-roots', 'text.txt'])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('text.txt: '),
    })
    const transition = ['--purpose', 'client-or-server', '--until', '2026-06-02']
    expect(place.run(['lint', 'servers.pem', ...at, ...transition]).output).toContain(
      'a transition accepts serverAuth until 2026-06-02T00:00:00Z',
    )
    expect(place.run(['lint', 'servers.pem', ...at, '--purpose', 'server']).output).not.toContain('eku')
    expect(place.run(['lint', 'servers.pem', ...at, '--purpose', 'client-or-server'])).toMatchObject({ exitCode: 2 })
  })

  it('fails on what it is told to fail on', () => {
    expect(place.run(['lint', 'old.pem', ...at, '--fail-on', 'error']).exitCode).toBe(0)
    expect(place.run(['lint', 'old.pem', ...at, '--fail-on', 'warning']).exitCode).toBe(1)
    expect(place.run(['lint', 'bad.pem', ...at, '--fail-on', 'error']).exitCode).toBe(1)
    expect(place.run(['lint', 'spaced.pem', ...at])).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('1 info in spaced.pem'),
    })
    expect(place.run(['lint', 'spaced.pem', ...at, '--fail-on=info']).exitCode).toBe(1)
  })

  it('counts warnings over all files, and fails on more than --max-warnings', () => {
    const exitCode = (...args: readonly string[]): number | null => place.run(['lint', ...at, ...args]).exitCode
    expect(exitCode('old.pem', '--max-warnings', '0')).toBe(1)
    expect(exitCode('old.pem', '--max-warnings', '1')).toBe(0)
    expect(exitCode('old.pem', 'old.pem', '--max-warnings', '1')).toBe(1)
    expect(exitCode('clean.pem', 'spaced.pem', '--max-warnings', '0')).toBe(0)
    expect(exitCode('bad.pem', '--max-warnings', '9')).toBe(1)
    for (const count of ['many', '1.5', '=-1', '']) {
      expect(place.run(['lint', 'old.pem', `--max-warnings=${count}`])).toMatchObject({
        exitCode: 2,
        errors: expect.stringContaining(`--max-warnings is ${count}, which is not a whole number`),
      })
    }
  })

  it('fails on a truststore that accepts nobody, now or ever', () => {
    const intermediate = mint({ ca: true, subject: 'CN=Sub', notBefore: day('2020-01-01') }, root)
    place.write('nobody.pem', intermediate.pem)
    place.write('over.pem', old.pem)
    expect(place.run(['lint', 'nobody.pem', ...at])).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(/^nobody\.pem +error +no_trust_anchor +no client can be accepted/),
    })
    expect(place.run(['lint', 'over.pem', ...at])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining(
        'error    no_valid_anchor  no client is accepted on 2026-06-01T00:00:00Z: certificate 0, CN=Old,O=Example, expired on 2025-01-01T00:00:00Z',
      ),
    })
  })

  it('leaves out what is waived, until it ends', () => {
    expect(place.run(['lint', 'old.pem', ...at, '--waivers', 'waivers.json', '--max-warnings=0']).exitCode).toBe(0)
    const { exitCode, output } = place.run(['lint', 'old.pem', ...at, '--waivers', 'ended.json', '--max-warnings=0'])
    expect(exitCode).toBe(1)
    expect(output).toMatch(/waiver_expired .*\n.* expired /)
  })

  it.each([
    ['{}', 'w.json must be a JSON array of waivers'],
    ['[', 'w.json is not valid JSON'],
    ['[7]', 'w.json: [0] must be an object'],
    ['[{}]', 'w.json: [0].code is missing'],
    ['[{"code":"expird"}]', 'Did you mean expired?'],
    ['[{"code":"expired","till":"2027-01-01"}]', 'a field of w.json: [0] is till'],
    ['[{"code":"expired","until":"tomorrow"}]', 'w.json: [0].until is tomorrow, which is not a date'],
    ['[{"code":"expired","until":7}]', 'w.json: [0].until must be a string'],
    ['[{"code":"expired","fingerprint":"ab"}]', 'w.json: [0].fingerprint must be SHA-256'],
  ])('refuses waivers %s', (text, problem) => {
    place.write('w.json', text)
    const { exitCode, output, errors } = place.run(['lint', 'clean.pem', '--waivers', 'w.json'])
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
    expect(errors).toContain(`portcullis lint: ${problem.startsWith('Did') ? '' : problem}`)
    expect(errors).toContain(problem)
  })

  it('takes the fingerprint of a waiver as other tools write it', () => {
    const [finding] = JSON.parse(place.run(['lint', 'old.pem', ...at, '--format', 'json']).output).files[0].findings
    const fingerprint = finding.fingerprint.toUpperCase().match(/../g).join(':')
    place.write('one.json', JSON.stringify([{ code: 'expired', fingerprint }]))
    const run = (): number | null => place.run(['lint', 'old.pem', ...at, '--waivers', 'one.json', '--fail-on=warning']).exitCode
    expect(run()).toBe(0)
    place.write(
      'one.json',
      JSON.stringify([{ code: 'expired', fingerprint: fingerprint.replace(/^../, 'ZZ').replace('ZZ', '00') }]),
    )
    expect(run()).toBe(fingerprint.startsWith('00') ? 0 : 1)
  })

  it('writes JSON, SARIF and annotations for machines', () => {
    const json = JSON.parse(place.run(['lint', 'bad.pem', 'clean.pem', ...at, '--format', 'json']).output)
    expect(json).toMatchObject({
      counts: { error: 2 },
      files: [
        { file: 'bad.pem', accepted: false },
        { file: 'clean.pem', accepted: true },
      ],
    })
    const sarif = JSON.parse(place.run(['lint', 'bad.pem', ...at, '--format=sarif']).output)
    expect(sarif).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'portcullis', semanticVersion: '0.1.0' } } }],
    })
    const github = place.run(['lint', 'bad.pem', ...at, '--format', 'github']).output
    expect(github).toMatch(/^::warning file=bad\.pem,line=1,title=expired::expired on .*: subject CN=Old,O=Example%0A/m)
    expect(github).toMatch(/^::error file=bad\.pem,line=\d+,title=rsa_too_small::/m)
  })

  it('lets no control character of a certificate reach the terminal', () => {
    for (const format of ['text', 'json', 'sarif', 'github']) {
      const { output } = place.run(['lint', 'hostile.pem', ...at, '--format', format], { env: { FORCE_COLOR: '0' } })
      expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(output).toContain('expired')
    }
  })

  it('uses colour on request', () => {
    const run = (env: Readonly<Record<string, string>>): boolean =>
      place.run(['lint', 'old.pem', ...at], { env }).output.includes('\u001b[')
    expect(run({})).toBe(false)
    expect(run({ FORCE_COLOR: '1' })).toBe(true)
    expect(run({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
    expect(run({ FORCE_COLOR: '1', NO_COLOR: '' })).toBe(true)
    expect(run({ FORCE_COLOR: '0' })).toBe(false)
  })
})

describe('what portcullis lint cannot read', () => {
  it('prints its reason on standard error, and returns 2', () => {
    mkdirSync(join(place.directory, 'folder'))
    const { exitCode, output, errors } = place.run(['lint', 'clean.pem', 'missing.pem', 'folder', 'clean.pem/x'])
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
    expect(errors).toBe(
      `portcullis lint: cannot read missing.pem: there is no such file
portcullis lint: cannot read folder: it is a directory; name the files in it
portcullis lint: cannot read clean.pem/x: a part of the path is not a directory
See portcullis lint --help.
`,
    )
  })

  it('is a file of more than 64 MB, which is not even read', () => {
    truncateSync(place.write('huge.pem', ''), 64 * 1024 * 1024 + 1)
    const started = Date.now()
    expect(place.run(['lint', 'huge.pem'])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('cannot read huge.pem: it has 67108865 bytes, and at most 67108864 bytes are read'),
    })
    expect(Date.now() - started).toBeLessThan(5000)
  })

  it('is a file that does not end', () => {
    expect(place.run(['lint', '/dev/zero']).errors).toContain('cannot read /dev/zero: it does not end')
  })

  it('is standard input twice', () => {
    expect(place.run(['lint', '-', '-']).errors).toContain('standard input (-) can be read only once')
  })

  it('has no control characters in messages', () => {
    expect(place.run(['lint', 'a\u001b[2Jb']).errors).toContain('cannot read a\\u{1b}[2Jb: there is no such file')
  })
})

describe('a pipe that is closed', () => {
  it('ends the program silently, with its exit code', async () => {
    const many = Array.from({ length: 400 }, () => old.pem).join('')
    const path = place.write('many.pem', many)
    const child = spawn(process.execPath, [programFile, 'lint', '--format', 'json', path], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    const [exitCode] = await once(child, 'close')
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: '' })
  })
})

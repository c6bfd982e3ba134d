import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/index.ts'
import { Workplace } from '../../support/cli.ts'
import { keyPair, mint, mintCrl } from '../../support/mint.ts'
import { pemOf } from '../../support/pem.ts'
import { pkcs7 } from '../../support/pkcs7.ts'

const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
const dates = { notBefore: day('2020-01-01'), notAfter: day('2030-01-01') }
const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Example,CN=Root', ...dates })
const issuing = mint({ ca: true, subject: 'O=Example,CN=Clients', ...dates }, root)
const client = mint({ subject: 'O=Example,CN=client', ...dates }, issuing)
const revoked = mint({ subject: 'O=Example,CN=stolen', ...dates }, issuing)
const server = mint(
  { subject: 'CN=server', subjectAltNames: [{ dns: 'api.example.com' }], extendedKeyUsage: ['serverAuth'], ...dates },
  issuing,
)
const hostile = mint({ subject: [['CN', 'a\u001b[31m\u0007\u202eb', 'utf8']], ...dates, notAfter: day('2021-01-01') }, issuing)
const listDates = { thisUpdate: day('2026-01-01'), nextUpdate: day('2027-01-01') }

const clientsList = mintCrl({ issuer: issuing, ...listDates, revoked: [{ serial: revoked.serial, date: day('2026-02-01') }] })

const place = new Workplace({
  'root.pem': root.pem,
  'ca.pem': root.pem + issuing.pem,
  'client.pem': client.pem,
  'client.der': client.der,
  'chain.pem': client.pem + issuing.pem,
  'reversed.pem': issuing.pem + client.pem,
  'server.pem': server.pem,
  'stolen.pem': revoked.pem,
  'hostile.pem': hostile.pem,
  'root.crl': mintCrl({ issuer: root, ...listDates }).der,
  'clients.crl': clientsList.pem,
  'stale.crl': mintCrl({ issuer: issuing, thisUpdate: day('2025-01-01'), nextUpdate: day('2025-02-01') }).pem,
  'ca.p7b': pkcs7({ certificates: [root.der, issuing.der], isIndefinite: true }),
  'ca.der': Buffer.concat([root.der, issuing.der]),
  'chain.p7b': pemOf('PKCS7', pkcs7({ certificates: [issuing.der, client.der] })),
  'lists.der': Buffer.concat([mintCrl({ issuer: root, ...listDates }).der, clientsList.der]),
  'lists.pem': mintCrl({ issuer: root, ...listDates }).pem + clientsList.pem,
  'lists.p7b': pkcs7({ lists: [mintCrl({ issuer: root, ...listDates }).der, clientsList.der] }),
  'junk.txt': 'no certificate here',
  'cut.p7b': pkcs7({ certificates: [root.der] }).subarray(0, 100),
  'empty.pem': '# nothing\n',
  'blocks.pem': (root.pem + issuing.pem).replaceAll('MII', '???'),
  'broken.pem': client.pem.slice(0, 200),
})
const at = ['--at', '2026-06-01T12:00:00Z']
const base = ['verify', '--truststore', 'ca.pem', ...at]

describe('portcullis verify', () => {
  it('accepts with the path, and 0', () => {
    expect(place.run([...base, 'client.pem'])).toEqual({
      exitCode: 0,
      output: `client.pem  accepted
CN=client,O=Example, until 2030-01-01T00:00:00Z
  └ CN=Clients,O=Example, until 2030-01-01T00:00:00Z
    └ CN=Root,O=Example, until 2030-01-01T00:00:00Z
`,
      errors: '',
    })
  })

  it.each(['ca.p7b', 'ca.der'])('reads the truststore %s like PEM', (file) => {
    const run = ['verify', '--truststore', file, ...at]
    for (const chain of ['client.pem', 'client.der', 'chain.p7b']) expect(place.run([...run, chain]).exitCode).toBe(0)
    expect(place.run([...run, 'server.pem'])).toEqual(place.run([...base, 'server.pem']))
  })

  it.each(['lists.der', 'lists.pem', 'lists.p7b'])('reads the lists of %s', (file) => {
    expect(place.run([...base, '--crl', file, 'client.pem']).exitCode).toBe(0)
    const { exitCode, output } = place.run([...base, '--crl', file, 'stolen.pem'])
    expect([exitCode, output]).toEqual([1, expect.stringContaining('revoked')])
  })

  it('names what is wrong with PKCS #7', () => {
    const both = place.run([...base, '--truststore', 'junk.txt', 'client.pem'])
    expect([both.exitCode, both.errors]).toEqual([2, expect.stringContaining('junk.txt: no "-----BEGIN CERTIFICATE-----"')])
    const { exitCode, errors } = place.run(['verify', '--truststore', 'cut.p7b', ...at, 'client.pem'])
    expect([exitCode, errors]).toEqual([2, expect.stringContaining('cut.p7b: bundle: the input ends inside this element')])
  })

  it('refuses with the reason and what to do, and 1', () => {
    const { exitCode, output } = place.run(['verify', '--truststore', 'root.pem', ...at, 'client.pem'])
    expect(exitCode).toBe(1)
    expect(output).toMatch(
      /^client\.pem {2}rejected {2}unknown_issuer {2}leaf certificate CN=client,O=Example: .*\nAdd the issuing CA .*\n$/,
    )
  })

  it('reads DER, standard input and whole chains', () => {
    expect(place.run([...base, 'client.der']).exitCode).toBe(0)
    expect(place.run([...base, '-'], { input: client.pem }).output).toMatch(/^stdin {2}accepted/)
    expect(place.run([...base, '-'], { input: client.der }).exitCode).toBe(0)
    const presented = ['verify', '--truststore', 'root.pem', ...at, '--profile', 'rfc5280', 'chain.pem']
    expect(place.run(presented).exitCode).toBe(0)
    expect(place.run(['verify', '--truststore', 'root.pem', '--truststore', 'ca.pem', ...at, 'client.pem']).exitCode).toBe(0)
  })

  it('judges at the time that is given', () => {
    const { exitCode, output } = place.run(['verify', '--truststore', 'ca.pem', '--at', '2031-01-01', 'client.pem'])
    expect(exitCode).toBe(1)
    expect(output).toContain('expired on 2030-01-01T00:00:00Z')
  })

  it('checks revocation lists', () => {
    const lists = ['--crl', 'root.crl', '--crl', 'clients.crl']
    expect(place.run([...base, ...lists, 'client.pem']).exitCode).toBe(0)
    expect(place.run([...base, ...lists, 'stolen.pem'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('revoked'),
    })
    expect(place.run([...base, '--crl', 'clients.crl', 'client.pem'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('revocation_unknown'),
    })
  })

  it('checks the leaf only, or lets certificates pass that no list covers, on request', () => {
    const clients = [...base, '--crl', 'clients.crl']
    expect(place.run([...clients, '--depth', 'chain', 'client.pem']).exitCode).toBe(1)
    expect(place.run([...clients, '--depth', 'leaf', 'client.pem']).exitCode).toBe(0)
    expect(place.run([...clients, '--unknown', 'refuse', 'client.pem']).exitCode).toBe(1)
    expect(place.run([...clients, '--unknown', 'allow', 'client.pem']).exitCode).toBe(0)
    for (const option of ['--depth=leaf', '--unknown=allow']) {
      expect(place.run([...clients, option, 'stolen.pem'])).toMatchObject({
        exitCode: 1,
        output: expect.stringContaining('revoked'),
      })
    }
  })

  it('says that a chain starts with a CA', () => {
    const hint = 'The chain starts with CN=Clients,O=Example, which issued CN=client,O=Example: put the leaf first.\n'
    expect(place.run([...base, 'reversed.pem'])).toMatchObject({ exitCode: 1, output: expect.stringContaining(hint) })
    const { remedy } = JSON.parse(place.run([...base, 'reversed.pem', '--format', 'json']).output)
    expect(remedy).toContain(hint.trim())
    for (const file of ['chain.pem', 'server.pem'])
      expect(place.run([...base, '--name', 'other.example', file]).output).not.toContain('put the leaf first')
  })

  it('names an option only where it would help', () => {
    const last = (...args: readonly string[]) =>
      place
        .run([...base, ...args])
        .output.trim()
        .split('\n')
        .at(-1)
    const list = "Supply a current CRL of the certificate's issuer"
    expect(last('--crl', 'clients.crl', 'client.pem')).toBe(
      `${list}, or accept certificates that no list covers: --unknown allow.`,
    )
    expect(last('--crl', 'stale.crl', '--unknown', 'allow', '--depth', 'leaf', 'client.pem')).toBe(`${list}.`)
    const root = 'Add the issuing CA to the truststore'
    const issued = ['verify', '--truststore', 'server.pem', ...at, 'client.pem']
    expect(place.run(issued).output).toContain(`\n${root}, or let the peer send its intermediates: --profile rfc5280.\n`)
    expect(place.run([...issued, '--profile', 'rfc5280']).output).toContain(`\n${root}.\n`)
  })

  it('verifies many clients, with totals, and is 1 if any is rejected', () => {
    const all = place.run([...base, 'client.pem', 'server.pem', 'client.der'])
    expect(all.exitCode).toBe(1)
    expect(all.output).toMatch(/^client\.pem {2}accepted\n(.*\n){3}server\.pem {2}rejected .*\n.*\nclient\.der {2}accepted\n/)
    expect(all.output).toMatch(/\n2 accepted, 1 rejected\n$/)
    const good = place.run([...base, 'client.pem', 'client.der'])
    expect(good.exitCode).toBe(0)
    expect(good.output).toMatch(/\n2 accepted, 0 rejected\n$/)
    const { exitCode, output } = place.run([...base, 'client.pem', 'server.pem', '--format', 'json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(output)).toMatchObject({
      counts: { accepted: 1, rejected: 1 },
      files: [
        { file: 'client.pem', ok: true, leaf: { subject: 'CN=client,O=Example' } },
        { file: 'server.pem', ok: false, code: 'extended_key_usage_violation' },
      ],
    })
    const sarif = JSON.parse(place.run([...base, 'client.pem', 'server.pem', '--format', 'sarif']).output)
    expect(sarif.runs[0].artifacts).toHaveLength(2)
    expect(sarif.runs[0].results).toHaveLength(1)
  })

  it('checks purpose and name', () => {
    expect(place.run([...base, 'server.pem'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('extended_key_usage_violation'),
    })
    expect(place.run([...base, '--purpose', 'server', 'server.pem']).exitCode).toBe(0)
    expect(place.run([...base, '--name', 'api.example.com', 'server.pem']).exitCode).toBe(0)
    expect(place.run([...base, '--name', 'www.example.com', 'server.pem'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('name_mismatch'),
    })
    expect(place.run([...base, '--name', 'api.example.com', '--purpose', 'client', 'server.pem']).exitCode).toBe(1)
  })

  it("accepts servers' certificates of clients until a date, on request", () => {
    const until = (date: string) => place.run([...base, '--purpose', 'client-or-server', '--until', date, 'server.pem'])
    expect(until('2026-06-02')).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^server\.pem {2}accepted {2}only until the transition ends/),
    })
    expect(until('2026-06-01T12:00:00Z')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('the transition that accepted serverAuth ended on 2026-06-01T12:00:00Z'),
    })
    const json = [...base, '--purpose=client-or-server', '--until=2026-06-02', '--format=json']
    expect(JSON.parse(place.run([...json, 'server.pem']).output)).toMatchObject({ ok: true, purpose: 'server' })
    expect(JSON.parse(place.run([...json, 'client.pem']).output)).toMatchObject({ ok: true, purpose: 'client' })
  })

  it('writes JSON, SARIF and annotations for machines', () => {
    expect(JSON.parse(place.run([...base, 'client.pem', '--format', 'json']).output)).toMatchObject({
      file: 'client.pem',
      ok: true,
      path: [{ subject: 'CN=client,O=Example', notAfter: '2030-01-01T00:00:00.000Z' }, {}, { subject: 'CN=Root,O=Example' }],
    })
    expect(JSON.parse(place.run([...base, 'server.pem', '--format', 'json']).output)).toMatchObject({
      ok: false,
      code: 'extended_key_usage_violation',
      index: 0,
      certificate: { subject: 'CN=server', notAfter: '2030-01-01T00:00:00.000Z', publicKey: { algorithm: 'EC' } },
      remedy: explain('extended_key_usage_violation').remedy,
    })
    const sarif = (file: string): unknown => JSON.parse(place.run([...base, file, '--format', 'sarif']).output).runs[0].results
    expect(sarif('client.pem')).toEqual([])
    expect(sarif('server.pem')).toMatchObject([{ ruleId: 'extended_key_usage_violation', level: 'error' }])
    expect(place.run([...base, 'server.pem', '--format', 'github']).output).toMatch(
      /^::error file=server\.pem,title=extended_key_usage_violation::leaf certificate CN=server: .*%0AIssue the certificate/,
    )
  })

  it('reports broken DER, without its control characters', () => {
    const bent = Uint8Array.from(client.der)
    bent[40] = 0xff
    expect(place.run([...base, '-'], { input: bent })).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('malformed'),
    })
    const { output } = place.run([...base, 'hostile.pem'])
    expect(output).toContain('expired')
    expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it.each<[string, readonly string[], string]>([
    ['no truststore', ['verify', 'client.pem'], '--truststore is missing'],
    ['no chain', base, '<chain.pem… | -> is missing'],
    [
      'two files without chains',
      [...base, 'empty.pem', 'client.pem', 'broken.pem'],
      '(byte 0)\nportcullis verify: broken.pem has no certificates',
    ],
    ['a depth without lists', [...base, '--depth', 'leaf', 'client.pem'], '--depth needs revocation lists: --crl <file>'],
    ['unknown without lists', [...base, '--unknown=allow', 'client.pem'], '--unknown needs revocation lists: --crl <file>'],
    ['a wrong depth', [...base, '--crl', 'root.crl', '--depth', 'leef', 'client.pem'], 'Did you mean leaf?'],
    ['a file and a server', [...base, '--connect', 'example.com:443', 'client.pem'], 'give files or --connect, not both'],
    [
      'a server without a port',
      [...base, '--connect', 'example.com'],
      '--connect is example.com, which is not a host and a port',
    ],
    ['a port that is too large', [...base, '--connect', 'example.com:65536'], 'not a host and a port'],
    ['an address without brackets', [...base, '--connect', '2001:db8::1:443'], 'for IPv6, as [2001:db8::1]:443'],
    ['no address in brackets', [...base, '--connect', '[example.com]:443'], 'not a host and a port'],
    [
      'a truststore of nothing',
      ['verify', '--truststore', 'empty.pem', 'client.pem'],
      'empty.pem: no usable certificate in the truststore',
    ],
    [
      'a truststore of broken blocks',
      ['verify', '--truststore', 'blocks.pem', 'client.pem'],
      '(line 2); and 1 more\n`portcullis lint` lists',
    ],
    ['a missing truststore', ['verify', '--truststore', 'gone.pem', 'client.pem'], 'cannot read gone.pem: there is no such file'],
    ['a missing list', [...base, '--crl', 'gone.crl', 'client.pem'], 'cannot read gone.crl'],
    ['a list that is a certificate', [...base, '--crl', 'client.pem', 'client.pem'], 'client.pem is not a revocation list'],
    ['a chain without certificates', [...base, 'empty.pem'], 'empty.pem has no certificates'],
    ['a chain that is cut off', [...base, 'broken.pem'], 'broken.pem has no certificates'],
    ['a wrong purpose', [...base, '--purpose', 'sever', 'client.pem'], 'Did you mean server?'],
    ['a transition without end', [...base, '--purpose', 'client-or-server', 'client.pem'], 'needs its end: --until <date>'],
    ['an end without transition', [...base, '--until', '2026-07-01', 'client.pem'], '--until is the end of --purpose client-or-'],
    [
      'a wrong end',
      [...base, '--purpose', 'client-or-server', '--until', 'soon', 'client.pem'],
      '--until is soon, which is not a',
    ],
    ['a wrong profile', [...base, '--profile', 'apigateway', 'client.pem'], 'Did you mean api-gateway?'],
  ])('%s is 2', (_, args, problem) => {
    const { exitCode, output, errors } = place.run(args)
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
    expect(errors).toMatch(/^portcullis verify: /)
    expect(errors).toContain(problem)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, diffTruststores, lintTruststore, verifyChain } from '../../src/index.ts'
import { sentence } from '../../src/lint/report/file-report.ts'
import { printable, printableJson, printableLines } from '../../src/lint/report/printable.ts'
import { encode, oid, sequence } from '../support/asn1.ts'
import { commandsIn, expectNoCommands, hostileText, readAnnotations, readSarif } from '../support/build-server.ts'
import { Workplace } from '../support/cli.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'
import { stringNode } from '../support/names.ts'

/**
 * Text of a certificate that is linted or verified in a pipeline ends up in its log. Build servers scan logs for commands: set a
 * variable, mask a text, fold lines, annotate a file. Viewers of SARIF turn messages into links.
 */

const at = '2026-06-01T12:00:00Z'
const dates = { notBefore: new Date('2020-01-01'), notAfter: new Date('2030-01-01') }
const place = new Workplace()
const key = keyPair('p256')
const root = mint({ ca: true, key, subject: 'CN=Root', ...dates })

/** Drops characters that would make the certificate malformed, so that the rest of it is shown. Another certificate has them. */
const readable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]/gu, '') || 'x'
const ascii = (text: string): string => readable(text).replace(/[^ -~]/g, '') || 'x'

/** Certificates with a text in every field that has room for one. */
function poisoned(text: string): readonly Minted[] {
  const plain = readable(text)
  const ia5 = ascii(text)
  const policies = encode(
    sequence(
      sequence(
        oid('1.2.3'),
        sequence(
          sequence(oid('1.3.6.1.5.5.7.2.1'), stringNode(ia5, 'ia5')),
          sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(stringNode(plain, 'utf8'))),
        ),
      ),
    ),
  )
  const named = {
    key,
    ...dates,
    subject: [
      ['CN', plain],
      ['1.2.3.4', plain],
      ['OU', plain, 'bmp'],
    ],
    subjectAltNames: [
      { dns: ia5 },
      { email: ia5 },
      { uri: ia5 },
      { directory: [['O', plain]] },
      { other: { oid: '1.2.3', value: encode(stringNode(plain, 'utf8')) } },
    ],
    crlDistributionPoints: [ia5],
    extensions: [
      { oid: '2.5.29.32', value: policies },
      { oid: '1.2.3.4.5', value: encode(stringNode(plain, 'utf8')) },
    ],
  } as const
  return [
    mint(named, root),
    mint({ ...named, ca: true, nameConstraints: { permitted: [{ dns: ia5 }, { uri: ia5 }, { email: ia5 }] } }),
    mint({ key, ...dates, ca: true, subject: [['CN', plain]], issuer: [['O', plain]], notAfter: new Date('2021-01-01') }),
    mint({ key, ...dates, subject: [['CN', text.replace(/\p{Cs}/gu, '')]], subjectAltNames: [{ uri: readable(text) }] }, root),
  ]
}

describe('text that a build server would execute', () => {
  it('is recognised by these tests', () => {
    for (const line of [
      '::error::x',
      ' \t::add-mask::x',
      'a ::set-output name=x::y',
      'a##[group]b',
      'x ##vso[a.b]',
      '\u001b]8;;x',
      'a\rb',
    ]) {
      expect([line, commandsIn(line).length]).not.toEqual([line, 0])
    }
    for (const line of ['CN=a', '2001:db8::1', 'fe80::a:b', 'http://[::1]/', '# a #', 'URI:spiffe://a'])
      expect(commandsIn(line)).toEqual([])
  })

  it('is never in plain text, and JSON keeps its meaning', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, coloured) => {
        expectNoCommands(printable(text))
        expect(printable(text)).not.toContain('\n')
        expectNoCommands(printableLines(text, coloured))
        expect(printableLines(printableLines(text, coloured), coloured)).toBe(printableLines(text, coloured))
        const json = printableJson({ [text]: [text] })
        expectNoCommands(json)
        expect(JSON.parse(json)).toEqual({ [text]: [text] })
      }),
      { numRuns: 3000 },
    )
    for (const address of ['2001:db8::1', '::1', 'fe80::a:b', '::ffff:192.0.2.1'])
      expect(printable(`is ${address}`)).toBe(`is ${address}`)
  })

  it('is in no output of any command, in any format, from any field, label or file name', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 5, maxLength: 5 }), (texts) => {
        const fileName = ascii(texts[0]!).replaceAll('/', '') || 'x'
        const certificates = texts.flatMap(poisoned)
        const blocks = texts.map((text) => `-----BEGIN ${ascii(text)}-----\nAAAA\n-----END ${ascii(text)}-----\n`)
        const bundle = [root, ...certificates].map(({ pem }) => pem).join('') + blocks.join('') + texts.join('\n')
        place.write(`${fileName}.pem`, bundle)
        place.write('root.pem', root.pem)
        const run = (...args: readonly string[]): string => {
          const { output, errors } = place.run(args, { env: { FORCE_COLOR: '1' } })
          expectNoCommands(errors)
          expect(errors).toBe('')
          return output
        }
        const file = `${fileName}.pem`

        const { findings } = lintTruststore(bundle, { at: new Date(at), platform: ['alb', 'api-gateway'] })
        const lint = ['lint', '--at', at, '--platform', 'alb,api-gateway', '--format']
        expectNoCommands(run(...lint, 'text', '--', file))
        const linted = run(...lint, 'json', '--', file)
        expectNoCommands(linted)
        expect(JSON.parse(linted).files[0]).toMatchObject({ file, findings: JSON.parse(JSON.stringify(findings)) })
        expect(readAnnotations(run(...lint, 'github', '--', file))).toHaveLength(findings.length)
        expect(readSarif(run(...lint, 'sarif', '--', file)).map(({ shown }) => shown)).toEqual(findings.map(sentence))

        expectNoCommands(run('inspect', '--', file, 'root.pem'))
        const diff = diffTruststores(buildTruststore(root.pem), buildTruststore(bundle))
        expectNoCommands(run('diff', '--', file, 'root.pem'))
        const told = run('diff', '--format', 'json', '--', 'root.pem', file)
        expectNoCommands(told)
        expect(JSON.parse(told).added.map(({ subject }: { subject: string }) => subject)).toEqual(
          diff.added.map(({ subject }) => subject),
        )

        const store = buildTruststore(root.pem)
        for (const { der, pem } of [certificates[0]!, certificates[2]!]) {
          place.write(file, pem)
          const verify = (format: string): string =>
            run('verify', '--at', at, '--truststore', 'root.pem', '--format', format, '--', file)
          const verdict = verifyChain(store, der, { at: new Date(at) })
          expectNoCommands(verify('text'))
          const json = verify('json')
          expectNoCommands(json)
          expect(JSON.parse(json)).toMatchObject(verdict.ok ? { file, ok: true } : { file, ok: false, message: verdict.message })
          expect(readAnnotations(verify('github'))).toHaveLength(verdict.ok ? 0 : 1)
          expect(readSarif(verify('sarif')).map(({ shown }) => shown)).toEqual(verdict.ok ? [] : [verdict.message])
        }
      }),
      { numRuns: 2 },
    )
  })

  it('is in no error message about a command line, a file or waivers', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 2, maxLength: 2 }), ([first = '', second = '']) => {
        const text = first.replaceAll('\0', '') || 'x'
        place.write('waivers.json', second)
        place.write('named.json', JSON.stringify([{ code: second, [first]: second }]))
        place.write('junk.pem', `-----BEGIN ${second}-----\n${second}`)
        const junk = `j${ascii(text).replaceAll('/', '')}`
        place.write(junk, second)
        for (const args of [
          [text],
          ['lint', `--${text}`],
          ['lint', '--', text, `${text}/${text}`],
          ['lint', `--format=${text}`, 'junk.pem'],
          ['lint', `--at=${text}`, 'junk.pem'],
          ['lint', '--waivers', 'waivers.json', 'junk.pem'],
          ['lint', '--waivers', 'named.json', 'junk.pem'],
          ['verify', '--truststore', 'root.pem', '--', junk],
          ['verify', `--crl=${junk}`, '--truststore', 'root.pem', 'root.pem'],
          ['diff', '--', junk, 'junk.pem'],
          ['inspect', '--', junk, 'junk.pem'],
          ['explain', '--', text],
          ['rules', '--', text],
        ]) {
          const { exitCode, output, errors } = place.run(args)
          expectNoCommands(errors)
          expectNoCommands(output)
          expect([args, exitCode, errors === '']).toEqual([args, exitCode, exitCode !== 2])
          // One line per problem, and one with what to do.
          if (exitCode === 2) expect(errors.split('\n').length).toBeLessThan(5)
        }
      }),
      { numRuns: 2 },
    )
  })
})

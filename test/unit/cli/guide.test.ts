import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Workplace } from '../../support/cli.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'

/** Every command line in docs/guides/cli.md marked `run` prints what the `text output` block after it shows. */
const guide = readFileSync(new URL('../../../docs/guides/cli.md', import.meta.url), 'utf8')
const blocks = [...guide.matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', info = '', text = '']) => {
  return { language, info, text }
})

function made(spec: CertificateSpec, issuer?: Minted): Minted {
  return mint({ notAfter: new Date('2999-01-01T00:00:00Z'), ...spec }, issuer)
}

const root = made({ ca: true, subject: 'O=Example,CN=Example Root' })
const clients = made({ ca: true, subject: 'O=Example,CN=Example Clients' }, root)
const rekeyed = made({ ca: true, subject: 'O=Example,CN=Example Clients' }, root)
const partners = made({ ca: true, subject: 'O=Partner,CN=Partner Root' })
// RSA: signatures of one length, so that the lines of the PEM text are the same every time.
const flawless = mint({ ca: true, subject: 'O=Example,CN=Example Root', key: keyPair('rsa2048') })
const weak = mint({ ca: true, subject: 'O=Example,CN=Old Root', key: keyPair('rsa1024') })

const place = new Workplace({
  'truststore.pem': root.pem + clients.pem,
  'next-truststore.pem': root.pem + rekeyed.pem + partners.pem,
  'truststore-with-problems.pem': flawless.pem + flawless.pem + weak.pem,
  'client.pem': made({ subject: 'O=Example,CN=client-1' }, clients).pem,
  'stranger.pem': made({ subject: 'O=Example,CN=stranger', authorityKeyId: false }, partners).pem,
})
for (const { info, text } of blocks) {
  const file = /^file=(\S+)$/.exec(info)?.[1]
  if (file !== undefined) place.write(file, text)
}

const examples = blocks.flatMap(({ language, info, text }, i) => {
  if (language !== 'sh' || info !== 'run') return []
  const next = blocks.slice(i + 1).find((block) => block.info === 'output' || block.language === 'sh')
  return [{ line: text.trim(), output: next?.info === 'output' ? next.text : undefined }]
})

describe('examples of the command-line guide', () => {
  it('are found, each with its output', () => {
    expect(examples.length).toBeGreaterThan(5)
    for (const { line, output } of examples) expect([line, output]).toEqual([line, expect.any(String)])
  })

  it.each(examples)('$line', ({ line, output }) => {
    const [program, ...args] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
    expect(program).toBe('portcullis')
    const ran = place.run(args)
    expect(ran.errors).toBe('')
    expect(ran.output).toBe(output)
    expect(ran.exitCode).toBe(/error|rejected/.test(ran.output) ? 1 : 0)
  })
})

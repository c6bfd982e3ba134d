import fc from 'fast-check'
import { keyPair, mint } from './mint.ts'
import { pemOf } from './pem.ts'

/** PEM files of a few certificates with the edits that mail programs, shells, templates and people make. */

/** The certificates in the files. The lengths of their last base64 lines differ. */
export const sources: readonly Uint8Array[] = ['a', 'bb', 'ccc', 'dddd'].map(
  (name, i) => mint({ ca: true, subject: `CN=${name}`, key: keyPair('p256', 70 + i), signWith: keyPair('p256', 70 + i) }).der,
)

const mark = '\xef\xbb\xbf'

/** An edit of one block. Each is the class of a file that occurs in practice. */
const blockEdits: readonly ((block: string) => string)[] = [
  (block) => block.replaceAll('\n', '\r\n'),
  (block) => block.replaceAll('\n', '\r'),
  (block) => block.replaceAll('\n', ''),
  (block) => block.replaceAll('\n', ' '),
  (block) => block.replaceAll('\n', '\\n'),
  (block) => block.replace(/^/gm, '  '),
  (block) => block.replace(/^/gm, '\t'),
  (block) => block.replace(/^/gm, '> '),
  (block) => block.replace(/$/gm, '  '),
  (block) => block.replace(/^-----BEGIN/m, ' -----BEGIN'),
  (block) => block.replace(/^-----END/m, ' -----END'),
  (block) => block.replace(/^-----END/m, '# -----END'),
  (block) => block.replace(/^M/m, ' M'),
  (block) => block.replace(/^-----BEGIN (.*)-----$/m, '----BEGIN $1----'),
  (block) => block.replace(/-----END (.*)-----/, '----END $1----'),
  (block) => block.replace(/-----END (.*)-----/, '-----END $1----'),
  (block) => block.replace(/-----BEGIN/, '\xe2\x80\x94\xe2\x80\x94-BEGIN'),
  (block) => block.replace(/CERTIFICATE-----$/m, 'CERTIFICATE--\xe2\x80\x94'),
  (block) => block.replace(/^-----BEGIN/m, '-----begin'),
  (block) => block.replace(/-----END CERTIFICATE-----\n/, ''),
  (block) => block.replace(/-----BEGIN CERTIFICATE-----\n/, ''),
  (block) => block.trimEnd(),
  (block) => `${block.trimEnd()} `,
  (block) => `${block.trimEnd()}\t\n`,
  (block) => block.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
  (block) => block.replaceAll('CERTIFICATE', 'PKCS #7 SIGNED DATA'),
  (block) => block.replace('END CERTIFICATE', 'END X509 CERTIFICATE'),
  (block) => block.replace('BEGIN CERTIFICATE-----\n', 'BEGIN CERTIFICATE-----\nComment: hi\n'),
  (block) => block.replace('BEGIN CERTIFICATE-----\n', 'BEGIN CERTIFICATE-----\nComment: hi\n\n'),
  (block) =>
    block.replace('BEGIN CERTIFICATE-----\n', 'BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n'),
  (block) => block.replace('BEGIN CERTIFICATE-----\n', 'BEGIN CERTIFICATE-----\n\n'),
  (block) => block.replace('BEGIN CERTIFICATE-----\n', 'BEGIN CERTIFICATE-----\n\n\n'),
  (block) => block.replace('BEGIN CERTIFICATE-----\n', 'BEGIN CERTIFICATE-----\n# comment\n'),
  (block) => block.replace('\n-----END', '\n\n-----END'),
  (block) => block.replaceAll('\n', '\n\n'),
  (block) => block.replaceAll('-----\n', '-----   \n'),
  (block) =>
    block
      .replace(/\n(?!-)/g, '')
      .replace('CERTIFICATE-----M', 'CERTIFICATE-----\nM')
      .replace('-----END', '\n-----END'),
  (block) => block.replace(/([A-Za-z0-9+/]{64})\n([A-Za-z0-9+/]{64})\n/g, '$1$2\n'),
  (block) => block.replace(/=+\n/, '\n'),
  (block) => block.replace(/=*\n-----END/, '=\n-----END'),
  () => '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
  () => '-----BEGIN CERTIFICATE-----\n',
  () => '-----END CERTIFICATE-----\n',
  (block) => block.replace(/[A-Za-z]/, '$&\0'),
  (block) => block.replace(/\nM/, '\n\0M'),
  (block) => block.replace(/CERTIFICATE-----\n/, 'CERTIFICATE-----\0\n'),
  (block) => mark + block,
  (block) => mark + mark + block,
  (block) => `subject=CN = a\nissuer=CN = a\n${block}`,
  (block) => `# ${'x'.repeat(250)}\n${block}`,
  (block) => `${'x'.repeat(254)}${block}`,
  (block) => `${'x'.repeat(253)}\n${block}`,
  (block) => block.replace('CERTIFICATE-----\n', `CERTIFICATE-----${' '.repeat(230)}\n`),
  (block) => block.replace(/\n/, `${' '.repeat(254)}\n`),
  (block) => `${block}\x1a`,
  (block) => `${block}\0\0`,
  (block) => `"${block.replaceAll('\n', '\\n')}"\n`,
  (block) => block.replaceAll('-----', '--- --'),
]

const pieces = ['\n', '\r', '\r\n', ' ', '\t', '-', '-----', '=', '\0', ':', '#', 'A', mark, '\x80', '\x0b', '\x0c', '\n\n', '--']

interface Edit {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

/** A few characters removed or inserted, more often near a boundary, where they matter. */
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.constantFrom(0, 0, 1, 2, 5, 27),
  insert: fc.constantFrom('', ...pieces),
})

function apply(text: string, { at, remove, insert }: Edit): string {
  const dashes = [...text.matchAll(/-----|\n/g)].map(({ index }) => index)
  const near = dashes[Math.floor(at * dashes.length)] ?? 0
  const start = at * 10 - Math.floor(at * 10) < 0.7 ? near : Math.floor(at * text.length)
  return text.slice(0, start) + insert + text.slice(start + remove)
}

const block: fc.Arbitrary<string> = fc
  .tuple(fc.nat(sources.length - 1), fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, fc.nat(blockEdits.length - 1)))
  .map(([i, kind]) => {
    const pem = pemOf('CERTIFICATE', sources[i]!)
    return kind < 0 ? pem : blockEdits[kind]!(pem)
  })

/** A file of one to four blocks, with edits of whole blocks and of characters. */
export const editedPem: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.array(block, { minLength: 1, maxLength: 4 }),
    fc.array(edit, { maxLength: 2 }),
    fc.constantFrom('', '\n', 'text\n', ' '),
  )
  .map(([blocks, edits, between]) => Buffer.from(edits.reduce(apply, blocks.join(between)), 'latin1'))

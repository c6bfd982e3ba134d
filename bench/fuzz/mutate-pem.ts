import type { Random } from './random.ts'

/** Changes the lines of a PEM text. */
type LineMutation = (lines: string[], random: Random) => void

const unusualLines = [
  '',
  '   ',
  '\t',
  '=',
  '====',
  'AAAA',
  '-----',
  '----------',
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  '-----BEGIN X509 CRL-----',
  '-----END X509 CRL-----',
  '-----BEGIN -----',
  '-----BEGIN CERTIFICATE-----END CERTIFICATE-----',
  '-----BEGIN TRUSTED CERTIFICATE-----',
  '-----BEGIN ENCRYPTED PRIVATE KEY-----',
  'Proc-Type: 4,ENCRYPTED',
  'subject=/CN=-----BEGIN CERTIFICATE-----',
  '# comment',
  '\u0000\u0000\u0000',
  '\u00ff\u00fe',
  '\ud83d\udd10',
]

const at = (lines: readonly string[], random: Random): number => random.below(lines.length)

const mutations: readonly LineMutation[] = [
  (lines, random) => void lines.splice(at(lines, random), 1),
  (lines, random) => void lines.splice(at(lines, random), 0, lines[at(lines, random)]!),
  (lines, random) => void lines.splice(at(lines, random), 0, random.pick(unusualLines)),
  (lines, random) => void lines.splice(at(lines, random), 1 + random.below(8)),
  // Two lines become one.
  (lines, random) => {
    const i = at(lines, random)
    lines.splice(i, 2, `${lines[i]}${lines[i + 1] ?? ''}`)
  },
  // One line becomes two.
  (lines, random) => {
    const i = at(lines, random)
    const line = lines[i]!
    const cut = random.below(line.length + 1)
    lines.splice(i, 1, line.slice(0, cut), line.slice(cut))
  },
  // Lines change places.
  (lines, random) => {
    const [i, j] = [at(lines, random), at(lines, random)]
    const line = lines[i]!
    lines[i] = lines[j]!
    lines[j] = line
  },
  // One character.
  (lines, random) => {
    const i = at(lines, random)
    const line = lines[i]!
    const cut = random.below(line.length + 1)
    const character = random.pick(['', 'A', '/', '+', '=', '-', ' ', '\r', '*', '\u0000', '_', 'é'])
    lines[i] = `${line.slice(0, cut)}${character}${line.slice(cut + random.below(2))}`
  },
  // Blanks around a line.
  (lines, random) => {
    const i = at(lines, random)
    lines[i] = `${' '.repeat(random.below(3))}${lines[i]}${'\t '.repeat(random.below(3))}`
  },
  // Very long lines, and very many lines: a quadratic scanner would take too long.
  (lines, random) =>
    void lines.splice(at(lines, random), 0, random.pick(['A', '-', '=', ' ', '-----BEGIN ']).repeat(random.small(20_000))),
  (lines, random) =>
    void lines.splice(at(lines, random), 0, ...new Array<string>(random.small(2000)).fill(random.pick(unusualLines))),
]

/** Makes one or a few changes to the lines of a PEM text, and sometimes changes its line ends. */
export function mutateLines(text: string, random: Random): string {
  const lines = text.split('\n')
  for (let times = random.small(6); times > 0 && lines.length > 0; times--) random.pick(mutations)(lines, random)
  return lines.join(random.oneIn(6) ? random.pick(['\r\n', '\r', '\n\n', ' \n']) : '\n')
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { isCertificateLabel, scanPem } from '../../src/bytes/pem.ts'
import { pemDivergence } from '../../src/lint/pem/divergence.ts'
import { readAsOpenSsl } from '../../src/lint/pem/openssl-reader.ts'
import { editedPem, sources } from '../support/pem-edits.ts'

/**
 * Compares the model of OpenSSL's PEM reader with the program `openssl`: `crl2pkcs7 -certfile` loads a file like
 * `SSL_CTX_load_verify_locations`, all or nothing; `storeutl -certs` continues after errors. Wherever either reads other
 * certificates than portcullis, there is a finding.
 */

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' })
const missing = version.status === 0 && /^OpenSSL 3\./.test(version.stdout) ? undefined : 'OpenSSL 3 is not installed'

/** Files per run of the shell. */
const filesAtOnce = 100

const folder = mkdtempSync(join(tmpdir(), 'portcullis-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The certificates that both programs read from each file, in base64, sorted; `undefined` if the first fails. */
function readByOpenSsl(files: readonly Uint8Array[]): readonly { readonly whole?: string[]; readonly store: string[] }[] {
  for (const [i, file] of files.entries()) writeFileSync(join(folder, String(i)), file)
  const script = `for i in $(seq 0 ${files.length - 1}); do
    echo "file $i"
    if openssl crl2pkcs7 -nocrl -certfile $i -out p7 2>/dev/null; then openssl pkcs7 -in p7 -print_certs; else echo failed; fi
    echo store
    openssl storeutl -certs $i 2>/dev/null
  done; true`
  const { stdout } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'latin1', maxBuffer: 2 ** 28 })
  return stdout
    .split(/^file \d+\n/m)
    .slice(1)
    .map((section) => {
      const [whole = '', store = ''] = section.split(/^store\n/m)
      return { store: blocksIn(store), ...(whole !== 'failed\n' && { whole: blocksIn(whole) }) }
    })
}

function blocksIn(text: string): string[] {
  const blocks = text.matchAll(/^-----BEGIN CERTIFICATE-----\n([^-]*)-----END CERTIFICATE-----/gm)
  return Array.from(blocks, ([, base64 = '']) => base64.replaceAll('\n', '')).sort()
}

/** The certificates of the sources among those of the model. The parser ignores bytes after a certificate. */
function known(blocks: readonly { readonly base64: string }[]): string[] {
  return blocks
    .map(({ base64 }) => Buffer.from(base64, 'base64'))
    .flatMap((content) => sources.find((source) => Buffer.from(source).equals(content.subarray(0, source.length))) ?? [])
    .map((content) => Buffer.from(content).toString('base64'))
    .sort()
}

/** The contents of the certificate blocks that portcullis reads. */
function blocksOf(file: Uint8Array): readonly { readonly base64: string }[] {
  return scanPem(file).flatMap(({ label, content }) =>
    isCertificateLabel(label) && content instanceof Uint8Array ? [{ base64: Buffer.from(content).toString('base64') }] : [],
  )
}

const originals = new Set(sources.map((source) => Buffer.from(source).toString('base64')))

describe.skipIf(missing !== undefined)(
  `openssl reads PEM like the model${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each([11, 12, 13, 14])('for files with random edits, seed %i', { timeout: 60_000 }, (seed) => {
      const files = fc.sample(editedPem, { seed, numRuns: filesAtOnce })
      const read = readByOpenSsl(files)
      const counts = { faults: 0, differences: 0, compared: 0 }
      for (const [i, file] of files.entries()) {
        const text = file.toString('latin1')
        const { certificates, fault, nulLine, ignoredLine } = readAsOpenSsl(file)
        const expected = known(certificates)
        const { whole, store } = read[i]!
        const stored = store.filter((one) => originals.has(one))
        if (fault !== undefined) {
          counts.faults++
          expect({ whole, text }).toEqual({ text })
        }
        // Other contents may be no certificates: then the whole file fails for a reason that is not PEM.
        if (expected.length < certificates.length) continue
        counts.compared++
        if (fault === undefined) expect({ whole, text }).toEqual({ whole: expected, text })
        // `storeutl` goes on behind a NUL or an error, and tries the rest of the text as DER, from which it may come back anywhere.
        const isPlain = nulLine === undefined && ignoredLine === undefined
        if (fault === undefined && isPlain) expect({ store: stored, text }).toEqual({ store: expected, text })
        const ours = JSON.stringify(known(blocksOf(file)))
        const isDifferent = [whole ?? [], ...(isPlain ? [stored] : [])].some((theirs) => JSON.stringify(theirs) !== ours)
        if (isDifferent) counts.differences++
        if (isDifferent) expect({ line: pemDivergence(file)?.line, text }).toEqual({ line: expect.any(Number), text })
      }
      expect(counts.faults).toBeGreaterThan(3)
      expect(counts.differences).toBeGreaterThan(10)
      expect(counts.compared).toBeGreaterThan(files.length / 2)
    })
  },
)

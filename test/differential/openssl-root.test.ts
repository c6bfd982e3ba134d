import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lintTruststore } from '../../src/index.ts'

/** The root that every tutorial makes is fine as it is. */

const missing = spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'
const place = mkdtempSync(join(tmpdir(), 'portcullis-root-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

describe.skipIf(missing !== undefined)(`openssl req -x509${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  it.each([
    ['rsa:2048', []],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:prime256v1']],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:secp384r1']],
  ])('makes a root of a %s key that has no findings', (key, options) => {
    const out = join(place, 'root.pem')
    const args = ['req', '-x509', '-newkey', key, ...options, '-nodes', '-keyout', join(place, 'key.pem'), '-out', out]
    execFileSync('openssl', [...args, '-subj', '/CN=Root', '-days', '3650'], { stdio: 'ignore' })
    expect(lintTruststore(readFileSync(out)).findings).toEqual([])
  })
})

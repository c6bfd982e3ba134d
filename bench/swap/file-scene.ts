import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileTruststore } from '../../src/node/index.ts'
import { unrelatedPem, type Version } from '../fixtures/versions.ts'
import type { Scene, Swap } from './swap.ts'

/** A truststore in a directory mounted the way Kubernetes does it, and the ways in which files are replaced or damaged. */
export async function fileScene(first: Version): Promise<Scene> {
  const mount = mkdtempSync(join(tmpdir(), 'portcullis-swap-'))
  const path = join(mount, 'truststore.pem')
  let turned = 0
  const turn = (content: string): void => {
    const name = `..${++turned}`
    mkdirSync(join(mount, name))
    writeFileSync(join(mount, name, 'truststore.pem'), content)
    symlinkSync(name, join(mount, '..data_tmp'))
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
    rmSync(join(mount, `..${turned - 1}`), { recursive: true, force: true })
  }
  const replace = (content: string): void => {
    writeFileSync(join(mount, '..data', 'new'), content)
    renameSync(join(mount, '..data', 'new'), join(mount, '..data', 'truststore.pem'))
  }
  turn(first.pem)
  symlinkSync('..data/truststore.pem', path)
  const source = await fileTruststore(path, { pollMs: 200, settleMs: 15 })
  const swap = (name: string, good: boolean, apply: Swap['apply'], unasked = false): Swap => ({ name, good, apply, unasked })
  const swaps: readonly Swap[] = [
    swap('good, link replaced', true, ({ pem }) => turn(pem), true),
    swap('good, link replaced and refreshed', true, ({ pem }) => turn(pem)),
    swap('good, file replaced by renaming', true, ({ pem }) => replace(pem), true),
    swap('good, written in place', true, ({ pem }) => writeFileSync(path, pem), true),
    swap('good, written in parts', true, async ({ pem }) => {
      writeFileSync(path, '')
      for (let at = 0; at < pem.length; at += 500) {
        appendFileSync(path, pem.slice(at, at + 500))
        if (at % 1500 === 0) await new Promise(setImmediate)
      }
    }),
    swap('broken base64', false, ({ pem }) => replace(pem.replace('MII', '*II'))),
    swap('broken BEGIN line', false, ({ pem }) => replace(pem.replace('CERT', 'CE*T'))),
    swap('truncated text', false, ({ pem }) => turn(pem.slice(0, -300))),
    swap('truncated in a BEGIN line', false, ({ pem }) => replace(`${pem}-----BEGIN CERT`)),
    swap('empty file', false, () => writeFileSync(path, '')),
    swap('no file', false, () => unlinkSync(join(mount, '..data', 'truststore.pem'))),
    swap('unrelated truststore', false, () => turn(unrelatedPem)),
  ]
  return {
    name: 'file',
    source,
    swaps,
    async close() {
      source.close()
      rmSync(mount, { recursive: true })
    },
  }
}

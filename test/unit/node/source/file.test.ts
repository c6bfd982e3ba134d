import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileTruststoreOptions, fileTruststore, type TruststoreSource } from '../../../../src/node/index.ts'
import { eventually } from '../../../support/eventually.ts'
import { keyPair, mint } from '../../../support/mint.ts'

const a = mint({ ca: true, subject: 'CN=A', key: keyPair('p256', 0) })
const b = mint({ ca: true, subject: 'CN=B', key: keyPair('p256', 1) })
const c = mint({ ca: true, subject: 'CN=C', key: keyPair('p256', 2) })
const never = Number.POSITIVE_INFINITY

let directory: string
let path: string
const open: TruststoreSource[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portcullis-source-'))
  path = join(directory, 'truststore.pem')
  writeFileSync(path, a.pem)
})
afterEach(() => {
  for (const source of open.splice(0)) source.close()
  rmSync(directory, { recursive: true, force: true })
})

async function sourceOf(options: FileTruststoreOptions = {}, file = path): Promise<TruststoreSource> {
  const source = await fileTruststore(file, { pollMs: never, settleMs: 20, ...options })
  open.push(source)
  return source
}

const names = (source: TruststoreSource): string => source.current.certificates.map(({ subject }) => subject.slice(3)).join('')
const arrives = (source: TruststoreSource, wanted: string): Promise<void> => eventually(() => names(source) === wanted)
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

it('accepts a file that was rolled back, with an event, unless an option forbids it', async () => {
  for (const [options, isAccepted] of [
    [{}, true],
    [{ onRollback: 'refuse' }, false],
  ] as const) {
    writeFileSync(path, a.pem)
    const source = await sourceOf(options)
    const told: boolean[] = []
    source.on('rollback', (event) => told.push(event.isAccepted))
    for (const content of [a.pem + b.pem, a.pem]) {
      writeFileSync(path, content)
      await source.refresh()
    }
    expect([names(source), told]).toEqual([isAccepted ? 'A' : 'AB', [isAccepted]])
  }
})

/** Both ways to notice a change, each alone: file system events and polling. */
describe.each<readonly [string, FileTruststoreOptions]>([
  ['watching', { pollMs: never }],
  ['polling', { pollMs: 20, watch: false }],
])('fileTruststore, %s', (_how, options) => {
  it('takes what is written in place', async () => {
    const source = await sourceOf(options)
    expect(names(source)).toBe('A')
    writeFileSync(path, a.pem + b.pem)
    await arrives(source, 'AB')
    writeFileSync(path, a.pem)
    await arrives(source, 'A')
  })

  it('takes what replaces the file by renaming, time and again', async () => {
    const source = await sourceOf(options)
    for (const [content, wanted] of [
      [a.pem + b.pem, 'AB'],
      [a.pem + c.pem, 'AC'],
      [a.pem, 'A'],
    ] as const) {
      writeFileSync(`${path}.new`, content)
      renameSync(`${path}.new`, path)
      await arrives(source, wanted)
    }
  })

  it('takes another version of the same size and modification time', async () => {
    // The length of an ECDSA signature varies.
    const padded = (pem: string): string => pem + '#'.repeat(2000 - pem.length)
    const time = new Date('2026-01-01')
    writeFileSync(path, padded(a.pem + b.pem))
    utimesSync(path, time, time)
    const source = await sourceOf(options)
    writeFileSync(path, padded(a.pem + c.pem))
    utimesSync(path, time, time)
    await arrives(source, 'AC')
  })

  it('follows links that are turned, as Kubernetes turns ..data', async () => {
    const mount = join(directory, 'mount')
    const version = (name: string, content: string): void => {
      mkdirSync(join(mount, name), { recursive: true })
      writeFileSync(join(mount, name, 'truststore.pem'), content)
    }
    version('..2026_01', a.pem)
    symlinkSync('..2026_01', join(mount, '..data'))
    symlinkSync('..data/truststore.pem', join(mount, 'truststore.pem'))
    const source = await sourceOf(options, join(mount, 'truststore.pem'))
    for (const [i, content, wanted] of [
      [2, a.pem + b.pem, 'AB'],
      [3, a.pem + c.pem, 'AC'],
    ] as const) {
      version(`..2026_0${i}`, content)
      symlinkSync(`..2026_0${i}`, join(mount, '..data_tmp'))
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
      rmSync(join(mount, `..2026_0${i - 1}`), { recursive: true })
      await arrives(source, wanted)
    }
  })

  it('survives that the file is missing for a while', async () => {
    const source = await sourceOf(options)
    const rejected: string[] = []
    source.on('rejected', ({ error }) => rejected.push(error.reason))
    unlinkSync(path)
    await eventually(() => rejected.length > 0)
    expect(names(source)).toBe('A')
    writeFileSync(path, a.pem + b.pem)
    await arrives(source, 'AB')
    expect(rejected).toEqual(['unreadable'])
    expect(source.failure).toBeUndefined()
  })

  it('rejects a damaged file, and reports it once', async () => {
    const source = await sourceOf(options)
    const rejected: string[] = []
    source.on('rejected', ({ error }) => rejected.push(error.message))
    writeFileSync(path, a.pem + b.pem.slice(0, 300))
    await eventually(() => rejected.length > 0)
    await pause(100)
    expect(rejected).toEqual([expect.stringMatching(/^the truststore is damaged: pem_syntax_invalid: .* has no END line/)])
    expect(names(source)).toBe('A')
    appendFileSync(path, b.pem.slice(300))
    await arrives(source, 'AB')
  })
})

describe('a file that is being written', () => {
  it('is read when it has settled, and never in part', async () => {
    const source = await sourceOf({ settleMs: 300 })
    const seen: string[] = []
    source.on('updated', () => seen.push(names(source)))
    source.on('rejected', ({ error }) => seen.push(error.message))
    writeFileSync(path, '')
    // Whole blocks first: a reader in between would find a valid truststore without C.
    for (const part of [a.pem, b.pem, c.pem.slice(0, 99), c.pem.slice(99)]) {
      appendFileSync(path, part)
      await pause(15)
    }
    await arrives(source, 'ABC')
    expect(seen).toEqual(['ABC'])
  })

  it('is rejected if it does not end', async () => {
    const source = await sourceOf({ settleMs: 20 })
    appendFileSync(path, '#\n')
    const writer = setInterval(() => appendFileSync(path, '#\n'), 1)
    try {
      expect(await source.refresh()).toMatchObject({ status: 'rejected', error: { reason: 'unreadable' } })
      expect(source.failure?.message).toContain('is still being written to after 50 looks, 20 ms apart')
    } finally {
      clearInterval(writer)
    }
    expect((await source.refresh()).status).toBe('unchanged')
  })
})

describe('the directory of the file', () => {
  it('may be replaced: the next poll watches the new one', async () => {
    const place = join(directory, 'place')
    mkdirSync(place)
    writeFileSync(join(place, 'ca.pem'), a.pem)
    const source = await sourceOf({ pollMs: 1500 }, join(place, 'ca.pem'))
    renameSync(place, join(directory, 'old'))
    mkdirSync(place)
    writeFileSync(join(place, 'ca.pem'), a.pem + b.pem)
    await arrives(source, 'AB')
    // By now the poll has renewed the watch, which is faster than the poll.
    await source.refresh()
    const begin = performance.now()
    writeFileSync(join(place, 'ca.pem'), a.pem + c.pem)
    await arrives(source, 'AC')
    expect(performance.now() - begin).toBeLessThan(1300)
  })

  it('may be busy with other files', async () => {
    const source = await sourceOf()
    const writer = setInterval(() => writeFileSync(join(directory, 'log'), String(Math.random())), 1)
    try {
      await pause(50)
      writeFileSync(path, a.pem + b.pem)
      await arrives(source, 'AB')
    } finally {
      clearInterval(writer)
    }
  })
})

describe('what is no file of a truststore', () => {
  it('rejects at the start', async () => {
    const start = (file: string, options: FileTruststoreOptions = {}): Promise<unknown> =>
      sourceOf({ settleMs: 1, ...options }, file)
    await expect(start(join(directory, 'absent'))).rejects.toMatchObject({
      reason: 'unreadable',
      message: /cannot be read: ENOENT/,
    })
    await expect(start(directory)).rejects.toMatchObject({ reason: 'unreadable', message: /is not a file$/ })
    await expect(start(path, { maxBytes: 100 })).rejects.toMatchObject({ message: /bytes; maxBytes allows 100$/ })
    writeFileSync(path, 'no truststore')
    await expect(start(path)).rejects.toMatchObject({ reason: 'invalid', findings: [{ code: 'empty_bundle' }] })
    await expect(start('')).rejects.toThrow(new TypeError('fileTruststore: path must be the path of a file'))
    await expect(start(path, { headers: {} } as object)).rejects.toThrow('options.headers is not an option')
  })

  it.skipIf(process.platform === 'win32')('may be a named pipe without anybody at its other end', async () => {
    const pipe = join(directory, 'pipe')
    execFileSync('sh', ['-c', `mkfifo '${pipe}'`])
    await expect(sourceOf({}, pipe)).rejects.toMatchObject({ message: /is not a file$/ })
  })
})

describe('a source from a file', () => {
  it('rolls back, and does not read the same version again', async () => {
    const source = await sourceOf({ pollMs: 20 })
    const first = source.current.fingerprint
    writeFileSync(path, a.pem + b.pem)
    await arrives(source, 'AB')
    source.rollBack(first)
    await pause(80)
    expect(names(source)).toBe('A')
    expect((await source.refresh()).status).toBe('held')
    writeFileSync(path, a.pem + c.pem)
    await arrives(source, 'AC')
  })

  it('reads nothing after close', async () => {
    const source = await sourceOf({ pollMs: 10 })
    source.close()
    writeFileSync(path, a.pem + b.pem)
    await pause(80)
    expect(names(source)).toBe('A')
  })

  it('keeps no process alive', () => {
    const entry = new URL('../../../../src/node/index.ts', import.meta.url).href
    const root = fileURLToPath(new URL('../../../../', import.meta.url))
    const script = `
      const { fileTruststore } = await import(${JSON.stringify(entry)})
      const source = await fileTruststore(${JSON.stringify(path)}, { pollMs: 60000 })
      source.on('updated', () => undefined)
      console.log(source.current.certificates.length)`
    const args = ['--import', 'tsx', '--input-type=module', '-e', script]
    expect(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 20_000 })).toBe('1\n')
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fence, markdownFiles, root } from './documents.ts'

/** Files, constants and tests that the documents mention exist. */

describe('references in the documents', () => {
  it.each(markdownFiles())('%s: every relative link has a target', (file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(fence, '')
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g)].map(([, target = '']) => target)
    const broken = targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(file), target)))
    expect(broken).toEqual([])
  })

  it.each(['docs/architecture.md', 'CONTRIBUTING.md'])('every source file named in %s exists', (document) => {
    const sources = ['src', 'tools', 'test/support', 'test/unit'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
    )
    const named = [...readFileSync(join(root, document), 'utf8').matchAll(/`([\w./-]+\.(?:ts|mjs))`/g)].map(
      ([, name = '']) => name,
    )
    const missing = named.filter((name) => !existsSync(join(root, name)) && !sources.some((path) => path.endsWith(`/${name}`)))
    expect(named.length).toBeGreaterThan(0)
    expect(missing).toEqual([])
  })

  it('every constant in docs/architecture.md has the value from src', () => {
    const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    const rows = [...text.matchAll(/\| `(\w+)` in `(\S+)` +\| ([\d,]+) /g)]
    expect(rows.length).toBeGreaterThan(5)
    for (const [, name = '', file = '', value = ''] of rows) {
      const source = readFileSync(join(root, 'src', file), 'utf8')
      const factors = new RegExp(`const ${name} = ([\\d_* ]+)\n`).exec(source)?.[1]?.replaceAll('_', '').split('*').map(Number)
      expect([name, factors?.reduce((product, factor) => product * factor)]).toEqual([name, Number(value.replaceAll(',', ''))])
    }
  })

  it('README.md lists the runtimes of test/runtimes', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'test/runtimes/package.json'), 'utf8'))
    const versions = Object.values<string>(dependencies).map((version) => version.replace('npm:node@', ''))
    const section = /^### Install\n([\s\S]*?)^### /m.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
    expect(versions.length).toBe(7)
    for (const version of versions) expect(section).toContain(version)
  })

  it.each(['docs/guarantees.md', 'docs/architecture.md'])('every test named in %s exists', (document) => {
    const text = readFileSync(join(root, document), 'utf8')
    const named = [...text.matchAll(/`(test\/[^`]+)` “([^”]+)”/g)]
    const missing = named.filter(([, file = '', title = '']) => {
      return !existsSync(join(root, file)) || !readFileSync(join(root, file), 'utf8').includes(title)
    })
    expect(named.length).toBeGreaterThan(5)
    expect(missing.map(([reference]) => reference)).toEqual([])
  })
})

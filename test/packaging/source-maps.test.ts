import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './package.ts'

const dist = join(root, 'dist')
const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))

function mapOf(script: string): ConstructorParameters<typeof SourceMap>[0] {
  return JSON.parse(readFileSync(join(dist, `${script}.map`), 'utf8'))
}

describe('source maps', () => {
  it.each(scripts)('%s: there, of files that exist, without their text', (script) => {
    expect(readFileSync(join(dist, script), 'utf8')).toMatch(/\n\/\/# sourceMappingURL=[^\n]+\.js\.map\s*$/)
    const map = mapOf(script)
    expect([map.version, map.sourcesContent]).toEqual([3, undefined])
    const missing = map.sources.filter((source) => !existsSync(join(dist, dirname(script), source)))
    expect(missing).toEqual([])
  })

  it.each([
    ['verifyChain', 'src/path/verify.ts'],
    ['buildTruststore', 'src/truststore/build.ts'],
    ['parseCertificate', 'src/x509/parse-certificate.ts'],
    ['lintTruststore', 'src/lint/lint.ts'],
  ])('lead from %s to its line in %s', (name, file) => {
    const declaration = `function ${name}(`
    const script = scripts.find((candidate) => readFileSync(join(dist, candidate), 'utf8').includes(declaration))!
    const before = readFileSync(join(dist, script), 'utf8').split(declaration)[0]!
    const line = before.split('\n').length - 1
    const entry = new SourceMap(mapOf(script)).findEntry(line, 'function '.length) as {
      originalSource: string
      originalLine: number
    }
    expect(join(dist, entry.originalSource)).toBe(join(root, file))
    expect(readFileSync(join(root, file), 'utf8').split('\n')[entry.originalLine]).toContain(declaration)
  })
})

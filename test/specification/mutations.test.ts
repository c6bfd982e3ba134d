import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mutations } from './mutations.ts'

describe('the list of checks', () => {
  it('has each text exactly once in its file, and each edit once', () => {
    const counts = mutations.map(({ file, from, removes }) => {
      const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')
      return [file, removes, text.split(from).length - 1]
    })
    expect(counts.filter(([, , count]) => count !== 1)).toEqual([])
    expect(new Set(mutations.map(({ file, from, to }) => [file, from, to].join('\n'))).size).toBe(mutations.length)
  })

  it('reaches all layers that decide', () => {
    const layers = ['path', 'path/names', 'path/revocation', 'truststore', 'rules', 'policy', 'x509/profile']
    const folders = new Set(mutations.map(({ file }) => file.slice(0, file.lastIndexOf('/'))))
    expect([...folders].sort()).toEqual([...layers].sort())
    expect(mutations.length).toBeGreaterThan(180)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { typeFaults } from '../docs/compile.ts'

/**
 * The files beside this one are what users write, with what they may expect of types. They are compiled against the
 * declarations that are published, in both ways by which projects find packages; `@ts-expect-error` that expects nothing
 * is an error too.
 */
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
const texts = new Map(files.map((name) => [`types/${name}`, readFileSync(new URL(name, import.meta.url), 'utf8')]))

/** No detour to the sources. */
const published = { paths: {} }
const ways = {
  NodeNext: { ...published, module: ts.ModuleKind.NodeNext },
  bundler: { ...published, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

describe('types, as published', () => {
  it.each(Object.entries(ways))('hold for users of %s', { timeout: 120_000 }, (_name, options) => {
    expect(texts.size).toBe(3)
    expect(typeFaults(texts, options)).toEqual([])
  })

  it('control: what is wrong is found', { timeout: 120_000 }, () => {
    const text = `import { type Verdict } from 'portcullis'
declare const verdict: Verdict
export const leaf = verdict.leaf
// @ts-expect-error nothing is wrong here
export const { ok } = verdict`
    const faults = typeFaults(new Map([['types/wrong.ts', text]]), ways.NodeNext)
    expect(faults).toEqual([
      expect.stringMatching(/^wrong\.ts:3: Property 'leaf'/),
      expect.stringMatching(/^wrong\.ts:4: Unused/),
    ])
  })
})

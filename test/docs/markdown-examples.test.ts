import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { typeFaults } from './compile.ts'
import { examples, fence, markdownFiles, root } from './documents.ts'
import { expectations } from './expectations.ts'
import { run } from './run.ts'

/**
 * TypeScript examples in the documents that are marked `run` compile and run. They print the `text output` block after them
 * and meet the expectations in `expectations.ts`.
 */

describe('examples in the documents', () => {
  it('are found', () => {
    const names = examples.map(({ name }) => name)
    expect(names).toContain('judge')
    expect(new Set(names).size).toBe(names.length)
    for (const name of Object.keys(expectations)) expect(names).toContain(name)
  })

  it('compile for a strict user', { timeout: 120_000 }, () => {
    const texts = examples.map(({ file, name, code }) => [`${basename(file, '.md')}-${name}.ts`, code] as const)
    expect(typeFaults(new Map(texts))).toEqual([])
  })

  it.each(examples)('$file, line $line: $name', async ({ name, code, output }) => {
    const outcome = run(code)
    if (output !== undefined) expect(outcome.output).toBe(output)
    await expectations[name]?.(outcome)
  })

  it('are marked to run if they are TypeScript', () => {
    const unmarked = markdownFiles().flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(fence)]
        .filter(([, language, info]) => language === 'ts' && !/^run=/.test(info ?? ''))
        .map(([, , , code]) => `${file}: ${code?.split('\n')[0]}`),
    )
    expect(unmarked).toEqual([])
  })
})

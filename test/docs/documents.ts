import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The Markdown documents and their examples. */

/** The root folder of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

export function markdownFiles(): readonly string[] {
  const below = ['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  return [...readdirSync(root), ...below].filter((name) => name.endsWith('.md')).sort()
}

export interface Example {
  readonly file: string
  readonly name: string
  readonly line: number
  readonly code: string
  /** The expected output, if the document shows it. */
  readonly output: string | undefined
}

/** A block of code: its language, the rest of its first line, its text. */
export const fence = /^```(\S*) *(.*)\n([\s\S]*?)^```$/gm

function examplesIn(file: string): readonly Example[] {
  const text = readFileSync(join(root, file), 'utf8')
  const examples: Example[] = []
  let last: { -readonly [K in keyof Example]: Example[K] } | undefined
  for (const { 1: language, 2: info = '', 3: code = '', index } of text.matchAll(fence)) {
    const name = /^run=(\S+)$/.exec(info)?.[1]
    if (language === 'ts' && name !== undefined) {
      last = { file, name, line: text.slice(0, index).split('\n').length, code, output: undefined }
      examples.push(last)
    } else if (language === 'text' && info === 'output' && last !== undefined) last.output = code
  }
  return examples
}

/** All examples that are marked to run. */
export const examples: readonly Example[] = markdownFiles().flatMap(examplesIn)

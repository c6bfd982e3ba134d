import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportFormats, safeOutput } from '../../../src/cli/output.ts'
import { expectNoCommands, hostileText } from '../../support/build-server.ts'

describe('what leaves the program', () => {
  it.each(reportFormats)('has no terminal commands, even if a report escapes nothing: %s', (format) => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, coloured) => {
        // Annotations are the one thing that is meant to be obeyed.
        const own = '::error file=a.pem,line=1,title=expired::'
        const output = safeOutput(`${format === 'github' ? own : ''}${text}`, format, coloured)
        expect(output.startsWith(own)).toBe(format === 'github')
        expectNoCommands(format === 'github' ? output.slice(own.length) : output)
        if (format === 'github') expectNoCommands(safeOutput(`::error file=${text},title=a::`, format, coloured).slice(2))
      }),
      { numRuns: 1000 },
    )
  })

  it('is what was written, where nothing in it is obeyed', () => {
    const text = '\u001b[31mrefused\u001b[39m  CN=a, 2001:db8::1\n  └ CN=b # {0}\n'
    expect(safeOutput(text, 'text', true)).toBe(text)
    expect(safeOutput(text, 'text', false)).toBe(text.replaceAll('\u001b', '\\u{1b}'))
    const json = '{\n  "a": "b: c #"\n}\n'
    expect(safeOutput(json, 'json', true)).toBe(json)
    expect(safeOutput('::warning file=a.pem,line=1,title=v1_ca::b', 'github', false)).toBe(
      '::warning file=a.pem,line=1,title=v1_ca::b',
    )
    const github = '::notice file=a%3Ab.pem,title=blank_lines::blank\n'
    expect(safeOutput(github, 'github', true)).toBe(github)
  })

  it('has only our annotations', () => {
    for (const line of [
      '::debug::x',
      '::error::x',
      '::error file=a::x',
      ' ::error file=a,title=b::x',
      '::add-mask file=a,title=b::x',
    ]) {
      expectNoCommands(safeOutput(line, 'github', false))
    }
  })
})

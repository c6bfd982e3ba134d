import { describe, expect, it } from 'vitest'
import { ruleCatalogue } from '../../../src/lint/catalogue.ts'
import { Workplace } from '../../support/cli.ts'

const place = new Workplace()
const rules = [...ruleCatalogue.values()]

describe('portcullis rules', () => {
  it('lists every rule, one a line, in columns', () => {
    const { exitCode, output, errors } = place.run(['rules'])
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    const lines = output.trimEnd().split('\n')
    expect(lines.map((line) => line.split(/ +/, 2))).toEqual(rules.map(({ code, severity }) => [code, severity]))
    const width = Math.max(...rules.map(({ code }) => code.length))
    for (const line of lines) expect(line.slice(width, width + 2)).toBe('  ')
  })

  it('writes JSON', () => {
    expect(JSON.parse(place.run(['rules', '--format', 'json']).output)).toEqual(
      rules.map(({ code, severity, summary, citation, remedy }) => ({ code, severity, summary, citation, remedy })),
    )
  })

  it('takes no operands', () => {
    expect(place.run(['rules', 'expired'])).toMatchObject({
      exitCode: 2,
      output: '',
      errors: 'portcullis rules: too many operands, at expired\nSee portcullis rules --help.\n',
    })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type FileReport,
  type ReportItem,
  renderGithub,
  renderJson,
  renderText,
  sentence,
} from '../../src/lint/report/file-report.ts'
import { painter } from '../../src/lint/report/printable.ts'
import { renderSarif } from '../../src/lint/report/sarif.ts'
import { expectNoCommands, hostileText, readAnnotations, readSarif } from '../support/build-server.ts'

/** Any text, including lone surrogates and control characters. */
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), hostileText)
const code = fc.stringMatching(/^[a-z]+(_[a-z]+)*$/)
const problem = fc.record(
  {
    code,
    severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
    message: text,
    citation: text,
    subject: text,
    fingerprint: fc.stringMatching(/^[0-9a-f]{64}$/),
    index: fc.nat(),
    line: fc.integer({ min: 1 }),
    platform: code,
  },
  { requiredKeys: ['code', 'severity', 'message', 'citation'] },
) as fc.Arbitrary<ReportItem>
const reports: fc.Arbitrary<readonly FileReport[]> = fc.array(
  fc.record({ file: text.filter((name) => name !== ''), problems: fc.array(problem, { maxLength: 4 }) }),
  { maxLength: 4 },
)

function linesOf(output: string): readonly string[] {
  expect(output).toMatch(/^$|\n$/)
  expectNoCommands(output)
  return output.split('\n').slice(0, -1)
}

function count(all: readonly FileReport[]): number {
  return all.flatMap(({ problems }) => problems).length
}

describe('reports of arbitrary findings', () => {
  it('have one line per finding and a total, as text', () => {
    fc.assert(
      fc.property(reports, (all) => {
        expect(linesOf(renderText(all, painter(false)))).toHaveLength(count(all) + 1)
      }),
    )
  })

  it('have one workflow command per finding, for GitHub', () => {
    fc.assert(
      fc.property(reports, (all) => {
        expect(readAnnotations(renderGithub(all))).toHaveLength(count(all))
      }),
    )
  })

  it('contain every finding unchanged, as JSON', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const output = renderJson(all)
        linesOf(output)
        const { files } = JSON.parse(output)
        expect(files.map((file: { findings: unknown }) => file.findings)).toEqual(
          all.map(({ problems }) => problems.map((each) => ({ ...each }))),
        )
      }),
    )
  })

  it('are valid SARIF, and a viewer shows their texts unchanged', () => {
    const describeCode = (): { summary: string; citation: string; remedy: string } => ({
      summary: 's',
      citation: 'c',
      remedy: 'r',
    })
    fc.assert(
      fc.property(reports, (all) => {
        const texts = all.flatMap(({ problems }) => problems.map(sentence))
        expect(readSarif(renderSarif(all, '1.0.0', describeCode)).map(({ shown }) => shown)).toEqual(texts)
      }),
    )
  })
})

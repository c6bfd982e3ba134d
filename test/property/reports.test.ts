import { createRequire } from 'node:module'
import Ajv from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderGithub } from '../../src/lint/report/github.ts'
import { renderJson } from '../../src/lint/report/json.ts'
import { painter } from '../../src/lint/report/paint.ts'
import type { FileReport, Problem } from '../../src/lint/report/problem.ts'
import { renderSarif } from '../../src/lint/report/sarif.ts'
import { renderText } from '../../src/lint/report/text.ts'

const require = createRequire(import.meta.url)
const ajv = new Ajv({ schemaId: 'auto' })
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'))
const isSarif = ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))

/** Any text, lone surrogates and control characters included. */
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant('%0A::error::\r\n\u009b2J\u2028\ud800'))
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
) as fc.Arbitrary<Problem>
const reports: fc.Arbitrary<readonly FileReport[]> = fc.array(
  fc.record({ file: text.filter((name) => name !== ''), problems: fc.array(problem, { maxLength: 4 }) }),
  { maxLength: 4 },
)

const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

function linesOf(output: string): readonly string[] {
  expect(output).toMatch(/^$|\n$/)
  expect(output.replaceAll('\n', '')).not.toMatch(obeyed)
  return output.split('\n').slice(0, -1)
}

function count(all: readonly FileReport[]): number {
  return all.flatMap(({ problems }) => problems).length
}

describe('reports of any findings', () => {
  it('are one line each, and a total, for people', () => {
    fc.assert(
      fc.property(reports, (all) => {
        expect(linesOf(renderText(all, painter(false)))).toHaveLength(count(all) + 1)
      }),
    )
  })

  it('are one workflow command each for GitHub', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const lines = linesOf(renderGithub(all))
        expect(lines).toHaveLength(count(all))
        for (const line of lines) {
          // Properties end at the first "::" after the command, and have neither that nor a line end in them.
          const found = /^::(?:error|warning|notice) file=([^,:]*)(?:,line=\d+)?,title=[a-z_]+::/.exec(line)
          expect(found).not.toBeNull()
        }
      }),
    )
  })

  it('lose nothing in JSON', () => {
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

  it('are valid SARIF', () => {
    const describeCode = (): { summary: string; citation: string; remedy: string } => ({
      summary: 's',
      citation: 'c',
      remedy: 'r',
    })
    fc.assert(
      fc.property(reports, (all) => {
        const output = renderSarif(all, '1.0.0', describeCode)
        linesOf(output)
        const log = JSON.parse(output)
        isSarif(log)
        expect(isSarif.errors ?? []).toEqual([])
        expect(log.runs[0].results).toHaveLength(count(all))
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { clients, rightAnswer, versionOf } from '../../bench/fixtures/versions.ts'
import { fileScene } from '../../bench/swap/file-scene.ts'
import { swapUnderLoad } from '../../bench/swap/run.ts'
import { urlScene } from '../../bench/swap/url-scene.ts'

/** The small version of `npm run bench:swap`. */
const wanted = { swaps: 22, connections: 200 }

describe('a truststore that is swapped under a TLS server', () => {
  it.each([
    ['URL', urlScene],
    ['file', fileScene],
  ] as const)('from a %s judges every connection by one whole version', async (_name, scene) => {
    const report = await swapUnderLoad(scene, wanted)
    expect(report.problems).toEqual([])
    expect(report).toMatchObject({ swaps: 22, wrongVerdicts: 0, wrongVersions: 0, dropped: 0, rolledBack: 1 })
    expect(report.taken + report.rejected).toBe(22)
    expect(Math.min(report.taken, report.rejected)).toBeGreaterThan(5)
    expect(report.connections).toBeGreaterThanOrEqual(200)
    expect(report.byVersion.size).toBeGreaterThan(5)
    expect(report.accepted).toBeGreaterThan(20)
  })

  it('can be judged wrongly: versions answer clients differently', () => {
    const answers = clients.map((client) => [0, 1, 63].map((number) => rightAnswer(versionOf(number), client)).join(' '))
    expect(answers).toContain('unknown_issuer ok ok')
    expect(answers).toContain('ok ok ok')
    expect(answers).toContain('expired expired expired')
    expect(answers).toContain('malformed malformed malformed')
  })
})

import { describe, expect, it } from 'vitest'
import { rejectCodes } from '../../../src/codes/reject.ts'
import { explain, type LintCode } from '../../../src/index.ts'
import { ruleCatalogue } from '../../../src/lint/catalogue.ts'

const codes = [...new Set([...rejectCodes, ...ruleCatalogue.keys()])]

describe('explain', () => {
  it.each(codes)('%s: meaning, citation and remedy', (code) => {
    const info = explain(code)
    expect(info.code).toBe(code)
    expect(info.summary).toMatch(/^.{20,}\.$/)
    expect(info.remedy).toMatch(/^.{10,}\.$/)
    expect(info.citation).toMatch(/\S/)
    for (const [system, wording] of Object.entries(info.mappings)) {
      expect(['node', 'alb', 'cloudFront', 'googleCloud', 'apiGateway']).toContain(system)
      expect(wording).not.toBe('')
    }
  })

  it.each(rejectCodes)('%s: its names in other systems', (code) => {
    const { mappings } = explain(code)
    // Codes that no other system has are not mapped.
    const untold = Object.keys(mappings).length === 0
    expect(untold ? code : '').toMatch(
      /^$|^budget_exhausted$|^policy_violation$|^name_mismatch$|^revocation_unknown$|^too_large$|^malformed$/,
    )
  })

  it('explains a code that a finding has as well as a verdict', () => {
    expect(explain('expired').mappings.node).toBe('CERT_HAS_EXPIRED')
    expect(explain('incomplete_chain').mappings.node).toBe('UNABLE_TO_GET_ISSUER_CERT')
  })

  it.each(['', 'Expired', 'toString', '__proto__', 'constructor', undefined, null, 7])('throws a TypeError for %j', (code) => {
    expect(() => explain(code as LintCode)).toThrow(TypeError)
    expect(() => explain(code as LintCode)).toThrow(`explain: ${String(code)} is not a code`)
  })
})

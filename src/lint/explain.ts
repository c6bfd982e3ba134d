import type { LintCode } from '../codes/lint.ts'
import type { RejectCode } from '../codes/reject.ts'
import { type CodeInfo, rejectInfo } from '../codes/reject-info.ts'
import { ruleCatalogue } from './catalogue.ts'

/**
 * What a code of a verdict or a finding means: a sentence, the citation, what to do, and how other systems call it. For
 * a code that verdicts and findings share, such as `expired`, the verdict's.
 *
 * @throws TypeError for a text that is no code
 * @example
 * const { summary, remedy, mappings } = explain('unknown_issuer')
 */
export function explain(code: RejectCode | LintCode): CodeInfo {
  const rejected = rejectInfo(code)
  if (rejected !== undefined) return rejected
  const rule = ruleCatalogue.get(code as LintCode)
  if (rule === undefined) throw new TypeError(`explain: ${String(code)} is not a code`)
  const { summary, citation, remedy } = rule
  return { code, summary, citation, remedy, mappings: {} }
}

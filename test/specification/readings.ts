import { type Call, type Certificate, type Path, sameKey } from './model.ts'
import { sameName_7_1 } from './names.ts'
import { namesChain_6_1_3_a_4 } from './path-validation.ts'
import * as beyond from './policy-clauses.ts'

/** All paths of a call. They are not searched but enumerated, in no order. */

/** A path as it is read: its last certificate is its anchor, or is issued by somebody who is not found. */
export interface Reading {
  readonly path: Path
  readonly isComplete: boolean
}

/**
 * 6.1: every sequence of distinct certificates that starts with the leaf and in which each is issued, by its name, by the
 * next. Those that end where no issuer is found are among them: they fail 6.1 (b).
 */
export function readingsOf(call: Call): readonly Reading[] {
  const [leaf, ...others] = call.presented
  const listed = beyond.usable(call)
  const pool = distinct(call.policy.intermediates === 'presented' ? [...listed, ...others] : listed)
  const readings: Reading[] = []
  const extend = (path: Path): void => {
    const top = path.at(-1)!
    const issuers = pool.filter((issuer) => namesChain_6_1_3_a_4(top, issuer) && !contains_6_1(path, issuer))
    const isComplete = endsInAnchor_6_1_1_d(call, path)
    if (isComplete) readings.push({ path, isComplete })
    if (issuers.length === 0 && !(isComplete && path.length === 1)) readings.push({ path, isComplete: false })
    for (const issuer of issuers) extend([...path, issuer])
  }
  extend([leaf])
  return readings
}

/** Whether a call has so few paths, by names alone, that all of them can be enumerated. */
export function hasFewPaths({ listed, presented }: Call, most: number): boolean {
  const pool = distinct([...listed, ...presented.slice(1)])
  let paths = 0
  const extend = (path: readonly Certificate[]): void => {
    paths++
    for (const issuer of pool)
      if (paths < most && !path.includes(issuer) && namesChain_6_1_3_a_4(path.at(-1)!, issuer)) extend([...path, issuer])
  }
  extend([presented[0]])
  return paths < most
}

function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return certificates.filter(({ serial }, i) => certificates.findIndex((other) => other.serial === serial) === i)
}

/** 6.1: a certificate is on a path once; so is, beyond the RFC, a name with its key. */
function contains_6_1(path: Path, { subject, key }: Certificate): boolean {
  return path.some((other) => sameName_7_1(other.subject, subject) && sameKey(other.key, key))
}

/** 6.1.1 (d): the last certificate is listed and may end a path; a leaf alone, which nothing issues, must be pinned. */
function endsInAnchor_6_1_1_d(call: Call, path: Path): boolean {
  if (path.length === 1) return beyond.isPinned_trust(call, path[0])
  const top = path.at(-1)!
  return beyond.mayEndPath_trust(call, top) && isListed(call, top)
}

export function isListed(call: Call, { serial }: Certificate): boolean {
  return beyond.usable(call).some((listed) => listed.serial === serial)
}

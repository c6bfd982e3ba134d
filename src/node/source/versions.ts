import { createHash } from 'node:crypto'
import { latin1Of } from '../../bytes/encoding.ts'
import { pemSteps } from '../../bytes/pem.ts'
import { Span } from '../../bytes/span.ts'
import type { Steps } from '../../bytes/steps.ts'
import type { LintCode } from '../../codes/lint.ts'
import { type Finding, inFull } from '../../rules/rule.ts'
import { building, TruststoreError, type TruststoreOptions } from '../../truststore/build.ts'
import { diffing, type TruststoreDiff } from '../../truststore/diff.ts'
import { sortIssuers } from '../../truststore/issuers.ts'
import { noTrustAnchor } from '../../truststore/path-ends.ts'
import { requireTruststore, type TruststoreView } from '../../truststore/store.ts'
import { thrownText } from '../safely.ts'
import { TruststoreSourceError, type TruststoreVersion } from './handle.ts'

/** What a source loaded, and the server's name for it. */
export interface Loaded {
  readonly bytes: Uint8Array
  readonly etag?: string | undefined
  readonly versionId?: string | undefined
}

/** The decision about a loaded version. */
export type Decision =
  | {
      readonly status: 'updated'
      readonly version: TruststoreVersion
      /** The version in force until now, and the differences to it. `undefined` for the first version. */
      readonly previous: TruststoreVersion | undefined
      readonly diff: TruststoreDiff | undefined
      /** When it was replaced, if it was in force before. */
      readonly replacedAt: Date | undefined
    }
  | { readonly status: 'unchanged' }
  | { readonly status: 'held'; readonly held: string }

/** How many replaced versions are remembered. Enough for years of changes, at 100 bytes each. */
const mostReplaced = 1000

const unnamed = { etag: undefined, versionId: undefined }

/** The bytes that were loaded last, and the result for them. */
interface LastBuild {
  readonly digest: string
  /** Its bytes are dropped after the decision: a rejected version may be large. */
  readonly loaded: Loaded
  readonly built: TruststoreView | TruststoreSourceError | undefined
}

/** A replaced version was offered again, and is rejected. */
export class RollbackError extends TruststoreSourceError {
  readonly offered: string
  readonly replacedAt: Date

  constructor(offered: string, replacedAt: Date, findings: readonly Finding[]) {
    const label = `version ${offered} was in force before and was replaced at ${replacedAt.toISOString()}`
    super('rollback', `${label}; onRollback is 'refuse'; to accept it, call refresh({ allowRollback: true })`, { findings })
    this.offered = offered
    this.replacedAt = replacedAt
  }
}

/**
 * The versions of one truststore: which is in force, which were before, which were rolled back, and whether a new one is
 * accepted. A version is built and checked completely before it replaces another.
 */
export class Versions {
  readonly #options: TruststoreOptions
  readonly #mostKept: number
  readonly #mostReplaced: number
  /** In loading order. */
  #list: readonly TruststoreVersion[] = []
  #current: TruststoreVersion | undefined
  readonly #heldBack = new Set<string>()
  /** When each version was replaced, oldest first. The version in force has no entry. */
  readonly #replaced = new Map<string, Date>()
  #last: LastBuild | undefined

  constructor(options: TruststoreOptions, keep: number, remember: number = mostReplaced) {
    this.#options = options
    this.#mostKept = keep
    this.#mostReplaced = remember
  }

  /** @throws Error before the first version */
  get current(): TruststoreVersion {
    if (this.#current === undefined) throw new Error('no version has been loaded')
    return this.#current
  }

  /** The version in force, then the others, latest first. */
  get all(): readonly TruststoreVersion[] {
    return [this.current, ...this.#list.filter((entry) => entry !== this.#current).reverse()]
  }

  /**
   * Decides about a loaded version, and puts it in force if it is accepted. `rollBack` may be called between two steps; the
   * version is then compared again.
   *
   * @param loaded `undefined`: unchanged since the last load
   * @throws TruststoreSourceError if the version is rejected
   */
  *decide(loaded: Loaded | undefined, allowEmptyOverlap: boolean, allowRollback = true): Steps<Decision> {
    const built = yield* this.#build(loaded)
    if (built instanceof TruststoreSourceError) throw built
    const version = built.fingerprint
    for (;;) {
      const serving = this.#current
      if (serving?.version === version) return { status: 'unchanged' }
      if (this.#heldBack.has(version)) return { status: 'held', held: version }
      const replacedAt = this.#replaced.get(version)
      if (replacedAt !== undefined && !allowRollback) throw new RollbackError(version, replacedAt, built.findings)
      const before = serving && requireTruststore(serving.store, 'serving')
      const lost = before === undefined || allowEmptyOverlap ? 0 : yield* lostIssuers(before, built)
      const diff = before && (yield* diffing(before, built))
      if (this.#current !== serving) continue
      if (lost > 0) {
        const problem = `the new version drops every issuer that is accepted now (${lost}); set allowEmptyOverlap to accept it`
        throw new TruststoreSourceError('no_overlap', problem, { findings: built.findings })
      }
      return { status: 'updated', version: this.#accept(built), previous: serving, diff, replacedAt }
    }
  }

  #accept(store: TruststoreView): TruststoreVersion {
    const { etag, versionId } = this.#last!.loaded
    const next: TruststoreVersion = {
      version: store.fingerprint,
      store,
      since: new Date(),
      ...(etag !== undefined && { etag }),
      ...(versionId !== undefined && { versionId }),
    }
    this.#list = [...this.#list.filter((entry) => entry.version !== next.version), next].slice(-this.#mostKept)
    this.#replaceBy(next)
    return next
  }

  /**
   * Returns to an earlier version, and holds back those loaded after it.
   *
   * @returns the version in force until now; `undefined` if that is the requested one
   * @throws RangeError for a version that is not kept
   */
  rollBack(version: string): TruststoreVersion | undefined {
    const previous = this.current
    const index = this.#list.findIndex((entry) => entry.version === version)
    if (index < 0) {
      const kept = this.all.map((entry) => entry.version).join(', ')
      throw new RangeError(`rollBack: version ${String(version)} is not kept; kept versions: ${kept}`)
    }
    for (const later of this.#list.slice(index + 1)) this.#heldBack.add(later.version)
    this.#heldBack.delete(version)
    if (previous.version === version) return undefined
    const next = { ...this.#list[index]!, since: new Date() }
    this.#list = this.#list.map((entry) => (entry.version === version ? next : entry))
    this.#replaceBy(next)
    return previous
  }

  #replaceBy(next: TruststoreVersion): void {
    if (this.#current !== undefined) this.#replaced.set(this.#current.version, next.since)
    this.#replaced.delete(next.version)
    const [longestAgo] = this.#replaced.keys()
    if (longestAgo !== undefined && this.#replaced.size > this.#mostReplaced) this.#replaced.delete(longestAgo)
    this.#current = next
  }

  /** Reuse the result for the same bytes, unless the failure was not due to them. */
  *#build(given: Loaded | undefined): Steps<TruststoreView | TruststoreSourceError> {
    const last = this.#last
    const loaded = given ?? last?.loaded
    if (loaded === undefined) throw new TruststoreSourceError('unreadable', 'nothing was loaded yet')
    const digest = given === undefined ? last!.digest : createHash('sha256').update(given.bytes).digest('hex')
    let built = digest === last?.digest ? last.built : undefined
    if (built === undefined) {
      this.#last = { digest, loaded: { ...unnamed, ...loaded }, built }
      built = yield* buildWhole(loaded.bytes, this.#options)
    }
    this.#last = { digest, loaded: { ...unnamed, ...loaded, bytes: new Uint8Array() }, built }
    return built
  }
}

/**
 * The number of dropped issuers if the version drops all of them, otherwise 0. Dropping all of them is most likely a mistake.
 */
function* lostIssuers(serving: TruststoreView, next: TruststoreView): Steps<number> {
  const { kept, dropped } = yield* sortIssuers(serving, next)
  return kept.length > 0 ? 0 : dropped.length
}

/** Findings about unreadable parts of the bundle: it may have been cut or overwritten. */
const damageCodes: ReadonlySet<LintCode> = new Set<LintCode>([
  'pem_syntax_invalid',
  'certificate_syntax_invalid',
  'non_der_encoding',
])

/**
 * Builds a truststore. Returns an error if it accepts nobody, whatever the date, or if a part of the bundle seems lost: the intact
 * rest of a bundle must not replace the whole.
 */
export function* buildWhole(bytes: Uint8Array, options: TruststoreOptions): Steps<TruststoreView | TruststoreSourceError> {
  try {
    const store = yield* building(bytes, options)
    yield* store.hashing()
    const nobody = store.findings.find(({ code }) => code === noTrustAnchor.code)
    if (nobody !== undefined)
      return new TruststoreSourceError('invalid', `the truststore accepts nobody: ${describe(nobody)}`, {
        findings: store.findings,
      })
    const damaged = store.findings.find((finding) => damageCodes.has(finding.code))
    const problem =
      damaged === undefined ? ((yield* brokenForeignBlock(bytes, store.findings)) ?? cutBoundary(bytes)) : describe(damaged)
    if (problem === undefined) return store
    return new TruststoreSourceError('invalid', `the truststore is damaged: ${problem}`, { findings: store.findings })
  } catch (error) {
    if (error instanceof TruststoreError)
      return new TruststoreSourceError('invalid', error.message, { findings: error.findings, cause: error })
    // A custom signature backend may throw anything. That is not the fault of the bytes.
    throw new TruststoreSourceError('invalid', error instanceof Error ? error.message : thrownText(error), { cause: error })
  }
}

function describe(finding: Finding): string {
  const { code, message, line, index } = inFull(finding)
  const place = line !== undefined ? ` (line ${line})` : index !== undefined ? ` (certificate ${index})` : ''
  return `${code}: ${message}${place}`
}

/**
 * Returns a problem if a block of another kind is broken. It may be a certificate with a damaged BEGIN line, which the PEM
 * reader skips as a block of another kind.
 */
function* brokenForeignBlock(bytes: Uint8Array, findings: readonly Finding[]): Steps<string | undefined> {
  if (!findings.some(({ code }) => code === 'non_certificate_block' || code === 'private_key_in_bundle')) return undefined
  for (const { content } of yield* pemSteps(bytes)) if (!(content instanceof Uint8Array)) return content.detail
  return undefined
}

/** Returns a problem if the text ends within a BEGIN line, which the PEM reader takes for a comment. */
function cutBoundary(bytes: Uint8Array): string | undefined {
  const start = bytes.lastIndexOf(0x0a) + 1
  const lastLine = latin1Of(new Span(bytes, start, Math.min(bytes.length, start + 100))).trim()
  const isWhole = /^-----BEGIN .*-----$/.test(lastLine)
  const isCut = lastLine !== '' && ('-----BEGIN '.startsWith(lastLine) || lastLine.startsWith('-----BEGIN '))
  return isCut && !isWhole ? `it ends within a BEGIN line, at ${JSON.stringify(lastLine)}` : undefined
}

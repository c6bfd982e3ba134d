import { createHash } from 'node:crypto'
import { scanPem } from '../../bytes/pem.ts'
import { latin1OfRange } from '../../bytes/text.ts'
import type { LintCode } from '../../codes/lint.ts'
import { inFull } from '../../rules/finding.ts'
import type { Finding } from '../../rules/rule.ts'
import { buildTruststore, TruststoreError, type TruststoreOptions } from '../../truststore/build.ts'
import { sortIssuers } from '../../truststore/issuers.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import { thrownText } from '../thrown-text.ts'
import { TruststoreSourceError, type TruststoreVersion } from './handle.ts'

/** What a source loaded, and how the server names it. */
export interface Loaded {
  readonly bytes: Uint8Array
  readonly etag?: string | undefined
  readonly versionId?: string | undefined
}

/** What became of an offer that was no mistake. */
export type Decision =
  | {
      readonly status: 'updated'
      readonly previous: TruststoreVersion | undefined
      /** When it was replaced, where it served before. */
      readonly replacedAt: Date | undefined
    }
  | { readonly status: 'unchanged' }
  | { readonly status: 'held'; readonly held: string }

/** How many versions are remembered to have been replaced: years of changes; 100 bytes each. */
const mostReplaced = 1000

/** What came of the bytes that were loaded last. */
interface Built {
  readonly digest: string
  readonly loaded: Loaded
  readonly built: Truststore | TruststoreSourceError
}

/** A version is offered again that was replaced. */
export class RollbackError extends TruststoreSourceError {
  readonly offered: string
  readonly replacedAt: Date

  constructor(offered: string, replacedAt: Date, findings: readonly Finding[]) {
    const what = `version ${offered} served before, and was replaced at ${replacedAt.toISOString()}`
    super('rollback', `${what}; onRollback is 'refuse', and refresh({ allowRollback: true }) takes it`, { findings })
    this.offered = offered
    this.replacedAt = replacedAt
  }
}

/**
 * The versions of one truststore: which serves, which served, which were rolled back, and whether a new one may follow.
 * A version is built and judged in full before it replaces anything.
 */
export class Versions {
  readonly #options: TruststoreOptions
  readonly #keep: number
  readonly #remember: number
  /** In the order in which they were loaded. */
  #list: readonly TruststoreVersion[] = []
  #serving: TruststoreVersion | undefined = undefined
  readonly #heldBack = new Set<string>()
  /** When another version took the place of one, the longest ago first; not for the one that serves. */
  readonly #replaced = new Map<string, Date>()
  #last: Built | undefined

  constructor(options: TruststoreOptions, keep: number, remember: number = mostReplaced) {
    this.#options = options
    this.#keep = keep
    this.#remember = remember
  }

  /** @throws Error before the first version */
  get current(): TruststoreVersion {
    if (this.#serving === undefined) throw new Error('no version has been loaded')
    return this.#serving
  }

  /** The one that serves, then the others, latest first. */
  get all(): readonly TruststoreVersion[] {
    return [this.current, ...this.#list.filter((entry) => entry !== this.#serving).reverse()]
  }

  /**
   * Judges what was loaded, and lets it serve if it may.
   *
   * @param loaded `undefined`: the same as the last time
   * @throws TruststoreSourceError for what cannot serve
   */
  offer(loaded: Loaded | undefined, allowEmptyOverlap: boolean, allowRollback = true): Decision {
    const { built, loaded: offered } = this.#build(loaded)
    if (built instanceof TruststoreSourceError) throw built
    const version = built.fingerprint
    const serving = this.#serving
    if (serving?.version === version) return { status: 'unchanged' }
    if (this.#heldBack.has(version)) return { status: 'held', held: version }
    const replacedAt = this.#replaced.get(version)
    if (replacedAt !== undefined && !allowRollback) throw new RollbackError(version, replacedAt, built.findings)
    if (serving !== undefined && !allowEmptyOverlap) requireOverlap(serving.store, built)
    const { etag, versionId } = offered
    const next: TruststoreVersion = {
      version,
      store: built,
      since: new Date(),
      ...(etag !== undefined && { etag }),
      ...(versionId !== undefined && { versionId }),
    }
    this.#list = [...this.#list.filter((entry) => entry.version !== version), next].slice(-this.#keep)
    this.#replaceBy(next)
    return { status: 'updated', previous: serving, replacedAt }
  }

  /**
   * Lets a version serve that did before, and holds back those that were loaded after it.
   *
   * @returns the version that served until now; `undefined` where it is the wanted one
   * @throws RangeError for a version that is not kept
   */
  rollBack(version: string): TruststoreVersion | undefined {
    const previous = this.current
    const index = this.#list.findIndex((entry) => entry.version === version)
    if (index < 0) {
      const kept = this.all.map((entry) => entry.version).join(', ')
      throw new RangeError(`rollBack: version ${String(version)} is not kept; there are ${kept}`)
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
    if (this.#serving !== undefined) this.#replaced.set(this.#serving.version, next.since)
    this.#replaced.delete(next.version)
    const [longestAgo] = this.#replaced.keys()
    if (longestAgo !== undefined && this.#replaced.size > this.#remember) this.#replaced.delete(longestAgo)
    this.#serving = next
  }

  /** The same bytes are built once. */
  #build(loaded: Loaded | undefined): Built {
    if (loaded === undefined) {
      if (this.#last === undefined) throw new TruststoreSourceError('unreadable', 'nothing was loaded yet')
      return this.#last
    }
    const digest = createHash('sha256').update(loaded.bytes).digest('hex')
    const built = this.#last?.digest === digest ? this.#last.built : buildWhole(loaded.bytes, this.#options)
    // What was judged is kept, not the bytes: a rejected version may be large.
    this.#last = { digest, loaded: { etag: undefined, versionId: undefined, ...loaded, bytes: new Uint8Array() }, built }
    return this.#last
  }
}

/** Findings that say that a part of the bundle could not be read at all: it may have been cut or overwritten. */
const damage: ReadonlySet<LintCode> = new Set<LintCode>(['pem_syntax_invalid', 'non_der_encoding'])

/** A truststore of everything that the bytes were meant to hold; one that lost a part on its way is an error. */
function buildWhole(bytes: Uint8Array, options: TruststoreOptions): Truststore | TruststoreSourceError {
  try {
    const store = buildTruststore(bytes, options)
    const damaged = store.findings.find((finding) => damage.has(finding.code))
    const problem = damaged === undefined ? (brokenStranger(bytes, store.findings) ?? cutBoundary(bytes)) : describe(damaged)
    if (problem === undefined) return store
    return new TruststoreSourceError('invalid', `the truststore is damaged: ${problem}`, { findings: store.findings })
  } catch (error) {
    // A backend of the caller's own may throw anything.
    const message = error instanceof Error ? error.message : thrownText(error)
    const findings = error instanceof TruststoreError ? error.findings : []
    return new TruststoreSourceError('invalid', message, { findings, cause: error })
  }
}

function describe(finding: Finding): string {
  const { code, message, line, index } = inFull(finding)
  const place = line !== undefined ? ` (line ${line})` : index !== undefined ? ` (certificate ${index})` : ''
  return `${code}: ${message}${place}`
}

/**
 * A broken block of another kind may have been a certificate: to the PEM reader one whose BEGIN line is damaged is a
 * stranger, and skipped.
 */
function brokenStranger(bytes: Uint8Array, findings: readonly Finding[]): string | undefined {
  if (!findings.some(({ code }) => code === 'non_certificate_block' || code === 'private_key_in_bundle')) return undefined
  for (const { content } of scanPem(bytes)) if (!(content instanceof Uint8Array)) return content.detail
  return undefined
}

/** A text that ends within a BEGIN line: to the PEM reader the rest of that line is a comment. */
function cutBoundary(bytes: Uint8Array): string | undefined {
  const start = bytes.lastIndexOf(0x0a) + 1
  const lastLine = latin1OfRange(bytes, start, Math.min(bytes.length, start + 100)).trim()
  const isWhole = /^-----BEGIN .*-----$/.test(lastLine)
  const isCut = lastLine !== '' && ('-----BEGIN '.startsWith(lastLine) || lastLine.startsWith('-----BEGIN '))
  return isCut && !isWhole ? `it ends within a BEGIN line, at ${JSON.stringify(lastLine)}` : undefined
}

/** A version without any of the issuers that are accepted now is far likelier a mishap than a wish. */
function requireOverlap(serving: Truststore, next: Truststore): void {
  const { kept, dropped } = sortIssuers(requireTruststore(serving, 'serving'), requireTruststore(next, 'next'))
  if (kept.length > 0 || dropped.length === 0) return
  throw new TruststoreSourceError(
    'no_overlap',
    `the new version drops every issuer that is accepted now (${dropped.length}); set allowEmptyOverlap if that is meant`,
    { findings: next.findings },
  )
}

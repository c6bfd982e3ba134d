import { bytesOfHex } from '../../bytes/encoding.ts'
import { Span } from '../../bytes/span.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import type { PathRefusal } from '../failure.ts'
import { memoize } from '../memoize.ts'
import type { Meter } from '../meter.ts'
import { type ConstrainedName, commonNamesOf, namesOf, readSubtrees, type SubtreeList, type Subtrees } from './subtrees.ts'

/**
 * Name constraints (RFC 5280 4.2.1.10 and 6.1.4 (g)): every name of every certificate below a constraining CA must be outside all
 * excluded subtrees and, if there are permitted subtrees of its form, within one of them. The constraints of several CAs are
 * applied one after the other, which is equivalent to intersecting the permitted and uniting the excluded subtrees.
 *
 * If a comparison is impossible, the certificate is rejected: for constrained forms that are not supported, and for names and
 * subtrees that are not well-formed. This also applies to constraints that are not critical.
 */

/** The result of one CA's subtrees for one certificate's names, and the number of comparisons to charge. */
interface NameCheck {
  readonly problem: string | undefined
  readonly comparisons: number
}

/**
 * Reads names and subtrees and caches results during one call, because a search may complete hundreds of paths over the same few
 * certificates.
 */
export class NameReader {
  readonly names: (certificate: CertificateView) => readonly ConstrainedName[] = memoize(namesOf)
  /** The names of the leaf. */
  readonly namesOfLeaf: (leaf: CertificateView) => readonly ConstrainedName[]
  readonly subtrees: (ca: CertificateView) => Subtrees = memoize(subtreesOf)
  readonly #results: (ca: CertificateView) => Map<CertificateView, NameCheck> = memoize(() => new Map())

  /** @param constrainsCommonNames true for a client, because applications may identify it by its common name */
  constructor(constrainsCommonNames: boolean) {
    const withCommonNames = (leaf: CertificateView): readonly ConstrainedName[] => {
      const names = this.names(leaf)
      return [...names, ...commonNamesOf(leaf, names)]
    }
    this.namesOfLeaf = constrainsCommonNames ? memoize(withCommonNames) : this.names
  }

  /** Why a CA's subtrees do not allow a certificate's names. */
  refuse(names: readonly ConstrainedName[], certificate: CertificateView, ca: CertificateView, meter: Meter): string | undefined {
    const judged = this.#results(ca)
    let known = judged.get(certificate)
    if (known === undefined) {
      known = checkNames(names, this.subtrees(ca))
      judged.set(certificate, known)
    }
    meter.names(known.comparisons)
    return known.problem
  }
}

/**
 * Checks a path, leaf first. Self-issued intermediates are exempt, a self-issued leaf is not (RFC 5280 6.1.3 (b)).
 *
 * @param enforceAnchor whether the anchor's constraints count
 */
export function refuseNames(
  path: readonly CertificateView[],
  enforceAnchor: boolean,
  reader: NameReader,
  meter: Meter,
): PathRefusal | undefined {
  const top = enforceAnchor ? path.length - 1 : path.length - 2
  let read: (readonly ConstrainedName[] | undefined)[] | undefined
  for (let i = top; i > 0; i--) {
    const ca = path[i]!
    if (!ca.extensions.has(ExtensionId.nameConstraints)) continue
    // Charged on every path: a search may check the same subtrees once for each path that it completes.
    const subtrees = reader.subtrees(ca)
    meter.names(subtrees.count)
    read ??= []
    for (let below = i - 1; below >= 0; below--) {
      const certificate = path[below]!
      if (below > 0 && certificate.isSelfIssued) continue
      if (read[below] === undefined) {
        read[below] = below > 0 ? reader.names(certificate) : reader.namesOfLeaf(certificate)
        meter.names(read[below]!.length)
      }
      const problem = reader.refuse(read[below]!, certificate, ca, meter)
      if (meter.exhausted !== undefined) return meter.refusal(below)
      if (problem === undefined) continue
      return {
        code: 'name_constraint_violation',
        index: below,
        message: `${problem}, by the name constraints of ${ca.subjectForMessage}`,
      }
    }
  }
  return undefined
}

/** Checks names against one CA's subtrees. Reports the first name that is not allowed. */
export function checkNames(names: readonly ConstrainedName[], { permitted, excluded }: Subtrees): NameCheck {
  const constrainsMail = permitted.has(GeneralNameTag.email) || excluded.has(GeneralNameTag.email)
  let comparisons = 0
  for (const name of names) {
    // The budget counts one comparison per subtree, although look-ups make fewer.
    const within = permitted.get(name.tag)
    const without = excluded.get(name.tag)
    comparisons += (within?.count ?? 0) + (without?.count ?? 0)
    const problem =
      constrainsMail && isInternationalMailbox(name)
        ? `${name.describe()}, an internationalised mailbox, cannot be compared`
        : (problemWith(name, without) ?? problemWith(name, within))
    if (problem !== undefined) return { problem, comparisons }
  }
  return { problem: undefined, comparisons }
}

function problemWith(name: ConstrainedName, subtrees: SubtreeList | undefined): string | undefined {
  if (subtrees === undefined) return undefined
  const has = subtrees.has(name)
  if (has === undefined)
    return `${name.describe()} cannot be compared with ${(subtrees.incomparable ?? subtrees.first).describe()}`
  if (has !== subtrees.isExcluded) return undefined
  return `${name.describe()} is ${has ? 'excluded' : 'not permitted'}`
}

/** SmtpUTF8Mailbox (id-on 9): an e-mail address in an otherName. E-mail constraints apply to it too (RFC 9598 6). */
const smtpUtf8Mailbox = /* @__PURE__ */ bytesOfHex('0608 2b06010505070809')

function isInternationalMailbox({ tag, value: { bytes, start } }: ConstrainedName): boolean {
  return tag === GeneralNameTag.other && new Span(bytes, start, start + smtpUtf8Mailbox.length).is(smtpUtf8Mailbox)
}

/** The subtrees of a CA that has name constraints. Their syntax was checked by the parser. */
function subtreesOf({ extensions }: CertificateView): Subtrees {
  return readSubtrees(extensions.value(ExtensionId.nameConstraints)!)
}

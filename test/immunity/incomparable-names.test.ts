import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CertificateSpec, GeneralNameSpec } from '../support/mint.ts'
import { type Constraints, under, violation } from './constrained.ts'

/**
 * Subtrees and names with any spelling: an accepted name must be outside every excluded and inside a permitted subtree by an
 * independent implementation, which answers only if that is certain.
 */

const pieces = [
  'evil',
  'example',
  'a',
  'A',
  'Evil',
  '1',
  '_',
  '-',
  '*',
  '.',
  '..',
  ' ',
  '@',
  '%2e',
  '/',
  ':',
  '\\',
  'xn--bcher-kva',
]
const text = fc.oneof(
  fc.constantFrom(...pieces),
  fc
    .array(fc.constantFrom(...pieces, 'x'.repeat(63), 'y'.repeat(64)), { maxLength: 5 })
    .chain((parts) => fc.constantFrom(parts.join(''), parts.join('.'))),
)

/** Names that are similar to a subtree. */
const near = (subtree: string): fc.Arbitrary<string> =>
  fc.oneof(
    text,
    fc.constantFrom(
      subtree,
      subtree.toUpperCase(),
      `${subtree}.`,
      `a.${subtree}`,
      `.${subtree}`,
      `*.${subtree}`,
      `x${subtree}`,
      subtree.replace(/^[^.]*/, '*'),
      subtree.replace(/^\.?[^.]*\./, ''),
      subtree.replace(/^./, ''),
      subtree.replace(/^./, '*'),
    ),
  )

const pair = text.chain((subtree) => fc.tuple(fc.constant(subtree), near(subtree)))

function labelsOf(host: string): readonly string[] | undefined {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.')
  return labels.every((label) => /^[a-z0-9_-]+$/.test(label) && label.length < 64) ? labels : undefined
}

interface Reading {
  readonly labels: readonly string[]
  /** Whether a leading dot limits it to names below. */
  readonly onlyBelow: boolean
}

function subtreeOf(subtree: string): Reading | undefined {
  if (subtree === '') return { labels: [], onlyBelow: false }
  const onlyBelow = subtree.startsWith('.')
  const labels = labelsOf(onlyBelow ? subtree.slice(1) : subtree)
  return labels && { labels, onlyBelow }
}

function endsIn(labels: readonly string[], { labels: base, onlyBelow }: Reading): boolean {
  return (
    labels.slice(labels.length - base.length).join('.') === base.join('.') && labels.length >= base.length + Number(onlyBelow)
  )
}

/** Whether every host that a DNS name matches is inside, or every one is outside; undefined if that is not certain. */
function placeOf(name: string, subtree: string): 'inside' | 'outside' | undefined {
  const base = subtreeOf(subtree)
  if (base === undefined) return undefined
  if (name === '') return base.labels.length === 0 ? 'inside' : 'outside'
  const [first = '', ...rest] = name.toLowerCase().replace(/\.$/, '').split('.')
  if (!first.includes('*')) {
    const labels = labelsOf(name)
    return labels && (endsIn(labels, base) ? 'inside' : 'outside')
  }
  const parent = rest.length === 0 ? [] : labelsOf(rest.join('.'))
  if (parent === undefined) return undefined
  if (endsIn(['any', ...parent], base) && parent.length >= base.labels.length) return 'inside'
  return endsIn(base.labels.slice(1), { labels: parent, onlyBelow: false }) && base.labels.length === parent.length + 1
    ? undefined
    : 'outside'
}

const dnsUnder = (constraints: Constraints, dns: string): string => under(constraints, { subjectAltNames: [{ dns }] })

describe('DNS subtrees and names with any spelling', () => {
  it('excluded: an accepted name is certainly outside', () => {
    fc.assert(
      fc.property(pair, ([subtree, name]) => {
        if (dnsUnder({ excluded: [{ dns: subtree }] }, name) === 'accepted') expect(placeOf(name, subtree)).toBe('outside')
      }),
      { numRuns: 150 },
    )
  })

  it('permitted: an accepted name is certainly inside', () => {
    fc.assert(
      fc.property(pair, ([subtree, name]) => {
        if (dnsUnder({ permitted: [{ dns: subtree }] }, name) === 'accepted') expect(placeOf(name, subtree)).toBe('inside')
      }),
      { numRuns: 150 },
    )
  })

  it('well-formed names are not rejected needlessly', () => {
    const label = fc.constantFrom('a', 'b', 'evil', 'x-1')
    const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
    fc.assert(
      fc.property(
        fc.oneof(
          host,
          host.map((name) => `.${name}`),
          fc.constant(''),
        ),
        host,
        (subtree, name) => {
          const place = placeOf(name, subtree)
          expect(dnsUnder({ excluded: [{ dns: subtree }] }, name)).toBe(place === 'outside' ? 'accepted' : violation)
          expect(dnsUnder({ permitted: [{ dns: subtree }] }, name)).toBe(place === 'inside' ? 'accepted' : violation)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a DNS subtree that is a dot, or malformed', () => {
  it.each(['.', '..', '...', 'a..b', 'a..', '..a', '*', '*.a', ' ', '@', 'a b', '\u007e', `${'a'.repeat(64)}.b`, 'a/b'])(
    '%j: every DNS name is rejected, whether it is excluded or permitted',
    (subtree) => {
      for (const name of ['', 'a', 'good.example', '*.good.example', 'b']) {
        expect([name, dnsUnder({ excluded: [{ dns: subtree }] }, name)]).toEqual([name, violation])
        expect([name, dnsUnder({ permitted: [{ dns: subtree }, { dns: '' }] }, name)]).toEqual([name, violation])
      }
      const other: CertificateSpec = { subject: 'O=Immunity', subjectAltNames: [{ email: 'a@good.example' }] }
      expect(under({ excluded: [{ dns: subtree }] }, other)).toBe('accepted')
    },
  )
})

describe('wildcards inside a label, which Node and OpenSSL still match', () => {
  it.each(['s*', '*t', 's*t', '*', 'S*T'])('%s violates an exclusion that it may match', (label) => {
    const excluding = (subtree: string, parent: string): string =>
      dnsUnder({ excluded: [{ dns: subtree }] }, parent === '' ? label : `${label}.${parent}`)
    expect(excluding('secret.example', 'example')).toBe(violation)
    expect(excluding('secret', '')).toBe(violation)
    expect(excluding('secret.example', 'other')).toBe('accepted')
    expect(dnsUnder({ permitted: [{ dns: 'example' }] }, `${label}.example`)).toBe('accepted')
    expect(dnsUnder({ permitted: [{ dns: 'secret.example' }] }, `${label}.example`)).toBe(violation)
  })
})

/** Splits a mailbox at `@`; undefined if it is ambiguous. */
function mailboxOf(mail: string): { readonly local: string; readonly host: readonly string[] } | undefined {
  const [local = '', host = '', ...more] = mail.split('@')
  const labels = more.length === 0 && !host.endsWith('.') ? labelsOf(host) : undefined
  return labels && /^[\w!#$%&'*+/=?^`{|}~.-]+$/.test(local) && !/^\.|\.\.|\.$/.test(local) ? { local, host: labels } : undefined
}

function mailIsIn(mail: string, subtree: string): boolean | undefined {
  const name = mailboxOf(mail)
  const mailbox = mailboxOf(subtree)
  const host = subtreeOf(subtree)
  if (name === undefined || subtree === '' || subtree.endsWith('.')) return undefined
  if (subtree.includes('@')) return mailbox && mailbox.local === name.local && mailbox.host.join('.') === name.host.join('.')
  return host && endsIn(name.host, host) && (host.onlyBelow || name.host.length === host.labels.length)
}

/** Uses the WHATWG URL parser; undefined if the host is not plain labels. */
function uriIsIn(uri: string, subtree: string): boolean | undefined {
  const host = subtreeOf(subtree)
  const read = URL.canParse(uri) ? labelsOf(new URL(uri).hostname) : undefined
  if (read === undefined || host === undefined || subtree === '' || subtree.endsWith('.')) return undefined
  return endsIn(read, host) && (host.onlyBelow || read.length === host.labels.length)
}

const mails = text.chain((subtree) =>
  fc.tuple(
    fc.constant(subtree),
    fc.oneof(
      text,
      near(subtree).map((host) => `a@${host}`),
      fc.constant(subtree),
    ),
  ),
)
const uris = text.chain((subtree) =>
  fc.tuple(
    fc.constant(subtree),
    fc.oneof(
      text.map((rest) => `https://${rest}`),
      fc
        .tuple(near(subtree), fc.constantFrom('', ':1', '/', '?@', '#a', '@a.example', '\\@a.example'))
        .map(([host, rest]) => `https://${host}${rest}`),
      fc.tuple(text, near(subtree)).map(([user, host]) => `https://${user}@${host}/`),
    ),
  ),
)

describe.each<
  readonly [string, typeof mails, (value: string) => GeneralNameSpec, (name: string, subtree: string) => boolean | undefined]
>([
  ['e-mail', mails, (email) => ({ email }), mailIsIn],
  ['URI', uris, (uri) => ({ uri }), uriIsIn],
])('%s subtrees and names with any spelling', (_form, pairs, spec, isIn) => {
  it.each<readonly ['excluded' | 'permitted', boolean]>([
    ['excluded', false],
    ['permitted', true],
  ])('%s: an accepted name is certainly right', (list, expected) => {
    fc.assert(
      fc.property(pairs, ([subtree, name]) => {
        const verdict = under({ [list]: [spec(subtree)] }, { subjectAltNames: [spec(name)] })
        if (verdict === 'accepted') expect(isIn(name, subtree)).toBe(expected)
      }),
      { numRuns: 150 },
    )
  })

  it.each(['.', '@', '@@', '', ' ', '..', '.a.', 'a..b', '@a', 'a@', '*', '*.a', 'a.'])(
    '%j is not a subtree: every name is rejected',
    (subtree) => {
      for (const name of ['a@good.example', 'https://good.example/']) {
        const other = spec(name)
        expect(under({ excluded: [spec(subtree)] }, { subjectAltNames: [other] })).toBe(violation)
        expect(under({ permitted: [spec(subtree), other] }, { subjectAltNames: [other] })).toBe(violation)
      }
    },
  )
})

import { describe, expect, it } from 'vitest'
import { finish } from '../../../../src/bytes/steps.ts'
import { pureSignatures } from '../../../../src/index.ts'
import { TruststoreSourceError } from '../../../../src/node/index.ts'
import { Versions } from '../../../../src/node/source/versions.ts'
import { keyPair, type Minted, mint, mintCrl } from '../../../support/mint.ts'

const ca = (name: string, slot: number): Minted => mint({ ca: true, subject: `CN=${name}`, key: keyPair('p256', slot) })
const [a, b, c, d] = [ca('A', 0), ca('B', 1), ca('C', 2), ca('D', 3)] as const
const bytesOf = (...parts: readonly (Minted | string)[]): Uint8Array =>
  Buffer.from(parts.map((part) => (typeof part === 'string' ? part : part.pem)).join(''))

function versionsOf(keep = 10): { offer: (...parts: readonly (Minted | string)[]) => string; versions: Versions } {
  const versions = new Versions({}, keep)
  return { versions, offer: (...parts) => finish(versions.decide({ bytes: bytesOf(...parts) }, false)).status }
}

function refusal(call: () => unknown): TruststoreSourceError {
  try {
    call()
  } catch (error) {
    if (error instanceof TruststoreSourceError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const subjects = (versions: Versions): readonly string[] => versions.current.store.certificates.map(({ subject }) => subject)

describe('versions', () => {
  it('serve one after the other, latest first, each once', () => {
    const { versions, offer } = versionsOf()
    expect(() => versions.current).toThrow('no version')
    expect([offer(a), offer(a, b), offer(a, b), offer(a)]).toEqual(['updated', 'updated', 'unchanged', 'updated'])
    expect(versions.all).toHaveLength(2)
    expect(versions.all[0]).toBe(versions.current)
    expect(versions.current.version).toBe(versions.current.store.fingerprint)
    expect(subjects(versions)).toEqual(['CN=A'])
  })

  it('are the same if only comments differ', () => {
    const { offer } = versionsOf()
    expect([offer(a), offer('# comment\n', a)]).toEqual(['updated', 'unchanged'])
  })

  it('remember what the server calls them', () => {
    const { versions } = versionsOf()
    finish(versions.decide({ bytes: bytesOf(a), etag: '"1"', versionId: 'v1' }, false))
    expect(versions.current).toMatchObject({ etag: '"1"', versionId: 'v1' })
  })

  it('are kept up to a bound, the current one always', () => {
    const { versions, offer } = versionsOf(2)
    offer(a)
    offer(a, b)
    offer(a, c)
    expect(versions.all.map(({ store }) => store.certificates.at(-1)?.subject)).toEqual(['CN=C', 'CN=B'])
    const single = versionsOf(1)
    single.offer(a)
    expect(single.offer(a, b)).toBe('updated')
    expect(single.versions.all).toHaveLength(1)
  })

  it('are built once for the same bytes', () => {
    const { versions, offer } = versionsOf()
    offer(a)
    expect(finish(versions.decide(undefined, false))).toEqual({ status: 'unchanged' })
    const bad = refusal(() => offer(a, 'no END\n-----BEGIN CERTIFICATE-----\n'))
    expect(refusal(() => finish(versions.decide(undefined, false)))).toBe(bad)
    expect(refusal(() => finish(new Versions({}, 1).decide(undefined, false)))).toMatchObject({ reason: 'unreadable' })
  })
})

it('makes a version invalid while its backend throws', () => {
  let works = true
  const signatures = {
    name: 'moody',
    importKey(spki: Uint8Array) {
      if (!works) throw new Error('out of order')
      return pureSignatures.importKey(spki)
    },
  }
  const versions = new Versions({ signatures }, 10)
  finish(versions.decide({ bytes: bytesOf(a) }, false))
  works = false
  const error = refusal(() => finish(versions.decide({ bytes: bytesOf(a, b) }, false)))
  expect(error).toMatchObject({ reason: 'invalid', message: 'out of order' })
  expect(refusal(() => finish(versions.decide(undefined, false)))).toMatchObject({ message: 'out of order' })
  expect(subjects(versions)).toEqual(['CN=A'])
  works = true
  expect(finish(versions.decide(undefined, false))).toMatchObject({ status: 'updated' })
})

describe('a version that is damaged', () => {
  const { versions, offer } = versionsOf()
  offer(a)
  const whole = bytesOf(a, b)
  const withoutLine = b.pem.split('\n').toSpliced(3, 1).join('\n')

  it('by a cut anywhere in its text is refused, unless the cut is between two blocks', () => {
    const lastEnd = whole.length - 1
    const firstEnd = a.pem.length - 1
    const taken: number[] = []
    const own = versionsOf()
    own.offer(a)
    for (let length = 0; length < whole.length; length++) {
      try {
        finish(own.versions.decide({ bytes: whole.subarray(0, length) }, false))
        taken.push(length)
      } catch (error) {
        expect(error).toMatchObject({ reason: 'invalid' })
      }
    }
    // At the end of the last line, before its newline, nothing is missing.
    expect(taken).toEqual([firstEnd, firstEnd + 1, lastEnd])
  })

  it.each<readonly [string, Uint8Array, string]>([
    ['an END line that is missing', bytesOf(b.pem.replace(/-----END.*/, ''), a), 'pem_syntax_invalid'],
    ['a line that is missing within a block', bytesOf(a, withoutLine), 'non_der_encoding'],
    ['a BEGIN line that is damaged', bytesOf(a, b.pem.replace('CERT', 'CERI')), 'is an END CERTIFICATE line'],
    ['an END line that is damaged', bytesOf(b.pem.replace('END CERT', 'END CERI'), a), 'pem_syntax_invalid'],
    ['HTML', Buffer.from('<!DOCTYPE html><title>502</title>'), 'HTML or XML'],
    ['nothing', new Uint8Array(), 'empty'],
    ['compressed bytes', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), 'not PEM'],
    ['DER that is cut', a.der.subarray(0, 200), 'non_der_encoding'],
    ['a BEGIN line that is cut', bytesOf(a, '-----BEGIN CERT'), 'it ends within a BEGIN line, at "-----BEGIN CERT"'],
  ])('by %s is refused', (_what, bytes, problem) => {
    const error = refusal(() => finish(versions.decide({ bytes }, true)))
    expect(error.reason).toBe('invalid')
    expect(error.message).toContain(problem)
    expect(subjects(versions)).toEqual(['CN=A'])
  })

  it('is not one with whole blocks of another kind', () => {
    const list = mintCrl({ issuer: a })
    const pem = `-----BEGIN X509 CRL-----\n${Buffer.from(list.der).toString('base64')}\n-----END X509 CRL-----\n`
    expect(finish(versions.decide({ bytes: bytesOf(a, pem) }, false)).status).toBe('unchanged')
  })

  it('is not one with a comment at its end', () => {
    expect(finish(versions.decide({ bytes: bytesOf(a, '# end\n') }, false)).status).toBe('unchanged')
    expect(finish(versions.decide({ bytes: bytesOf(a, '------\n') }, false)).status).toBe('unchanged')
  })

  it('names the line and has the findings', () => {
    const error = refusal(() => offer(a, withoutLine))
    expect(error.message).toContain(`(line ${a.pem.split('\n').length})`)
    expect(error.findings.map(({ code }) => code)).toEqual(['non_der_encoding'])
  })
})

describe('a version without any issuer of the current one', () => {
  it('is refused unless it is allowed', () => {
    const { versions, offer } = versionsOf()
    offer(a, b)
    const error = refusal(() => offer(c, d))
    expect(error).toMatchObject({ reason: 'no_overlap' })
    expect(error.message).toContain('allowEmptyOverlap')
    expect(subjects(versions)).toEqual(['CN=A', 'CN=B'])
    expect(finish(versions.decide(undefined, true)).status).toBe('updated')
    expect(subjects(versions)).toEqual(['CN=C', 'CN=D'])
  })

  it('is refused where they are listed and lead nowhere', () => {
    const inner = mint({ ca: true, subject: 'CN=Inner', key: keyPair('p256', 4) }, a)
    const { offer } = versionsOf()
    offer(a, inner)
    expect(refusal(() => offer(inner, b))).toMatchObject({ reason: 'no_overlap' })
  })

  it('is not reported if an issuer was renewed with its key', () => {
    const renewed = mint({ ca: true, subject: 'CN=A', key: keyPair('p256', 0), notAfter: new Date('2045-01-01') })
    const rekeyed = mint({ ca: true, subject: 'CN=A', key: keyPair('p256', 5) })
    const { offer } = versionsOf()
    offer(a)
    expect(offer(renewed)).toBe('updated')
    expect(refusal(() => offer(rekeyed))).toMatchObject({ reason: 'no_overlap' })
  })
})

describe('a version that was replaced', () => {
  it('is recognised after it was dropped, up to a bound', () => {
    const versions = new Versions({}, 1, 3)
    const offer = (minted: Minted, allowRollback: boolean): unknown =>
      finish(versions.decide({ bytes: bytesOf(a, minted) }, false, allowRollback))
    offer(b, false)
    expect(offer(c, false)).toMatchObject({ status: 'updated', replacedAt: undefined })
    expect(versions.all).toHaveLength(1)
    expect(refusal(() => offer(b, false))).toMatchObject({ reason: 'rollback' })
    expect(finish(versions.decide(undefined, false, true))).toMatchObject({ status: 'updated', replacedAt: expect.any(Date) })
    // C was replaced by B. It is forgotten when the third after it is replaced.
    for (const slot of [3, 4]) offer(ca(`${slot}`, slot), false)
    expect(refusal(() => offer(b, false))).toMatchObject({ reason: 'rollback' })
    expect(refusal(() => offer(c, false))).toMatchObject({ reason: 'rollback' })
    offer(ca('5', 5), false)
    expect(offer(c, false)).toMatchObject({ status: 'updated', replacedAt: undefined })
  })

  it('needs both permissions if it drops every issuer', () => {
    const { versions } = versionsOf()
    finish(versions.decide({ bytes: bytesOf(a) }, false))
    finish(versions.decide({ bytes: bytesOf(b) }, true))
    expect(refusal(() => finish(versions.decide({ bytes: bytesOf(a) }, true, false)))).toMatchObject({ reason: 'rollback' })
    expect(refusal(() => finish(versions.decide({ bytes: bytesOf(a) }, false, true)))).toMatchObject({ reason: 'no_overlap' })
    expect(finish(versions.decide({ bytes: bytesOf(a) }, true, true))).toMatchObject({ status: 'updated' })
  })
})

describe('rolling back', () => {
  it('serves an earlier version and holds back those after it, until one of them is wanted again', () => {
    const { versions, offer } = versionsOf()
    offer(a)
    offer(a, b)
    offer(a, c)
    const [ac, ab, justA] = versions.all.map(({ version }) => version) as [string, string, string]
    expect(versions.rollBack(justA)?.version).toBe(ac)
    expect(subjects(versions)).toEqual(['CN=A'])
    expect(versions.all.map(({ version }) => version)).toEqual([justA, ac, ab])
    expect([offer(a, c), offer(a, b), offer(a)]).toEqual(['held', 'held', 'unchanged'])
    expect(offer(a, d)).toBe('updated')
    expect(offer(a, b)).toBe('held')
    versions.rollBack(ab)
    expect(subjects(versions)).toEqual(['CN=A', 'CN=B'])
    offer(a, c, d)
    expect(offer(a, b)).toBe('updated')
    expect(offer(a, c)).toBe('held')
  })

  it('is undone by rolling back to what was rolled back', () => {
    const { versions, offer } = versionsOf()
    offer(a)
    offer(a, b)
    const [ab, justA] = versions.all.map(({ version }) => version) as [string, string]
    versions.rollBack(justA)
    versions.rollBack(ab)
    expect([offer(a, b), offer(a), offer(a, b)]).toEqual(['unchanged', 'updated', 'updated'])
  })

  it('to what serves changes nothing', () => {
    const { versions, offer } = versionsOf()
    offer(a)
    expect(versions.rollBack(versions.current.version)).toBeUndefined()
    expect(offer(a)).toBe('unchanged')
  })

  it('to what is not kept is a RangeError that lists what is', () => {
    const { versions, offer } = versionsOf()
    offer(a)
    expect(() => versions.rollBack('x')).toThrow(
      new RangeError(`rollBack: version x is not kept; kept versions: ${versions.current.version}`),
    )
  })
})

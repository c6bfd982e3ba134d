import { beforeEach, describe, expect, it, vi } from 'vitest'
import { buildTruststore, lintTruststore } from '../../../src/index.ts'
import { mint } from '../../support/mint.ts'

const counts = vi.hoisted(() => ({ scans: 0, parses: 0 }))

vi.mock('../../../src/bytes/pem.ts', async (original) => {
  const real = await original<typeof import('../../../src/bytes/pem.ts')>()
  const pemSteps: typeof real.pemSteps = (text) => {
    counts.scans++
    return real.pemSteps(text)
  }
  return { ...real, pemSteps }
})

vi.mock('../../../src/x509/parse-certificate.ts', async (original) => {
  const real = await original<typeof import('../../../src/x509/parse-certificate.ts')>()
  const parseCertificateDer: typeof real.parseCertificateDer = (der) => {
    counts.parses++
    return real.parseCertificateDer(der)
  }
  return { ...real, parseCertificateDer }
})

const root = mint({ ca: true, subject: 'CN=Root' })
const issuing = mint({ ca: true, subject: 'CN=Issuing' }, root)
const bundle = `${root.pem}\n${issuing.pem}`

describe('a bundle is scanned once, and each certificate in it parsed once', () => {
  beforeEach(() => {
    counts.scans = 0
    counts.parses = 0
  })

  it('to build a truststore', () => {
    buildTruststore(bundle)
    expect(counts).toEqual({ scans: 1, parses: 2 })
  })

  it('to lint it, for a platform as well', () => {
    lintTruststore(bundle, { platform: 'alb' })
    expect(counts).toEqual({ scans: 1, parses: 2 })
  })

  it('to build and then to lint', () => {
    lintTruststore(buildTruststore(bundle), { platform: 'cloudfront' })
    expect(counts).toEqual({ scans: 1, parses: 2 })
  })
})

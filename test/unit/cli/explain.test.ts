import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/index.ts'
import { Workplace } from '../../support/cli.ts'

const place = new Workplace()

describe('portcullis explain', () => {
  it('tells what a refusal means, what to do and how others call it', () => {
    const { exitCode, output } = place.run(['explain', 'unknown_issuer'])
    const { summary, remedy, citation } = explain('unknown_issuer')
    expect(exitCode).toBe(0)
    expect(output).toBe(
      `unknown_issuer
${summary}
  Remedy    ${remedy} In the CLI: --profile rfc5280.
  Citation  ${citation}
Elsewhere
  Node, OpenSSL              UNABLE_TO_GET_ISSUER_CERT_LOCALLY
  Application Load Balancer  ClientCertUntrusted
  CloudFront                 ClientCertUntrusted
  Google Cloud               client_cert_chain_verification_failed
  API Gateway                Access denied. Reason: Could not find issuer for certificate
`,
    )
  })

  it('tells of several, rules of platforms included', () => {
    const { output } = place.run(['explain', 'blank_lines', 'expired'])
    expect(output).toMatch(/^blank_lines\n/)
    expect(output).toMatch(/\n\nexpired\n/)
  })

  it('writes JSON', () => {
    expect(JSON.parse(place.run(['explain', 'expired', '--format', 'json']).output)).toEqual([explain('expired')])
  })

  it.each<[string, readonly string[], string]>([
    ['a misspelt code', ['expird'], 'Did you mean expired?'],
    ['no code', [], '<code…> is missing'],
    ['a name of the language', ['__proto__'], 'the code is __proto__, which is not known.'],
  ])('%s is 2', (_, args, problem) => {
    const { exitCode, output, errors } = place.run(['explain', ...args])
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
    expect(errors).toContain(problem)
  })
})

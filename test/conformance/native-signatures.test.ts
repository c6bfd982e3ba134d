import { describe, expect, it } from 'vitest'
import { nodeSignatures } from '../../src/node/native-signatures.ts'
import { isPresent, runSuite } from './suite.ts'
import { suiteBy as signedData } from './suites/boringssl-signed-data.ts'
import { suiteBy as wycheproof } from './suites/wycheproof.ts'

/** Runs the signature suites with node:crypto. Results and exceptions must be the same as with `pureSignatures`. */

describe('signatures by node:crypto', () => {
  for (const suite of [wycheproof(nodeSignatures), signedData(nodeSignatures)]) {
    const title = `${suite.name}: ${suite.cases.toLocaleString('en-US')} cases`
    if (isPresent(suite)) it(title, () => expect(runSuite(suite).problems).toEqual([]))
    else it.skip(`${title} (conformance data absent)`)
  }
})

import type { Suite } from './suite.ts'
import { suite as bettertls } from './suites/bettertls.ts'
import { suite as boringsslCertificatePolicies } from './suites/boringssl-certificate-policies.ts'
import { suite as boringsslCrl } from './suites/boringssl-crl.ts'
import { suite as boringsslNameConstraints } from './suites/boringssl-name-constraints.ts'
import { suite as boringsslNameMatch } from './suites/boringssl-name-match.ts'
import { suite as boringsslParseCertificate } from './suites/boringssl-parse-certificate.ts'
import { suite as boringsslSignedData } from './suites/boringssl-signed-data.ts'
import { suite as boringsslVerifyCertificateChain } from './suites/boringssl-verify-certificate-chain.ts'
import { suite as limbo } from './suites/limbo.ts'
import { suite as mozillaLint } from './suites/mozilla-lint.ts'
import { suite as parseCorpora } from './suites/parse-corpora.ts'
import { suite as pkilint } from './suites/pkilint.ts'
import { suite as pkits } from './suites/pkits.ts'
import { suite as realworldChains } from './suites/realworld-chains.ts'
import { suite as webpki } from './suites/webpki.ts'
import { suite as wycheproof } from './suites/wycheproof.ts'
import { suite as zlint } from './suites/zlint.ts'

/** Every public suite, in the order of the report. */
export const suites: readonly Suite[] = [
  wycheproof,
  boringsslSignedData,
  boringsslParseCertificate,
  boringsslNameMatch,
  boringsslNameConstraints,
  boringsslCertificatePolicies,
  parseCorpora,
  limbo,
  bettertls,
  pkits,
  boringsslVerifyCertificateChain,
  boringsslCrl,
  webpki,
  realworldChains,
  mozillaLint,
  zlint,
  pkilint,
]

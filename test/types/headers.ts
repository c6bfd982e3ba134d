import type { Acceptance, Rejection, Truststore } from 'portcullis'
import {
  type HeaderCode,
  type HeaderFault,
  type HeaderFrom,
  type HeaderResult,
  matchIdentity,
  parseClientCert,
  type RequestVerdict,
  verifyRequest,
} from 'portcullis/headers'
import { expectTypeOf } from 'vitest'

/** What users of `portcullis/headers` write, as the compiler sees it. */

declare const store: Truststore

const verdict = verifyRequest(new Request('https://example.org'), store, { from: 'rfc9440', trustedProxy: true })
expectTypeOf(verdict).toEqualTypeOf<RequestVerdict>()
if (verdict.ok) expectTypeOf(verdict).toEqualTypeOf<Acceptance>()
else if (verdict.code === 'no_certificate') expectTypeOf(verdict).toEqualTypeOf<HeaderFault>()
else if (verdict.code === 'expired') expectTypeOf(verdict).toEqualTypeOf<Rejection>()

// @ts-expect-error nobody is trusted without the operator's word
verifyRequest({}, store, { from: 'rfc9440' })
// @ts-expect-error `false` is no word
verifyRequest({}, store, { from: 'rfc9440', trustedProxy: false })
// @ts-expect-error the format is never guessed
verifyRequest({}, store, { trustedProxy: true })
// @ts-expect-error no such format
verifyRequest({}, store, { from: 'apache', trustedProxy: true })
expectTypeOf<'alb' | 'envoy' | 'nginx' | 'rfc9440'>().toExtend<HeaderFrom>()

const leaf = parseClientCert('')
expectTypeOf(leaf).toEqualTypeOf<HeaderResult<Uint8Array>>()
if (leaf.ok) expectTypeOf(leaf.value).toEqualTypeOf<Uint8Array>()
else expectTypeOf(leaf.code).toEqualTypeOf<HeaderCode>()

if (verdict.ok) {
  const { ok } = matchIdentity(verdict.leaf, { uri: ['spiffe://example.org/a'], dns: 'a.example.org' })
  expectTypeOf(ok).toEqualTypeOf<boolean>()
  // @ts-expect-error the common name is no identity
  matchIdentity(verdict.leaf, { commonName: 'a' })
}

import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer, type Server } from 'node:https'
import { createServer as createTlsServer } from 'node:tls'
import type { Truststore } from 'portcullis'
import {
  type ClientIdentity,
  type GateCode,
  getClientIdentity,
  type Identified,
  mutualTls,
  portcullisServerIdentity,
  type TruststoreSource,
} from 'portcullis/node'
import { expectTypeOf } from 'vitest'

/** What users of `portcullis/node` write, as the compiler sees it. */

declare const store: Truststore
declare const source: TruststoreSource

const gate = mutualTls({
  truststore: store,
  minVersion: 'TLSv1.3',
  onReject: ({ code }) => expectTypeOf(code).toEqualTypeOf<GateCode>(),
})
mutualTls({
  truststore: store,
  authorize: (identity, signal) =>
    fetch(`https://example.org/${identity.certificate.fingerprint}`, { signal }).then(({ ok }) => ok),
  onAccept: ({ certificate }) => certificate.subject,
  onClose: (identity, code) => {
    expectTypeOf(identity).toEqualTypeOf<ClientIdentity>()
    expectTypeOf(code).toEqualTypeOf<GateCode | 'max_age_reached'>()
  },
  onReject: ({ identity, verdict }) => (verdict?.ok === false ? verdict.index : identity?.certificate.subject),
  onUnknown: 'end',
})
expectTypeOf(gate.disconnect(({ certificate }) => certificate.subject === 'CN=a', 'revoked')).toEqualTypeOf<number>()
expectTypeOf(gate.counters().ended.max_age_reached).toEqualTypeOf<number | undefined>()
// @ts-expect-error no client is told of it
gate.disconnect(() => true, 'max_age_reached')
// @ts-expect-error a promise is no answer
gate.disconnect(async () => true)
mutualTls({ truststore: source, authorize: async ({ clientCert }) => ({ isAuthorized: clientCert.subjectDN !== '' }) })
mutualTls({ domains: { 'api.example.com': { truststore: store }, '*.example.com': { truststore: source } } })
// @ts-expect-error whom to trust must be said
mutualTls({})
// @ts-expect-error for all, or for each domain
mutualTls({ truststore: store, domains: {} })
// @ts-expect-error TLS 1.1 is no choice
mutualTls({ truststore: store, minVersion: 'TLSv1.1' })

// Servers take the options, and stay what they are.
expectTypeOf(gate.protect(createServer(gate.tlsOptions))).toEqualTypeOf<Server>()
gate.protect(createTlsServer(gate.tlsOptions))
createServer(
  gate.tlsOptions,
  gate.handler((request, response) => {
    expectTypeOf(request.clientIdentity).toEqualTypeOf<ClientIdentity>()
    response.end(request.clientIdentity.certificate.subject)
  }),
)
createSecureServer(
  gate.tlsOptions,
  gate.handler((request, response) => response.end(request.clientIdentity.certificate.subject)),
)
createSecureServer(
  gate.tlsOptions,
  gate.handler<Http2ServerRequest, Http2ServerResponse>((request, response) => {
    expectTypeOf(request).toEqualTypeOf<Http2ServerRequest & Identified>()
    response.stream.end(request.authority)
  }),
)
createServer((request, response) => {
  expectTypeOf(getClientIdentity(request)).toEqualTypeOf<ClientIdentity | undefined>()
  // @ts-expect-error without `handler` nobody says that there is an identity
  response.end(request.clientIdentity)
})

expectTypeOf(portcullisServerIdentity(store)).returns.toExtend<Error | undefined>()
expectTypeOf(source.current).toEqualTypeOf<Truststore>()
// @ts-expect-error the name is Node's to give
portcullisServerIdentity(store, { serverName: 'example.org' })
source.on('updated', ({ diff }) => expectTypeOf(diff.droppedIssuers).toEqualTypeOf<readonly string[]>())
// @ts-expect-error no such event
source.on('changed', () => undefined)

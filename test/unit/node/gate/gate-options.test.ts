import { createServer as createHttpsServer } from 'node:https'
import { describe, expect, it } from 'vitest'
import { mutualTls } from '../../../../src/node/index.ts'
import { own, store } from '../../../support/gate.ts'

describe('misuse', () => {
  it.each([
    [{}, /either truststore or domains/],
    [{ truststore: store, domains: { 'a.example': { truststore: store } } }, /either truststore or domains/],
    [{ truststore: {} }, /truststore must be a Truststore/],
    [{ truststore: null }, /truststore must be a Truststore or a source/],
    [{ truststore: Promise.resolve(store) }, /options\.truststore must be .*; got a Promise, await it/],
    [
      { truststore: store, revocation: { lists: [new Uint8Array()] } },
      /options\.revocation\.lists\[0\] must be the value of parse/,
    ],
    [{ truststore: store, revocation: Promise.resolve({ lists: [] }) }, /options\.revocation must be .* got a Promise/],
    [{ truststore: store, authorise: () => true }, /options.authorise is not an option/],
    [{ truststore: store, authorize: true }, /authorize must be a function/],
    [{ truststore: store, revocation: 3 }, /revocation must be/],
    [{ truststore: store, onReject: 1 }, /onReject must be a function/],
    [{ truststore: store, minVersion: 'TLSv1.1' }, /minVersion must be one of TLSv1.2, TLSv1.3/],
    [{ truststore: store, refusal: 'ignore' }, /refusal must be one of answer, close/],
    [{ truststore: store, recheck: 1 }, /recheck must be a boolean/],
    [{ truststore: store, limits: true }, /options.limits must be an object/],
    [{ truststore: store, limits: { opened: 1 } }, /options.limits.opened is not an option/],
    [{ truststore: store, limits: { open: 0 } }, /limits.open must be a number/],
    [{ truststore: store, limits: { exempt: '10.0.0.0/8' } }, /exempt must be an array/],
    [{ truststore: store, limits: { exempt: ['10.0.0.0/40'] } }, /10.0.0.0\/40 is not an IP address or CIDR range/],
    [{ truststore: store, clientAddress: '10.0.0.1' }, /clientAddress must be a function/],
    [{ truststore: store, advertiseAuthorities: 'on' }, /advertiseAuthorities must be a boolean/],
    [{ truststore: store, onAdvertise: 1 }, /onAdvertise must be a function/],
    [{ truststore: store, maxPending: -1 }, /maxPending must be a number/],
    [{ truststore: store, maxPendingPerAddress: 0 }, /maxPendingPerAddress must be a number from 1/],
    [{ truststore: store, authorizeTtlMs: -1 }, /authorizeTtlMs must be a number from 0 to Infinity/],
    [{ truststore: store, maxRemembered: Number.NaN }, /maxRemembered must be a number/],
    [{ truststore: store, maxConnectionAgeMs: 0 }, /maxConnectionAgeMs must be a number from 1 to Infinity/],
    [{ truststore: store, endTimeoutMs: 2 ** 31 }, /endTimeoutMs must be a number from 0 to 2147483647/],
    [{ truststore: store, endsPerSecond: 0 }, /endsPerSecond must be a number from 1/],
    [{ truststore: store, onChange: 'close' }, /onChange must be one of end, keep/],
    [{ truststore: store, onUnknown: true }, /onUnknown must be one of keep, end/],
    [{ truststore: store, onAccept: 1 }, /onAccept must be a function/],
    [{ truststore: store, onClose: null }, /onClose must be a function/],
    [{ truststore: store, authorizeTimeoutMs: 0 }, /authorizeTimeoutMs must be a number/],
    [{ truststore: store, purpose: 'server' }, /options.purpose must be client or a transition \{ anyOf, until \}, got server/],
    [{ truststore: store, purpose: { anyOf: ['client', 'server'] } }, /options.purpose.until must be the date/],
    [
      { domains: { 'a.example': { truststore: store, purpose: 'any' } } },
      /options.domains\[a.example\].purpose must be client or/,
    ],
    [{ domains: { 'a.example': { truststore: store } }, purpose: 'client' }, /belong to each domain/],
    [{ domains: {} }, /at least one domain/],
    [{ domains: { 'a b': { truststore: store } } }, /neither a DNS name/],
    [{ domains: { '*.com': { truststore: store } } }, /neither a DNS name/],
    [{ domains: { 'a.example': { truststore: store }, 'A.example.': { truststore: store } } }, /occurs twice/],
    [{ domains: { 'a.example': { truststore: store, key: 'k' } } }, /both key and cert/],
    [{ domains: { 'a.example': { truststore: store } }, authorize: () => true }, /belong to each domain/],
    [{ domains: { 'a.example': { truststore: store } }, resumption: true }, /a session loses the domain/],
  ])('%# is a TypeError that says what is wrong', (options, message) => {
    expect(() => mutualTls(options as never)).toThrow(TypeError)
    expect(() => mutualTls(options as never)).toThrow(message)
  })

  it('servers that are none, and those that have a gate', () => {
    const gate = mutualTls({ truststore: store })
    expect(() => gate.protect({} as never)).toThrow(TypeError)
    const server = createHttpsServer({ ...own, ...gate.tlsOptions })
    gate.protect(server)
    expect(() => gate.protect(server)).toThrow(/already has a gate/)
    expect(() => gate.handler(1 as never)).toThrow(TypeError)
  })
})
